-- Who may do what. No superuser takes part but in the beginning.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT plan(36);

CREATE ROLE shop_owner;
CREATE ROLE shop_app;
CREATE ROLE analyst;
CREATE ROLE stranger;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO shop_owner', current_database()); END $$;
CREATE SCHEMA app AUTHORIZATION shop_owner;
GRANT USAGE ON SCHEMA app TO shop_app, stranger;

SET LOCAL ROLE shop_owner;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer_id integer, at timestamptz, total numeric, status text DEFAULT 'paid');
INSERT INTO app.orders VALUES (1, 1, '2024-01-01', 10);
GRANT INSERT ON app.orders TO shop_app;
SELECT lives_ok($$ SELECT crm.create_mart('shop', 'UTC') $$, 'who owns the table makes the mart');
SELECT lives_ok($$ SELECT crm.add_source('shop', 'app.orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total', condition => $c$ status <> 'cancelled' $c$) $$, 'and attaches it');
SELECT lives_ok($$ SELECT crm.set_tiers('shop', '0-none:0, 1-vip:100', window_days => NULL) $$, 'and sets tiers');

-- ---------------------------------------------------------------- the application
SET LOCAL ROLE shop_app;
SELECT lives_ok($$ INSERT INTO app.orders VALUES (2, 1, '2024-01-02', 20) $$, 'the application can insert one order');
SELECT lives_ok($$ INSERT INTO app.orders VALUES (3, 1, '2024-01-02', 20), (4, 2, '2024-01-02', 200), (5, NULL, NULL, NULL) $$, 'and several, bad ones among them');
SELECT throws_ok('TABLE app.orders', '42501', NULL, 'it cannot read the orders');
SELECT throws_ok(format('SELECT * FROM shop.%I', t), '42501', NULL, 'it cannot read ' || t)
FROM unnest(ARRAY['settings', 'history', 'customer', 'customer_history', 'quarantine', 'source_1', 'event']) AS t;
SELECT throws_ok($$ INSERT INTO shop.history VALUES (1, 2024, 1, '2024-01-01:1:99') $$, '42501', NULL, 'it cannot write the mart');
SELECT throws_ok($$ SELECT shop.apply(1, ARRAY[1], ARRAY[2024], ARRAY['2024-01-01:1:99'::crm.history], ARRAY[NULL::date]) $$, '42501', NULL, 'nor call what writes it');
SELECT throws_ok($$ SELECT crm.refresh('shop') $$, '42501', NULL, 'nor refresh it');
SELECT throws_ok($$ SELECT crm.drop_mart('shop') $$, '42501', NULL, 'nor drop it');
CREATE TEMP TABLE mine (LIKE pg_class);
SELECT throws_ok($$ CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH STATEMENT EXECUTE FUNCTION shop.source_1_insert() $$, '42501', NULL, 'nor hang its functions on a table of its own');

-- What it can make, it cannot put between: temporary tables and operators of the names that are used.
CREATE TEMP TABLE new_rows (id bigint, customer_id integer, at timestamptz, total numeric, status text);
INSERT INTO new_rows VALUES (1, 666, '2024-01-01', 666, 'paid');
CREATE TEMP TABLE history (customer_id integer, year integer, source_id integer, history text);
CREATE FUNCTION pg_temp.count() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$;
CREATE FUNCTION pg_temp.date_part(text, date) RETURNS double precision LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$;
CREATE FUNCTION pg_temp.less(numeric, integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$;
CREATE OPERATOR pg_temp.< (LEFTARG = numeric, RIGHTARG = integer, FUNCTION = pg_temp.less);
SET LOCAL search_path = pg_temp, public, pg_catalog;
SELECT public.lives_ok($$ INSERT INTO app.orders VALUES (6, 3, '2024-01-03', 30) $$, 'a hostile search path: one row');
SELECT public.lives_ok($$ INSERT INTO app.orders VALUES (7, 3, '2024-01-03', 30), (8, 3, '2024-01-04', 30) $$, 'a hostile search path: several rows');
SET LOCAL search_path = public;

-- ---------------------------------------------------------------- the owner again
SET LOCAL ROLE shop_owner;
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'all that counted, and nothing else');
SELECT results_eq('SELECT customer_id, crm.tier_label(tier) FROM shop.customer ORDER BY 1', $$ VALUES (1, 'none'), (2, 'vip'), (3, 'none') $$, 'tiers moved in the application''s transaction');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'shop'::regnamespace AND has_function_privilege('stranger', p.oid, 'EXECUTE') $$, 'nothing in the mart is executable by PUBLIC');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'shop'::regnamespace AND NOT 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig) $$, 'every generated function pins its search path');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'shop'::regnamespace AND p.proowner <> 'shop_owner'::regrole $$, 'and belongs to the owner of the mart');
SELECT results_eq($$ SELECT proname::text COLLATE "default" FROM pg_proc WHERE pronamespace = 'shop'::regnamespace AND prosecdef ORDER BY 1 $$,
	$$ VALUES ('source_1_delete'), ('source_1_insert'), ('source_1_truncate'), ('source_1_update') $$, 'only trigger functions run with its rights');

-- ---------------------------------------------------------------- a reader
SELECT lives_ok($$ SELECT crm.grant_reader('shop', 'analyst') $$, 'a reader');
SET LOCAL ROLE analyst;
SELECT lives_ok('SELECT * FROM shop.customer_history', 'reads the mart');
SELECT throws_ok('SELECT * FROM shop.source_1', '42501', NULL, 'not the source through it');
SELECT throws_ok('SELECT * FROM app.orders', '42501', NULL, 'nor the source itself');
SELECT throws_ok($$ DELETE FROM shop.event $$, '42501', NULL, 'and writes nothing');
RESET ROLE;
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind IN ('r', 'v') AND has_table_privilege('analyst', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') $$, 'no right to write');

-- ---------------------------------------------------------------- others
-- A superuser who attached a table here would lend the mart a superuser's rights.
SELECT throws_ok($$ SELECT crm.rebuild('shop') $$, '42501', 'the mart shop belongs to somebody else', 'not even a superuser works on the mart of another');
SET LOCAL ROLE stranger;
CREATE TEMP TABLE nothing (a integer);
SELECT throws_ok($$ SELECT crm.create_mart('mine', 'UTC') $$, '42501', NULL, 'who may not make schemas makes no mart');
RESET ROLE;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO stranger', current_database()); END $$;
SET LOCAL ROLE stranger;
SELECT crm.create_mart('mine', 'UTC');
SELECT throws_ok($$ SELECT crm.add_source('mine', 'app.orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total') $$, '42501', 'must be owner of table app.orders', 'nor attaches the table of another');

-- Row security that would hide rows from the filling.
RESET ROLE;
SET LOCAL ROLE shop_owner;
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT throws_ok($$ SELECT crm.rebuild('shop') $$, '42501', 'row security hides rows of app.orders from you', 'row security that hides rows');

SELECT * FROM finish();
ROLLBACK;
