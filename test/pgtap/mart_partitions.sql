-- Partitioned sources: rows through the parent and straight into a partition, at every level; what
-- ATTACH and DETACH do, and how it is found and mended.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT plan(22);

CREATE TABLE orders (id bigint, customer_id integer, at date, note text, amount numeric) PARTITION BY RANGE (at);
CREATE TABLE orders_2023 PARTITION OF orders FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY HASH (customer_id);
CREATE TABLE orders_2023_0 PARTITION OF orders_2023 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE orders_2023_1 PARTITION OF orders_2023 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
-- Other columns in another order, and one that was dropped.
CREATE TABLE orders_2024 (amount numeric, gone text, at date, id bigint, note text, customer_id integer);
ALTER TABLE orders_2024 DROP COLUMN gone;
ALTER TABLE orders ATTACH PARTITION orders_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO orders SELECT g, g % 10, date '2023-06-01' + g, NULL, g FROM generate_series(1, 400) g;

SELECT crm.create_mart('shop', 'UTC');
SELECT throws_ok($$ SELECT crm.add_source('shop', 'orders_2024', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'amount') $$, '42809', 'public.orders_2024 is a partition', 'a partition is not added alone');
SELECT lives_ok($$ SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'amount') $$, 'a partitioned source');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'filled');

INSERT INTO orders VALUES (1001, 1, '2023-03-03', NULL, 5), (1002, 2, '2024-03-03', NULL, 5);
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'INSERT through the parent');
INSERT INTO orders_2024 (id, customer_id, at, amount) VALUES (1003, 3, '2024-03-03', 5);
INSERT INTO orders_2023 (id, customer_id, at, amount) VALUES (1004, 3, '2023-03-03', 5), (1005, 4, '2023-03-03', 5);
INSERT INTO orders_2023_0 (id, customer_id, at, amount) SELECT 1006, g, '2023-04-04', 5 FROM generate_series(1, 20) g WHERE satisfies_hash_partition('orders_2023'::regclass, 2, 0, g) LIMIT 1;
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'INSERT into partitions of both levels');
UPDATE orders SET at = at + 365 WHERE id % 10 = 3 AND at < '2023-12-01';
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'UPDATE that moves rows from one partition to another');
UPDATE orders_2023 SET customer_id = customer_id + 1;
UPDATE orders_2024 SET amount = amount + 1 WHERE id % 2 = 0;
UPDATE orders_2024 SET note = 'x';
DELETE FROM orders_2023_1 WHERE id % 7 = 1;
DELETE FROM orders WHERE id % 7 = 2;
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'UPDATE and DELETE on every level');
INSERT INTO orders_2024 (id, customer_id, at, amount) VALUES (2001, NULL, '2024-03-03', 5);
SELECT is((SELECT rows FROM shop.quarantine), 1::bigint, 'a bad row of a partition');
SAVEPOINT s;
TRUNCATE orders_2023_0;
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'TRUNCATE of a partition takes out what it held');
TRUNCATE orders_2024;
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'bad rows included');
TRUNCATE orders;
SELECT is_empty($$ SELECT * FROM shop.customer_history WHERE history OPERATOR(crm.<>) '' $$, 'TRUNCATE of the whole');
ROLLBACK TO s;

-- A new partition: rows through the parent are seen at once, others not before rebuild.
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO orders VALUES (3001, 1, '2025-03-03', NULL, 5);
SELECT results_eq($$ SELECT DISTINCT problem, source FROM crm.verify('shop') $$, $$ VALUES ('trigger is missing', 'public.orders_2025') $$, 'verify tells that a partition has no triggers');
INSERT INTO orders_2025 (id, customer_id, at, amount) VALUES (3002, 1, '2025-03-03', 5);
SELECT is((SELECT count(*) FROM crm.verify('shop') WHERE problem = 'history differs'), 1::bigint, 'and what it missed');
SELECT lives_ok($$ SELECT crm.rebuild('shop', 1) $$, 'rebuild');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'mends both');
INSERT INTO orders_2025 (id, customer_id, at, amount) VALUES (3003, 1, '2025-03-03', 5);
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'the new partition is followed');

-- A detached partition is no longer the source, whatever is written into it.
ALTER TABLE orders DETACH PARTITION orders_2024;
CREATE TEMP TABLE before AS TABLE shop.history;
INSERT INTO orders_2024 (id, customer_id, at, amount) VALUES (4001, 1, '2024-03-03', 5);
DELETE FROM orders_2024 WHERE id = 4001;
UPDATE orders_2024 SET amount = 3;
TRUNCATE orders_2024;
SELECT is_empty($$ TABLE shop.history EXCEPT TABLE before $$, 'writes into a detached partition are not counted');
SELECT ok(EXISTS (SELECT FROM crm.verify('shop') WHERE problem = 'partition was detached'), 'verify tells that a partition was detached');
SELECT lives_ok($$ SELECT crm.rebuild('shop') $$, 'rebuild');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'takes it out');
SELECT is_empty($$ SELECT FROM pg_trigger WHERE tgrelid = 'orders_2024'::regclass $$, 'with its triggers');
SELECT crm.drop_mart('shop');
SELECT is_empty($$ SELECT FROM pg_trigger t WHERE t.tgname LIKE 'crm%' $$, 'drop_mart leaves no trigger on any partition');

SELECT * FROM finish();
ROLLBACK;
