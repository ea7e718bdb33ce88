-- What a person sees: values, error messages with their hints, reports.
SET search_path = crm, public;
SET datestyle = 'ISO';
SET extra_float_digits = 0;

SELECT btyd_agg(h, '2024-03-01') FROM (VALUES ('2024-01-05:2:71.00,2024-02-11:0:-3.50'::history), ('2024-01-05:1:20,2024-02-02:1:30'), ('2024-03-05:1:20'), (NULL)) AS c (h);
SELECT clv_model('paretonbd', '{0.55, 10.6, 0.6, 11.7}', 7, '{6.25, 3.74, 15.44}');
SELECT process, title, parameters FROM clv_processes();

-- a fit, in rounded numbers
CREATE TEMP TABLE customer AS SELECT history_agg(at, amount) AS history
	FROM clv_simulate(clv_model('mbgnbd', '{0.525, 6.18, 0.891, 1.614}', 7, '{6.25, 3.74, 15.44}'), 2000, '2024-01-01', '2024-09-30', 1, '2024-03-31') GROUP BY customer;
CREATE TEMP TABLE data AS SELECT btyd_agg(history, '2024-09-30') AS data FROM customer;
CREATE TEMP TABLE model AS SELECT clv_fit(data) AS model FROM data;
SELECT part, name, round(estimate::numeric, 3) AS estimate, round(standard_error::numeric, 2) AS error, round(lower::numeric, 2) AS lower, round(upper::numeric, 2) AS upper, meaning FROM model, clv_parameters(model);
\x
SELECT process, unit_days, status, message, round(log_likelihood::numeric, 2) AS log_likelihood, round(aic::numeric, 2) AS aic, customers, skipped_no_purchase, skipped_invalid, skipped_null, merged_orders,
	spend_status, spend_customers, spend_skipped, round(spend_correlation::numeric, 2) AS spend_correlation, warning FROM model, clv_diagnostics(model);
\x
SELECT process, regularity, status, round(log_likelihood::numeric, 2) AS log_likelihood, round(aic::numeric, 2) AS aic FROM data, clv_compare(data);
SELECT section, label, predictor, customers, actual_orders, round(predicted_orders::numeric, 1) AS predicted, round(mae::numeric, 3) AS mae, round(rmse::numeric, 3) AS rmse, actual_revenue, round(predicted_revenue::numeric) AS predicted_revenue,
	round(actual_silent::numeric, 3) AS silent, round(predicted_silent::numeric, 3) AS predicted_silent, round(auc::numeric, 3) AS auc
	FROM clv_backtest((SELECT array_agg(history) FROM customer), '2024-09-30', 92, 1) WHERE cut IS NULL AND (section NOT IN ('week', 'cohort') OR bucket IN (1, 14));
\x
SELECT * FROM clv_verdict((SELECT array_agg(history) FROM customer), '2024-09-30');
\x

-- errors say what is wrong and what to do
SELECT clv_fit(data, 'poisson') FROM data;
SELECT clv_model('bgnbd', '{1, 2, 3}');
SELECT 'unit_days=7 rows=0:0:38.5*12,1:2:1'::btyd_data;
SELECT '{"process": "bgnbd", "unit_days": 7}'::clv_model;
SELECT btyd_p_alive(clv_fit('unit_days=7 rows=0:0:10*50'), 0, 0, 10);
SELECT new_customer_expected_spend(clv_model('bgnbd', '{1, 2, 3, 4}'));
SELECT new_customer_clv(clv_model('bgnbd', '{1, 2, 3, 4}', 7, '{6, 0.9, 15}'));
SELECT new_customer_clv(clv_model('bgnbd', '{1, 2, 0.5, 4}', 7, '{6, 4, 15}'), NULL, 0);
SELECT btyd_p_alive(clv_model('bgnbd', '{1, 2, 3, 4}'), 2, 30, 20);
SELECT new_customer_expected_orders(clv_model('bgnbd', '{1, 2, 3, 4}'), -30);
SELECT new_customer_clv(clv_model('bgnbd', '{1, 2, 3, 4}', 7, '{6, 4, 15}'), 365, -0.1);
SELECT new_customer_next_order_days(clv_model('bgnbd', '{1, 2, 3, 4}'), 50);
SELECT btyd_rows_agg(-1, 1, 2);
SELECT btyd_agg(history, '2024-09-30', u) FROM customer, (VALUES (1), (7)) AS v (u);
SELECT _btyd_agg_final(data) FROM data;
SELECT * FROM clv_simulate(clv_model('bgnbd', '{1, 2, 3, 4}'), 5, '2024-02-01', '2024-01-01');
SELECT * FROM clv_backtest('{}', '2024-02-01', 0);
SELECT * FROM clv_backtest('{}', '2024-02-01', process => 'poisson');
