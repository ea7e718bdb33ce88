-- From PostgreSQL 16 on, text that is no value can be asked about without an error.
BEGIN;
SET search_path = crm, public;
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
SELECT plan(23);
SELECT is(pg_input_is_valid(input, type), false, format('%s: %s', type, input)) FROM (VALUES
	('history', 'x'), ('history', '2024-01-01:1:99999999999999999999999999999999999999999'),
	('history', '2024-01-01:9223372036854775807:1,2024-01-01:1:1'),
	('history', '2024-01-01:1:85070591730234615865843651857942052863,2024-01-02:1:0.1'),
	('zone', 'Middle/Earth'), ('rfm', '540'), ('rfm_cuts', 'x'),
	('rfm_cuts', 'recency <= 1, orders >= 1, revenue >= 99999999999999999999999999999999999999999'),
	('segment', '6**'), ('scheme', 'x'), ('tier', 'gold'), ('tier', ''), ('tier_ladder', 'x'),
	('season', 'x'), ('season', '0'), ('btyd_data', 'x'), ('btyd_data', 'unit_days=7 rows=0:0:1*9007199254740991,0:0:2'),
	('clv_model', '{'), ('clv_model', '{}'), ('clv_model', '{"process": "mbgnbd", "unit_days": 1e999}')) v (type, input);
SELECT ok(pg_input_is_valid('2024-01-01:1:1', 'history'), 'and a value is one');
SELECT ok(pg_input_is_valid('3-gold', 'tier'), 'a tier too');
SELECT is((pg_input_error_info('x', 'history')).sql_error_code, '22P02', 'with the error''s code');
\else
SELECT plan(1);
SELECT skip('needs PostgreSQL 16', 1);
\endif
SELECT * FROM finish();
ROLLBACK;
