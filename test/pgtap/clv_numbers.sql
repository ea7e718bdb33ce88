-- Every number that a model predicts or draws, against one of test/unit/reference/clv_numbers.py, which has
-- them from the definitions of the models.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(27);
\ir near.psql

-- ---------------------------------------------------------------- predictions

-- The history h has x, t_x, t, m_x of 2, 6 weeks, 152 days, 30.
CREATE TEMP TABLE given AS
SELECT clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}') AS m,
	'2024-01-01:1:10,2024-01-15:1:20,2024-02-12:1:40'::history AS h, date '2024-06-01' AS day;

SELECT pg_temp.near(p_alive(m, h, day), 0.333575839247797, 1e-10, 'p_alive')
	FROM given;
SELECT pg_temp.near(btyd_p_alive(m, 3, 5, 20), 0.205085394138609, 1e-10, 'btyd_p_alive')
	FROM given;

SELECT pg_temp.near(expected_orders(m, h, day, 90), 0.345505046147148, 1e-10, 'expected_orders')
	FROM given;
SELECT pg_temp.near(btyd_expected_orders(m, 3, 5, 20, 100), 0.340820957420711, 1e-10, 'btyd_expected_orders')
	FROM given;
SELECT pg_temp.near(new_customer_expected_orders(m, 60), 0.381692388073739, 1e-10, 'new_customer_expected_orders')
	FROM given;

SELECT pg_temp.near(order_probability(m, h, day, 90, 2), 0.0529198769979746, 1e-10, 'order_probability')
	FROM given;
SELECT pg_temp.near(btyd_order_probability(m, 3, 5, 20, 100, 1), 0.0694948374688362, 1e-10, 'btyd_order_probability')
	FROM given;
SELECT pg_temp.near(new_customer_order_probability(m, 60, 3), 0.0190078137918593, 1e-10,
	'new_customer_order_probability')
	FROM given;

SELECT pg_temp.near(churn_probability(m, h, day, 90), 0.794512594531671, 1e-10, 'churn_probability')
	FROM given;
SELECT pg_temp.near(btyd_churn_probability(m, 3, 5, 20, 100), 0.839101685785696, 1e-10, 'btyd_churn_probability')
	FROM given;
SELECT pg_temp.near(new_customer_churn_probability(m, 60), 0.763751283698353, 1e-10, 'new_customer_churn_probability')
	FROM given;

-- within 38.278 and 231.075 days
SELECT is(btyd_next_order_days(m, 3, 5, 20, 0.1), 39, 'btyd_next_order_days')
	FROM given;
SELECT is(new_customer_next_order_days(m, 0.4), 232, 'new_customer_next_order_days')
	FROM given;
SELECT is(next_order_date(m, '2024-01-01:1:10', '2024-01-01', 0.4), '2024-08-20', 'next_order_date: 232 days on')
	FROM given;

SELECT pg_temp.near(expected_spend(m, h, day), 30.9383202099738, 1e-10, 'expected_spend')
	FROM given;
SELECT pg_temp.near(btyd_expected_spend(m, 3, 25), 26.3029315960912, 1e-10, 'btyd_expected_spend')
	FROM given;
SELECT pg_temp.near(new_customer_expected_spend(m), 35.2189781021898, 1e-10, 'new_customer_expected_spend')
	FROM given;

SELECT pg_temp.near(clv(m, h, day, 365, 0.1), 32.3809487884959, 1e-10, 'clv')
	FROM given;
SELECT pg_temp.near(clv(m, h, day), 32.3809487884959, 1e-10, 'clv: a year at 10 % unless told otherwise')
	FROM given;
SELECT pg_temp.near(btyd_clv(m, 3, 5, 20, 25, 100, 0.2), 8.75465258984737, 1e-10, 'btyd_clv')
	FROM given;
SELECT pg_temp.near(new_customer_clv(m, 60, 0.3), 13.1751394588905, 1e-10, 'new_customer_clv')
	FROM given;

SELECT pg_temp.near(ARRAY[q.p_alive, q.churn_probability, q.expected_orders, q.expected_spend, q.clv], -- the same as above
		ARRAY[0.333575839247797, 0.794512594531671, 0.345505046147148, 30.9383202099738, 3.17081939034373], 1e-10, 'predict')
	FROM given, LATERAL predict(m, h, day, 90, margin => 0.3) AS q;

-- What will happen: 20 repeat orders of 20 in 100 days, 52 days ago, by NBD, in the next 180 days.
CREATE TEMP TABLE faithful AS
SELECT p.* FROM (SELECT history_agg(timestamp '2024-01-01' + i * interval '1 day', 20.0) AS h FROM generate_series(0, 100, 5) AS i) AS c,
	LATERAL predict(clv_model('nbd', '{.385, 12.07}', 7, '{6.25, 3.74, 15.44}'), h, '2024-06-01', 180, intervals => true) AS p;
SELECT results_eq('SELECT orders_lower, orders_upper FROM faithful', 'VALUES (7::bigint, 27::bigint)', 'how many orders come');
SELECT pg_temp.near(ARRAY[clv_lower, clv_upper], ARRAY[120.831792507, 557.72936939], 1e-7, 'what they bring')
	FROM faithful;
SELECT pg_temp.near(q.clv_upper, 241.889742117, 1e-7, 'and from one who may have left')
	FROM given, LATERAL predict(m, h, day, intervals => true) AS q;

-- What is expected, by the formula of doc/clv.md, of the points that a model was fitted with.
SELECT pg_temp.near(ARRAY[q.expected_orders_lower, q.expected_orders_upper, q.expected_clv_lower, q.expected_clv_upper],
		ARRAY[0.904759977383922, 1.03008115925346, 11.0750262297431, 12.6397504986893], 1e-10, 'how sure the expectations are')
	FROM given, LATERAL predict('{"process": "nbd", "unit_days": 7, "status": "converged", "parameters": {"r": 0.4, "alpha": 10},
		"covariance": [[1], [0, 1]], "points": [[0.3, 8], [0.5, 13], [0.35, 11], [0.45, 9]], "log_likelihood": -1, "customers": 30, "rows": 9,
		"spend": {"status": "converged", "parameters": {"p": 6, "q": 3.5, "gamma": 15}, "covariance": [[1], [0, 1], [0, 0, 1]],
		"points": [[5, 3.6, 18], [7, 3.4, 13], [6.2, 3, 12], [5.8, 4, 17], [5.9, 3.5, 14.5], [6.1, 3.5, 14.5]],
		"log_likelihood": -1, "customers": 30, "rows": 9}}', h, day, 90, margin => 0.4, intervals => true) AS q;

-- ---------------------------------------------------------------- simulation

-- The generator and the variates are those of the papers; the reference program has its own.
SELECT results_eq($$SELECT customer, at::date, amount
		FROM given, clv_simulate(m, 4, '2024-01-01', '2024-06-30', 5, '2024-01-31')$$,
	$$VALUES (1::bigint, date '2024-01-15', 23.51), (2, '2024-01-04', 107.50), (2, '2024-01-12', 24.64),
		(2, '2024-03-21', 81.25), (2, '2024-04-10', 74.16), (2, '2024-04-26', 78.10), (3, '2024-01-12', 83.68),
		(4, '2024-01-30', 17.69)$$, 'simulated orders');

SELECT finish();
ROLLBACK;
