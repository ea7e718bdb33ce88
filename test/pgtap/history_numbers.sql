-- Every number that a history gives, against one made by hand.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(15);

-- All of it: 7 orders on 3 purchase days, 43 days apart on average; 71 + 10 + 17 - 5 - 3.50.
-- At the end of 2024-03-01: 3 orders on 2 purchase days, 46 days apart; 71 + 10 - 5 - 3.50.
CREATE TEMP TABLE h AS
SELECT '2024-01-01:0:-5,2024-01-05:2:71.00,2024-02-11:0:-3.50,2024-02-20:1:10,2024-03-31:4:17'::history AS h;
SELECT is(orders(h), 7::bigint, 'orders') FROM h;
SELECT is(orders(h, '2024-03-01'), 3::bigint, 'orders by a day') FROM h;
SELECT is(purchase_days(h), 3::bigint, 'purchase days') FROM h;
SELECT is(purchase_days(h, '2024-03-01'), 2::bigint, 'purchase days by a day') FROM h;
SELECT is(revenue(h), 89.50, 'revenue') FROM h;
SELECT is(revenue(h, '2024-03-01'), 72.50, 'revenue by a day') FROM h;
SELECT is(round(average_order_value(h), 6), 12.785714, 'average order value') FROM h;
SELECT is(round(average_order_value(h, '2024-03-01'), 6), 24.166667, 'average order value by a day') FROM h;
SELECT is(days_between_orders(h), 43::float8, 'days between orders') FROM h;
SELECT is(days_between_orders(h, '2024-03-01'), 46::float8, 'days between orders by a day') FROM h;
-- after gaps of 46 and 40 days: 86 * (20 ^ (1 / 2) - 1); after the first: 46 * (20 - 1), 46 * (100 - 1)
SELECT results_eq(
	$$SELECT silence_limit(h, '2024-12-31')::numeric(13, 9), silence_limit(h, '2024-03-01')::numeric(13, 9),
		silence_limit(h, '2024-03-01', 0.01)::numeric(13, 9) FROM h$$,
	'VALUES (298.603692130, 874.000000000, 4554.000000000)', 'silence limit'
);
SELECT is(recency_days(h, '2024-03-01'), 10, 'recency days') FROM h;
SELECT is(age_days(h, '2024-03-01'), 56, 'age days') FROM h;
SELECT results_eq('SELECT day, a.orders, amount FROM h, activity(h) AS a',
	$$VALUES (date '2024-01-01', 0::bigint, -5.00), ('2024-01-05', 2, 71.00), ('2024-02-11', 0, -3.50),
		('2024-02-20', 1, 10.00), ('2024-03-31', 4, 17.00)$$, 'activity');
-- weeks from 2024-01-05 to the last of 2 repeat purchase days, and to 2024-04-12; (10 + 17 - 3.50) / 2
SELECT results_eq($$SELECT x, t_x, t, m_x FROM h, btyd(h, '2024-04-12')$$,
	'VALUES (2::bigint, (86 / 7.0)::float8, 14::float8, 11.75::float8)', 'btyd');

SELECT finish();
ROLLBACK;
