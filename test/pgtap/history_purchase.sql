-- One purchase as a history: what the aggregate makes of one row, for every kind of row.
BEGIN;
SELECT plan(8);
SET LOCAL search_path = public, crm, pg_catalog;
SELECT is_empty($$
	SELECT d, a, o, history(d, a, o), history_agg(d, a, o)
	FROM unnest(ARRAY['2024-01-05', '0001-01-01', NULL]::date[]) d, unnest(ARRAY[71, 0, -3.5, 0.00000001, 1.500000000000, 999999999999999, NULL]) a, unnest(ARRAY[NULL, 0, 1, -2, 1000000]::bigint[]) o
	GROUP BY d, a, o
	HAVING coalesce(history(d, a, o)::text, '') <> history_agg(d, a, o)::text OR (history(d, a, o) IS NULL) <> (d IS NULL OR a IS NULL)
$$, 'equal to the aggregate of one row');
SELECT is(history('2024-01-05', 71)::text, '2024-01-05:1:71.00', 'a purchase');
SELECT is(history('2024-01-05', -71)::text, '2024-01-05:0:-71.00', 'a refund');
SELECT is(history('2024-01-05', 0, 0)::text, '', 'nothing');
SELECT is(history(NULL, 1), NULL, 'NULL for NULL');
SELECT throws_ok($$ SELECT history('infinity', 1) $$, NULL, NULL, 'an infinite day');
SELECT throws_ok($$ SELECT history('2024-01-05', 'NaN') $$, NULL, NULL, 'NaN');
SELECT throws_ok($$ SELECT history('2024-01-05', 1e-9) $$, NULL, NULL, 'too many decimals');
SELECT * FROM finish();
ROLLBACK;
