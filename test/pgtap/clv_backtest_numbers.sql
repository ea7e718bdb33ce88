-- Every number of a backtest, against one made by hand.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(4);

-- Who goes on at the past pace x / t, in the 28 days after: x 28 / t orders, each of m_x. By hand:
--   customer  x  t   m_x  expected  came  error  money expected  came
--   1         1  56  9    0.5       1     0.5    4.5             20
--   2         0  28       0         0     0      0               0
--   3         2  56  20   1         1     0      20              7.50
--   4         1  28  40   1         2     1      40              10
-- They came on days 7, 28, 1, 8.
CREATE TEMP TABLE tested AS SELECT b.* FROM clv_backtest(ARRAY['2024-01-05:1:10,2024-01-12:1:9,2024-03-08:1:20',
	'2024-02-02:1:5', '2024-01-05:1:10,2024-01-19:1:30,2024-02-02:1:10,2024-03-29:1:7.50',
	'2024-02-02:1:1,2024-02-16:1:40,2024-03-02:2:6,2024-03-09:1:4']::history[], '2024-03-01', '2024-03-29') AS b
	WHERE predictor = 'same_pace';
SELECT results_eq($$SELECT customers, actual_orders, predicted_orders, actual_revenue, predicted_revenue FROM tested
		WHERE section = 'total'$$,
	'VALUES (4::bigint, 4::bigint, 2.5::float8, 37.50, 64.5::float8)', 'totals');
SELECT results_eq($$SELECT mae, rmse FROM tested WHERE section = 'total'$$,
	'VALUES (1.5::float8 / 4, sqrt((0.25::float8 + 1) / 4))', 'errors');
SELECT results_eq($$SELECT bucket, customers, actual_orders, predicted_orders, mae FROM tested
		WHERE section = 'repeat orders' ORDER BY bucket$$,
	$$VALUES (0::bigint, 1::bigint, 0::bigint, 0::float8, 0::float8), (1, 2, 3, 1.5, 0.75), (2, 1, 1, 1, 0)$$,
	'by repeat orders');
SELECT results_eq($$SELECT bucket, through, customers, actual_orders, predicted_orders FROM tested
		WHERE section = 'week' ORDER BY bucket$$,
	$$VALUES (1::bigint, date '2024-03-08', 4::bigint, 2::bigint, 0.625::float8), (2, '2024-03-15', 4, 3, 1.25),
		(3, '2024-03-22', 4, 3, 1.875), (4, '2024-03-29', 4, 4, 2.5)$$, 'by week');

SELECT finish();
ROLLBACK;
