-- Queued sources: changes wait, readers see them all the same, drain carries them in.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT plan(16);

CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer, day date, total numeric);
INSERT INTO orders SELECT g, g % 5, '2024-01-01'::date + g, g FROM generate_series(1, 50) g;
SELECT crm.create_mart('shop', 'UTC');
SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'total', queued => true);
SELECT crm.set_tiers('shop', '0-none:0, 1-some:1000', window_days => NULL);
CREATE TEMP TABLE before AS TABLE shop.history;

INSERT INTO orders VALUES (101, 1, '2024-06-01', 1000);
INSERT INTO orders VALUES (102, 1, '2024-06-01', 2), (103, 9, '2024-06-01', 3), (104, NULL, '2024-06-01', 3);
UPDATE orders SET customer_id = 2 WHERE id = 1;
DELETE FROM orders WHERE id = 2;
SELECT is_empty('TABLE shop.history EXCEPT TABLE before', 'history is left alone');
SELECT is((SELECT count(*) FROM shop.queue), 6::bigint, 'changes wait in the queue');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'readers see them');
SELECT is((SELECT crm.revenue(history) FROM shop.customer_history WHERE customer_id = 9), 3.00, 'a new customer');
SELECT is((SELECT crm.tier_label(tier) FROM shop.customer WHERE customer_id = 1), 'none', 'tiers wait');
SELECT is(crm.drain('shop', 2), 2::bigint, 'drain, some');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'nothing changes for readers');
SELECT is(crm.drain('shop'), 4::bigint, 'drain, the rest');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'nothing changes for readers');
SELECT is((SELECT crm.tier_label(tier) FROM shop.customer WHERE customer_id = 1), 'some', 'tiers move');
SELECT is(crm.drain('shop'), 0::bigint, 'nothing waits');
UPDATE orders SET total = total;
SELECT is_empty('TABLE shop.queue', 'what does not matter is not queued');
INSERT INTO orders VALUES (105, 1, '2024-06-01', 5);
TRUNCATE orders;
SELECT is_empty('TABLE shop.chunk', 'TRUNCATE empties the queue too');
INSERT INTO orders VALUES (106, 1, '2024-06-01', 5);
SELECT lives_ok($$ SELECT crm.remove_source('shop', 1) $$, 'a source is removed');
SELECT is_empty('TABLE shop.chunk', 'with what waited');
SELECT throws_ok($$ SELECT crm.drain('shop', 0) $$, '22023', NULL, 'no rows');

SELECT * FROM finish();
ROLLBACK;
