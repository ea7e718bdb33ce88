-- What can be a source: any key, any name, any expression that holds still; and what is refused, why, with nothing half-made.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT plan(67);

-- ---------------------------------------------------------------- a mart's own parameters

SELECT throws_ok($$ SELECT crm.create_mart('shop', 'Nowhere/Land') $$, '22023', 'unknown time zone ''Nowhere/Land''', 'an unknown zone');
SELECT throws_ok($$ SELECT crm.create_mart('shop', NULL) $$, '22023', NULL, 'no zone');
SELECT throws_ok($$ SELECT crm.create_mart('pg_shop', 'UTC') $$, '42939', NULL, 'a reserved name');
SELECT throws_ok($$ SELECT crm.create_mart('', 'UTC') $$, '22023', NULL, 'no name');
SELECT throws_ok($$ SELECT crm.create_mart(repeat('x', 41), 'UTC') $$, '22023', NULL, 'a name that is too long');
SELECT throws_ok($$ SELECT crm.create_mart('public', 'UTC') $$, '42P06', NULL, 'a schema that exists');
SELECT throws_ok($$ SELECT crm.add_source('shop', 'pg_class', order_id => 'oid', customer_id => 'oid', at => 'oid', amount => 'oid') $$, '42704', 'there is no mart named shop', 'no such mart');
SELECT throws_ok($$ SELECT crm.verify('pg_catalog') $$, '42704', NULL, 'a schema that is no mart');

-- ---------------------------------------------------------------- keys and names

CREATE TYPE colour AS ENUM ('red', 'green');
CREATE DOMAIN account AS text CHECK (VALUE <> '');
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

-- One table for every type of key: attach, change, verify, detach.
CREATE FUNCTION try_key(key_type text, one text, two text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	_wrong text;
	_type text;
BEGIN
	EXECUTE format('CREATE TABLE keyed (id serial PRIMARY KEY, who %s, day date, amount numeric)', key_type);
	EXECUTE format('INSERT INTO keyed (who, day, amount) VALUES (%1$L, ''2024-01-01'', 1), (%2$L, ''2024-01-02'', 2), (%1$L, ''2024-01-03'', 3)', one, two);
	PERFORM crm.create_mart('keys', 'UTC');
	PERFORM crm.add_source('keys', 'keyed', order_id => 'id', customer_id => 'who', at => 'day', amount => 'amount');
	EXECUTE format('INSERT INTO keyed (who, day, amount) VALUES (%1$L, ''2024-01-04'', 4)', one);
	EXECUTE format('INSERT INTO keyed (who, day, amount) VALUES (%1$L, ''2024-01-04'', 4), (%2$L, ''2024-01-05'', 5)', one, two);
	PERFORM crm.set_tiers('keys', '0-none:0, 1-some:5', window_days => NULL);
	EXECUTE format('INSERT INTO keyed (who, day, amount) VALUES (%1$L, ''2024-01-04'', 400)', two);
	EXECUTE format('UPDATE keyed SET who = %L WHERE id = 1', two);
	DELETE FROM keyed WHERE id = 2;
	PERFORM crm.refresh('keys', '2024-06-30');
	PERFORM crm.set_tier_override('keys', one, 'none', current_date + 1, 'a test');
	SELECT string_agg(v::text, '; ') INTO _wrong FROM crm.verify('keys') v;
	SELECT coalesce(_wrong, format('%s: %s customers, %s', format_type(a.atttypid, -1), (SELECT count(*) FROM keys.customer), (SELECT string_agg(t.tier, ' ' ORDER BY t.tier) FROM (SELECT crm.tier_label(tier) AS tier FROM keys.customer) t)))
	INTO _wrong FROM pg_attribute a WHERE a.attrelid = 'keys.history'::regclass AND a.attname = 'customer_id';
	PERFORM crm.drop_mart('keys');
	DROP TABLE keyed;
	RETURN _wrong;
END
$$;
SELECT is(try_key('integer', '1', '2'), 'integer: 2 customers, none some', 'key integer');
SELECT is(try_key('bigint', '1', '-9000000000'), 'bigint: 2 customers, none some', 'key bigint');
SELECT is(try_key('numeric', '1.5', '2.50'), 'numeric: 2 customers, none some', 'key numeric');
SELECT is(try_key('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), 'uuid: 2 customers, none some', 'key uuid');
SELECT is(try_key('text', 'it''s "me" \ % $1 {}', '小'), 'text: 2 customers, none some', 'key text, odd characters');
SELECT is(try_key('varchar(20)', 'a', 'b'), 'character varying: 2 customers, none some', 'key varchar');
SELECT is(try_key('char(8)', 'a', 'b'), 'bpchar: 2 customers, none some', 'key char');
SELECT is(try_key('account', 'a', 'b'), 'text: 2 customers, none some', 'key of a domain');
SELECT is(try_key('colour', 'red', 'green'), 'colour: 2 customers, none some', 'key enum');
SELECT is(try_key('date', '2020-01-01', '2020-01-02'), 'date: 2 customers, none some', 'key date');
SELECT is(try_key('inet', '10.0.0.1', '10.0.0.2'), 'inet: 2 customers, none some', 'key inet');
SELECT is(try_key('bytea', '\x00ff', '\x01'), 'bytea: 2 customers, none some', 'key bytea');
SELECT throws_ok($$ SELECT try_key('integer[]', '{1,2}', '{3}') $$, '42804', 'customer_id cannot have the type integer[]', 'an array is no key');
SELECT is(try_key('text COLLATE "nocase"', 'Anna', 'bob'), 'text: 2 customers, none some', 'key text that ignores case');
SELECT is((SELECT count(*) FROM pg_namespace WHERE nspname = 'keys'), 0::bigint, 'nothing is left of those marts');

CREATE SCHEMA "Odd ""Schema"" % $1";
CREATE TABLE "Odd ""Schema"" % $1"."select" ("Order" bigint PRIMARY KEY, "the customer's" text, "from" timestamp, "a""b %s" numeric, "tg_op" text, found boolean, r integer, new_rows integer, entry integer, reason text, _customers text);
INSERT INTO "Odd ""Schema"" % $1"."select" VALUES (1, 'x', '2024-01-01 12:00', 5, 'y', true, 1, 1, 1, 'a', 'b');
SELECT lives_ok($$ SELECT crm.create_mart('My "Mart" % $1', 'Asia/Kolkata') $$, 'a mart with an odd name');
SELECT lives_ok($$ SELECT crm.add_source('My "Mart" % $1', '"Odd ""Schema"" % $1"."select"', order_id => '"Order"', customer_id => '"the customer''s"', at => '"from"', amount => '"a""b %s"',
                                         condition => $c$ tg_op <> '%s' AND found AND r + new_rows + entry > 0 AND reason <> 'z' AND _customers <> 'q' $c$) $$, 'odd names everywhere');
INSERT INTO "Odd ""Schema"" % $1"."select" VALUES (2, 'x', '2024-01-02 12:00', 6, 'y', true, 1, 1, 1, 'a', 'b');
INSERT INTO "Odd ""Schema"" % $1"."select" VALUES (3, NULL, '2024-01-02 12:00', 6, 'y', true, 1, 1, 1, 'a', 'b'), (4, 'x', '2024-01-02 12:00', 6, 'y', false, 1, 1, 1, 'a', 'b'), (5, 'x', '2024-01-02 12:00', 7, 'y', true, 1, 1, 1, 'a', 'b');
SELECT crm.set_tiers('My "Mart" % $1', '0-"no":0, 1-100%s:10', window_days => NULL);
UPDATE "Odd ""Schema"" % $1"."select" SET "a""b %s" = 7;
SELECT is_empty($$ SELECT * FROM crm.verify('My "Mart" % $1') $$, 'are followed');
SELECT is((SELECT crm.tier_label(tier) FROM "My ""Mart"" % $1".customer), '100%s', 'tiers too');
SELECT lives_ok($$ SELECT crm.refresh('My "Mart" % $1') $$, 'and refreshed');
TRUNCATE "Odd ""Schema"" % $1"."select";
SELECT is_empty($$ SELECT * FROM "My ""Mart"" % $1".chunk $$, 'and emptied');
SELECT lives_ok($$ SELECT crm.drop_mart('My "Mart" % $1') $$, 'and dropped');
SELECT is_empty($$ SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname = 'select' $$, 'the table is as it was');

-- ---------------------------------------------------------------- expressions

CREATE TABLE orders (id bigint PRIMARY KEY, customer integer, bought text, at timestamptz, total text, quantity integer, price numeric, paid float8, line integer, currency text, note text);
CREATE FUNCTION as_day(text) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT make_date(split_part($1, '.', 3)::integer, split_part($1, '.', 2)::integer, split_part($1, '.', 1)::integer) $$;
SELECT crm.create_mart('shop', 'Europe/London', 'GBP');
SELECT lives_ok($$ SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => $c$ 'k' || customer $c$, at => 'as_day(bought)', amount => 'total::numeric / quantity',
                                         condition => 'quantity IS NOT NULL', orders => 'CASE WHEN line = 1 THEN 1 ELSE 0 END') $$, 'expressions, with a function found by the caller''s search path');
SELECT matches((SELECT day FROM shop.source), 'public.as_day', 'which is kept by its full name');
INSERT INTO orders (id, customer, bought, total, quantity, line) VALUES (1, 7, '24.12.2023', '10', 4, 1), (2, 7, '24.12.2023', '10', 2, 2), (3, 7, 'nonsense', '1', NULL, 1);
SELECT results_eq('SELECT customer_id, history::text FROM shop.customer_history', $$ VALUES ('k7', '2023-12-24:1:7.50') $$, 'and counted: lines of one order, by the first line');
-- Expressions that fail are the quarantine's, in bulk and alone.
INSERT INTO orders (id, customer, bought, total, quantity, line) VALUES (4, 7, '24.12.2023', '10', 0, 1);
INSERT INTO orders (id, customer, bought, total, quantity, line) VALUES (5, 7, '30.02.2023', '10', 1, 1), (6, 7, '24.12.2023', 'ten', 1, 1), (7, 8, '24.12.2023', '1', 1, 1);
SELECT results_eq('SELECT order_id, reason FROM shop.quarantine ORDER BY 1', $$ VALUES ('4', 'expression fails: 22012'), ('5', 'expression fails: 22008'), ('6', 'expression fails: 22P02') $$, 'an expression that fails is a reason, not an error');
SELECT results_eq('SELECT customer_id, history::text FROM shop.customer_history ORDER BY 1', $$ VALUES ('k7', '2023-12-24:1:7.50'), ('k8', '2023-12-24:1:1.00') $$, 'the others count');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'verify can read such a source');
SELECT lives_ok($$ SELECT crm.rebuild('shop') $$, 'rebuild too');
SELECT is_empty($$ SELECT * FROM crm.verify('shop') $$, 'with the same result');
UPDATE orders SET total = '10', quantity = 1, bought = '01.02.2024' WHERE id BETWEEN 4 AND 6;
SELECT is_empty('TABLE shop.quarantine', 'mended rows leave the quarantine');
SELECT crm.remove_source('shop', 1);

CREATE FUNCTION attach(id text, customer text, at text, amount text, condition text DEFAULT NULL, currency text DEFAULT NULL, orders text DEFAULT NULL, source text DEFAULT 'orders') RETURNS integer
	LANGUAGE sql AS 'SELECT crm.add_source(''shop'', source::regclass, order_id => id, customer_id => customer, at => at, amount => amount, condition => condition, currency => currency, orders => orders)';
SELECT throws_ok($$ SELECT attach('id', 'nobody', 'at', 'price') $$, '42703', 'customer_id cannot be used: nobody', 'a column that does not exist');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', 'at > now()') $$, '42P17', 'condition is not immutable: at > now()', 'a condition that depends on the clock');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'bought::date', 'price') $$, '42P17', 'at is not immutable: bought::date', 'a date that depends on DateStyle');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', 'random() < 0.5') $$, '42P17', NULL, 'a condition that is volatile');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', 'id IN (SELECT 1)') $$, '0A000', NULL, 'a subquery');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'sum(price)') $$, '42803', NULL, 'an aggregate');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', 'id') $$, '42804', 'condition must be boolean, not bigint', 'a condition that is none');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'bought', 'price') $$, '42804', 'at must be a date or a timestamp, not text', 'a time that is none');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'paid') $$, '42804', 'amount must be exact, not double precision', 'money in floating point');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'note') $$, '42804', 'amount must be numeric, not text', 'an amount that is none');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', NULL, NULL, 'note') $$, '42804', 'orders must be an integer, not text', 'a number of orders that is none');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', NULL, 'line') $$, '42804', 'currency must be text, not integer', 'a currency that is none');
SELECT throws_ok($$ SELECT attach('id', 'customer)); DROP TABLE orders; --', 'at', 'price') $$, '42601', NULL, 'an expression that is more than one');
SELECT throws_ok($$ SELECT attach('id', 'customer), (id', 'at', 'price') $$, '42601', NULL, 'two expressions');
SELECT throws_ok($$ SELECT attach('', 'customer', 'at', 'price') $$, '22023', 'order_id is missing', 'nothing');

-- ---------------------------------------------------------------- tables that cannot be sources

CREATE VIEW a_view AS TABLE orders;
CREATE MATERIALIZED VIEW a_matview AS TABLE orders;
CREATE TEMP TABLE a_temp (LIKE orders);
CREATE UNLOGGED TABLE an_unlogged (LIKE orders);
CREATE TABLE a_parent (LIKE orders); CREATE TABLE a_child () INHERITS (a_parent);
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', source => 'a_view') $$, '42809', 'public.a_view is not a table', 'a view');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', source => 'a_matview') $$, '42809', NULL, 'a materialized view');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', source => 'a_temp') $$, '42809', NULL, 'a temporary table');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', source => 'an_unlogged') $$, '42809', NULL, 'an unlogged table');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', source => 'a_parent') $$, '0A000', NULL, 'a table with inheritance');
CREATE TABLE lines (line_id bigint PRIMARY KEY, order_id bigint, customer integer, at date, price numeric);
INSERT INTO lines VALUES (1, 1, 1, '2024-01-01', 5), (2, 1, 1, '2024-01-01', 6);
SELECT throws_like($$ SELECT attach('order_id', 'customer', 'at', 'price', source => 'lines') $$, 'order_id is not unique in public.lines', 'lines of orders');

SELECT is((SELECT count(*) FROM pg_trigger t WHERE t.tgname LIKE 'crm%'), 0::bigint, 'after all these errors there is no trigger');
SELECT is((SELECT count(*) FROM shop.source), 0::bigint, 'no source');
SELECT is(to_regclass('shop.probe'), NULL, 'and no probe');

-- ---------------------------------------------------------------- twice the same

CREATE TABLE visits (id bigint PRIMARY KEY, customer integer, at date, price numeric, freight numeric);
SELECT attach('id', 'customer', 'at', 'price', source => 'visits');
SELECT throws_ok($$ SELECT attach('id', 'customer', 'at', 'price', source => 'visits') $$, '42710', 'public.visits is in the mart already, as source ' || max(source_id), 'a source twice')
FROM shop.source;
SELECT lives_ok($$ SELECT attach('id', 'customer', 'at', 'freight', orders => '0', source => 'visits') $$, 'but another amount of the same table');
SELECT lives_ok($$ SELECT attach('id', 'customer', 'at', 'price', condition => 'price > 5', source => 'visits') $$, 'or under another condition');

SELECT * FROM finish();
ROLLBACK;
