-- How a mart scores and names its customers: cuts measured or fixed, and a scheme that fits their levels.
\set ON_ERROR_STOP 1
BEGIN;
SET LOCAL search_path = public, crm;
SET LOCAL client_min_messages = warning;
SELECT plan(13);

CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, at date, total numeric);
INSERT INTO orders
SELECT i, i % 40, DATE '2024-01-01' + (i * 37 % 360)::integer, 5 + i % 23 FROM generate_series(1, 400) AS i;
DO $$ BEGIN
	PERFORM crm.create_mart('shop', 'UTC', 'EUR');
	PERFORM crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total');
	PERFORM crm.refresh('shop', '2024-12-31');
END $$;

SELECT is(s.cuts, (SELECT crm.rfm_cuts_agg(history, '2024-12-31', 5) FROM shop.customer_history), 'measured at the refresh')
FROM shop.snapshot AS s;
CREATE FUNCTION outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE call;
	RETURN 'done';
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN concat_ws('. ', SQLERRM, nullif(hint, ''));
END $$;
SELECT is(outcome(format('SELECT crm.set_segments(''shop'', %s)', arguments)), expected, arguments)
FROM (VALUES
	('''klaviyo6''', 'the scheme is not made for 5 levels. It is made for 3 levels: take as many, or another scheme.'),
	('''klaviyo6'', 5', 'the scheme is not made for 5 levels. It is made for 3 levels: take as many, or another scheme.'),
	('''cells11'', 3', 'the scheme is not made for 3 levels. It is made for 5 levels: take as many, or another scheme.'),
	('cuts => ''recency <= 90 30, orders >= 2 4, revenue >= 50 200''',
	 'the scheme is not made for 3 levels. It is made for 5 levels: take as many, or another scheme.'),
	('''klaviyo6'', 5, ''recency <= 90 30, orders >= 2 4, revenue >= 50 200''',
	 'the cuts have 3 levels, not 5. Without levels, those of the cuts are taken.'),
	('''klaviyo6'', 6', 'segments need a scheme, and 2 to 5 levels'),
	('NULL', 'segments need a scheme, and 2 to 5 levels'),
	('''klaviyo6'', 3', 'done'),
	('''klaviyo6'', cuts => ''recency <= 90 30, orders >= 2 4, revenue >= 50 200, fresh_days 9''', 'done')
) AS v (arguments, expected);

-- the day before has scores already, from cuts of its own
DO $$ BEGIN PERFORM crm.refresh('shop', '2025-01-31'); END $$;
SELECT is(cuts, 'recency <= 90 30, orders >= 2 4, revenue >= 50 200, fresh_days 9'::crm.rfm_cuts, 'fixed cuts are used')
FROM shop.snapshot WHERE as_of = '2025-01-31';
SELECT is_empty(
	$$SELECT customer_id, s.rfm, s.segment FROM shop.score AS s JOIN shop.customer_history AS h USING (customer_id)
		WHERE as_of = '2025-01-31' AND (s.rfm, s.segment) IS DISTINCT FROM (
			crm.rfm_score('recency <= 90 30, orders >= 2 4, revenue >= 50 200, fresh_days 9', history, as_of),
			crm.segment_name('klaviyo6', 'recency <= 90 30, orders >= 2 4, revenue >= 50 200, fresh_days 9', history, as_of)
		)$$,
	'scores and names follow'
);
DO $$ BEGIN PERFORM crm.set_segments('shop'); PERFORM crm.refresh('shop', '2025-02-28'); END $$;
SELECT is(s.cuts, (SELECT crm.rfm_cuts_agg(history, '2025-02-28', 5) FROM shop.customer_history), 'measured again')
FROM shop.snapshot AS s WHERE as_of = '2025-02-28';

SELECT finish();
ROLLBACK;
