-- A mart among changes that are not rows: renamed columns and schemas, versions, what others put into it,
-- the end of the extension.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT plan(32);

CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer, day date, total numeric, note text);
INSERT INTO orders VALUES (1, 1, '2024-01-01', 10);
SELECT crm.create_mart('shop', 'UTC');
SELECT is(crm.mart_version('shop'), crm.mart_current_version(), 'a new mart has the current version');
SELECT throws_ok($$ SELECT crm.refresh('shop') $$, '55000', 'the mart shop has no source yet', 'no refresh without a source');
SELECT lives_ok($$ SELECT crm.set_tiers('shop', '0-none:0, 1-gold:100', window_days => NULL) $$, 'tiers before the first source');
SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'total', condition => $$note IS DISTINCT FROM 'void'$$);

-- Columns that are used cannot be dropped unseen; one that is not may go, come, and change.
SELECT throws_ok('ALTER TABLE orders DROP COLUMN total', '2BP01', NULL, 'a column in use cannot be dropped');
SELECT throws_ok('ALTER TABLE orders ALTER COLUMN total TYPE integer', '0A000', NULL, 'nor get another type');
ALTER TABLE orders ADD COLUMN extra text DEFAULT 'x';
INSERT INTO orders VALUES (2, 1, '2024-01-02', 20);
ALTER TABLE orders DROP COLUMN extra;
INSERT INTO orders VALUES (3, 1, '2024-01-03', 30), (4, 2, '2024-01-03', NULL);
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'other columns come and go');

-- A renamed table is followed; a renamed column stops the mart, not the shop.
ALTER TABLE orders RENAME TO sales;
INSERT INTO sales VALUES (5, 2, '2024-01-03', 30);
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'a renamed table');
ALTER TABLE sales RENAME COLUMN total TO amount;
SELECT lives_ok($$ INSERT INTO sales VALUES (6, 2, '2024-01-03', 30) $$, 'after a column was renamed, orders go in');
SELECT lives_ok($$ UPDATE sales SET amount = amount + 1 WHERE id = 5 $$, 'and change');
SELECT matches((SELECT string_agg(reason, ' ') FROM shop.quarantine), 'source cannot be read: column r.total does not exist', 'the quarantine says what happened');
UPDATE shop.source SET amount = 'amount';
SELECT lives_ok($$ SELECT crm.upgrade_mart('shop') $$, 'the code is made anew from the edited source');
SELECT lives_ok($$ SELECT crm.rebuild('shop') $$, 'what was missed is made good');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'right again');
INSERT INTO sales VALUES (7, 3, '2024-01-03', 300);
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'and followed');

-- The mart's own schema may be renamed, if the code is made anew.
ALTER SCHEMA shop RENAME TO store;
SELECT is(crm.upgrade_mart('store'), 1, 'a renamed mart: upgrade_mart');
SELECT lives_ok($$ SELECT crm.rebuild('store') $$, 'and rebuild');
INSERT INTO sales VALUES (8, 3, '2024-01-03', 300);
SELECT is_empty($$ SELECT * FROM crm.verify('store') $$, 'is followed under the new name');
ALTER SCHEMA store RENAME TO shop;
SELECT crm.upgrade_mart('shop');
SELECT crm.rebuild('shop');

-- Versions.
SAVEPOINT s;
UPDATE shop.settings SET mart_version = 0;
SELECT throws_ok($$ SELECT crm.refresh('shop') $$, '55000', NULL, 'an old mart is not worked on');
SELECT is(crm.upgrade_mart('shop'), 1, 'before it is upgraded');
SELECT lives_ok($$ SELECT crm.refresh('shop', '2024-12-31') $$, 'and then it is');
UPDATE shop.settings SET mart_version = 99;
SELECT throws_ok($$ SELECT crm.upgrade_mart('shop') $$, '55000', 'the mart shop is newer than this crm', 'one from the future');
ROLLBACK TO s;

-- What somebody else put into the mart is not dropped with it.
CREATE VIEW public.report AS SELECT customer_id, crm.revenue(history) AS revenue FROM shop.customer_history;
SELECT throws_ok($$ SELECT crm.drop_mart('shop') $$, '2BP01', NULL, 'drop_mart: a view of others depends on it');
DROP VIEW public.report;
CREATE TABLE shop.mine (a integer);
SELECT throws_ok($$ SELECT crm.drop_mart('shop') $$, '2BP01', NULL, 'drop_mart: a table of others is in it');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'and nothing is half dropped');
DROP TABLE shop.mine;

-- The extension does not go while a mart needs it; with CASCADE the shop goes on without.
SELECT throws_ok('DROP EXTENSION crm', '2BP01', NULL, 'DROP EXTENSION is refused while there is a mart');
SELECT lives_ok('DROP EXTENSION crm CASCADE', 'DROP EXTENSION CASCADE');
SELECT lives_ok($$ INSERT INTO sales VALUES (9, 1, '2024-01-01', 10) $$, 'leaves a table that takes orders');
SELECT is_empty($$ SELECT FROM pg_trigger WHERE tgrelid = 'sales'::regclass $$, 'without triggers');
SELECT is((SELECT sum(amount) FROM sales), 731::numeric, 'and with all its rows');
SELECT lives_ok('DROP SCHEMA shop CASCADE', 'what is left of the mart can be dropped');
SELECT lives_ok('CREATE EXTENSION crm', 'and the extension comes back');
SELECT crm.create_mart('shop', 'UTC');
SELECT is(crm.add_source('shop', 'sales', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'amount'), 1, 'as does the mart');

SELECT * FROM finish();
ROLLBACK;
