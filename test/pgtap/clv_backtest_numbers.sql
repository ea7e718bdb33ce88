-- Every number of a backtest, against one made by hand.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(11);

-- The 28 days after 2024-03-01. Who goes on at the past pace x / t: x 28 / t orders, each of m_x. By hand:
--   customer  x  t   m_x  expected  came  error  money expected  came
--   1         1  56  9    0.5       1     0.5    4.5             20
--   2         0  28       0         0     0      0               0
--   3         2  56  20   1         1     0      20              7.50
--   4         1  28  40   1         2     1      40              10
-- They came on days 7, 28, 1, 8. In the 28 days before, one of the four ordered (the 4th, once, for 40), and three of
-- them, of whom he was one, had last ordered on the day before it began.
CREATE TEMP TABLE tested AS SELECT b.* FROM clv_backtest(ARRAY['2024-01-05:1:10,2024-01-12:1:9,2024-03-08:1:20',
	'2024-02-02:1:5', '2024-01-05:1:10,2024-01-19:1:30,2024-02-02:1:10,2024-03-29:1:7.50',
	'2024-02-02:1:1,2024-02-16:1:40,2024-03-02:2:6,2024-03-09:1:4']::history[], '2024-03-29', 28, 1) AS b;
SELECT results_eq($$SELECT cut, through, customers, actual_orders, predicted_orders, bias, actual_revenue FROM tested
		WHERE section = 'total' AND predictor = 'same_pace'$$,
	$$VALUES (NULL::date, NULL::date, 4::bigint, 4::bigint, 2.5::float8, -0.375::float8, 37.50),
		('2024-03-01', '2024-03-29', 4, 4, 2.5, -0.375, 37.50)$$, 'totals');
SELECT results_eq($$SELECT mae, rmse, actual_silent, predicted_silent, brier, auc FROM tested
		WHERE section = 'total' AND cut IS NULL AND predictor = 'same_pace'$$,
	'VALUES (1.5::float8 / 4, sqrt((0.25::float8 + 1) / 4), 0.25::float8, NULL::float8, NULL::float8, 1::float8)', 'errors');
SELECT results_eq($$SELECT actual_spend, predicted_spend, spend_mae, predicted_revenue, revenue_mae,
		round(revenue_rmse::numeric, 9) FROM tested WHERE section = 'total' AND cut IS NULL AND predictor = 'same_pace'$$,
	$$VALUES (37.5::float8 / 4, 64.5::float8 / 2.5, (11::float8 + 12.5 + 70) / 4, 64.5::float8, 58::float8 / 4,
		round(sqrt((15.5 ^ 2.0 + 12.5 ^ 2.0 + 30.0 ^ 2.0) / 4), 9))$$, 'money');
SELECT results_eq($$SELECT predicted_orders, mae, round(rmse::numeric, 9), predicted_spend, predicted_revenue,
		predicted_silent, brier, auc FROM tested WHERE section = 'total' AND cut IS NULL AND predictor = 'mean'$$,
	$$VALUES (1::float8, 0.875::float8, round(sqrt(4.25 / 4.0), 9), 40::float8, 40::float8, 0.75::float8, 0.4375::float8,
		0.5::float8)$$, 'everybody alike');
SELECT results_eq($$SELECT predicted_orders, predicted_revenue, predicted_silent, brier, auc FROM tested
		WHERE section = 'total' AND cut IS NULL AND predictor = 'recency'$$,
	'VALUES (0::float8, 0::float8, 1::float8, 0.75::float8, 0.5::float8)',
	'who has not ordered today does not order, says the window before: k is 0');
SELECT results_eq($$SELECT bucket, customers, actual_orders, predicted_orders, mae FROM tested
		WHERE section = 'repeat orders' AND cut IS NULL AND predictor = 'same_pace' ORDER BY bucket$$,
	$$VALUES (0::bigint, 1::bigint, 0::bigint, 0::float8, 0::float8), (1, 2, 3, 1.5, 0.75), (2, 1, 1, 1, 0)$$,
	'by repeat orders');
SELECT results_eq($$SELECT bucket, label, customers, actual_orders, predicted_orders FROM tested
		WHERE section = 'cohort' AND cut IS NULL AND predictor = 'same_pace' ORDER BY bucket$$,
	$$VALUES (202401::bigint, '2024-01', 2::bigint, 2::bigint, 1.5::float8), (202402, '2024-02', 2, 2, 1)$$,
	'by month of the first order');
SELECT results_eq($$SELECT bucket, through, customers, actual_orders, predicted_orders FROM tested
		WHERE section = 'week' AND cut IS NOT NULL AND predictor = 'same_pace' ORDER BY bucket$$,
	$$VALUES (1::bigint, date '2024-03-08', 4::bigint, 2::bigint, 0.625::float8), (2, '2024-03-15', 4, 3, 1.25),
		(3, '2024-03-22', 4, 3, 1.875), (4, '2024-03-29', 4, 4, 2.5)$$, 'by week');

-- The recency rule, where it has two sides. In the 10 days to 2024-02-10: of 3 who had ordered within 5 days 2 ordered,
-- 3 times in all; of 2 others none. By 5 days: 2/3 * 1/3 * 3 = 0.67 is the least sum of squares. At 2024-02-10 the
-- last orders of the first two are 1 and 2 days past, the others' 12, 30, 31.
CREATE TEMP TABLE two AS SELECT b.* FROM clv_backtest(ARRAY['2024-01-28:1:10,2024-02-05:1:10,2024-02-09:1:10,2024-02-11:1:2',
	'2024-01-26:1:10,2024-02-08:1:10', '2024-01-29:1:10', '2024-01-11:1:10', '2024-01-10:1:10,2024-02-20:1:9']::history[],
	'2024-02-20', 10, 1) AS b;
SELECT results_eq($$SELECT customers, actual_orders, predicted_orders, round(predicted_silent::numeric, 9), round(brier::numeric, 9),
		round(auc::numeric, 9), predicted_revenue FROM two WHERE section = 'total' AND cut IS NULL AND predictor = 'recency'$$,
	$$VALUES (5::bigint, 2::bigint, 2::float8, round((2.0 / 3 + 3) / 5, 9), round((1 / 9.0 + 4 / 9.0 + 1) / 5, 9),
		round((0.5 + 1 + 1 + 0 + 0.5 + 0.5) / 6, 9), 20::float8)$$, 'recency: what such customers did in the window before');
SELECT is(actual_silent, 0.6::float8, 'the share without an order') FROM two
	WHERE section = 'total' AND cut IS NULL AND predictor = 'recency';

-- Where every day is a day with an order, nobody errs.
SELECT unalike(verdict, '%errs  \% less%', 'no gain over no error: ' || verdict) FROM crm.clv_verdict((
	SELECT array_agg((SELECT crm.history_agg(day::date, 10) FROM generate_series(date '2024-01-01' + i % 3, date '2024-04-01', '1 day') AS day)) FROM generate_series(1, 40) AS i), '2024-04-01');

SELECT finish();
ROLLBACK;
