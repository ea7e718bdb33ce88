-- Every number that counted data and fits tell, against what was put in, or against one of
-- test/unit/reference/clv_numbers.py, which maximises the likelihoods in 30 digits.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(20);
\ir near.psql

-- ---------------------------------------------------------------- data

CREATE TEMP TABLE data AS SELECT ('unit_days=7 as_of=2024-12-31 no_purchase=2 invalid=3 null=4 merged=5 no_spend=6 '
	'rows=0:0:52*300,1:7:52*60,1:30:52*32,1:48:52*28,2:9:52*17,2:30:52*7,2:48:52*16,4:13:52*7,4:30:52*1,4:48:52*22,'
	'8:21:52*7,8:30:52*2,8:48:52*6 spend=1:8*30,1:20*50,1:45*25,1:120*15,2:12*12,2:25*18,2:70*10,4:15*12,4:40*13,'
	'4:90*5,8:20*8,8:60*7 days=2024-02-29*17,2024-12-31*423 gaps=1*22,7*300,77*118')::btyd_data AS data;
SELECT results_eq($$SELECT unit_days, customers, there_at_start, distinct_rows, distinct_spend_rows, no_purchase,
		invalid, nulls, merged_orders, no_spend FROM data, btyd_summary(data)$$,
	$$VALUES (7::float8, 505::bigint, 505::bigint, 13::bigint, 12::bigint, 2::bigint, 3::bigint, 4::bigint, 5::bigint,
		6::bigint)$$, 'summary of data');
-- 22 of 440 gaps
SELECT is((btyd_summary(data)).one_day_gap_share, .05::float8, 'share of gaps of one day') FROM data;
SELECT results_eq('SELECT x, t_x, t, customers FROM data, btyd_rows(data) WHERE x >= 4 ORDER BY x, t_x',
	$$VALUES (4::bigint, 13::float8, 52::float8, 7::bigint), (4, 30, 52, 1), (4, 48, 52, 22), (8, 21, 52, 7),
		(8, 30, 52, 2), (8, 48, 52, 6)$$, 'rows of data');
SELECT results_eq('SELECT x, m_x, customers FROM data, btyd_spend_rows(data) WHERE x >= 4 ORDER BY x, m_x',
	$$VALUES (4::bigint, 15::float8, 12::bigint), (4, 40, 13), (4, 90, 5), (8, 20, 8), (8, 60, 7)$$,
	'spend rows of data');
SELECT results_eq('SELECT purchases FROM data, btyd_day_rows(data)', 'VALUES (17::bigint), (423)', 'day rows of data');
SELECT results_eq('SELECT days, gaps FROM data, btyd_gap_rows(data)',
	'VALUES (1, 22::bigint), (7, 300), (77, 118)', 'gap rows of data');

-- ---------------------------------------------------------------- fits

SELECT pg_temp.near(array_agg(log_likelihood ORDER BY process),
	'{-2048.05841629393, -2050.76583668350, -2096.43321944855, -2061.29992456118}', 1e-10,
	'log-likelihoods of BG, MBG, NBD, Pareto') FROM data, clv_compare(data) WHERE regularity = 1;
SELECT pg_temp.near(array_agg(aic ORDER BY process), '{4104.11683258785, 4109.53167336700, 4196.86643889709, 4130.59984912236}',
	1e-10, 'their AIC') FROM data, clv_compare(data) WHERE regularity = 1;
SELECT pg_temp.near(array_agg(bic ORDER BY process), '{4121.01506630495, 4126.42990708411, 4205.31555575565, 4147.49808283946}',
	1e-10, 'their BIC') FROM data, clv_compare(data) WHERE regularity = 1;

CREATE TEMP TABLE fitted AS
SELECT estimate, standard_error, lower, upper, row_number() OVER () AS i
FROM data, clv_parameters(clv_fit(data, 'mbgnbd'));
SELECT pg_temp.near(array_agg(estimate ORDER BY i),
	'{0.4355648035, 10.38085484, 3.66763413, 9.651232582, 5.112625392, 2.740427816, 12.36378466}',
	1e-6, 'estimates of MBG and Gamma-Gamma') FROM fitted;
SELECT pg_temp.near(array_agg(standard_error ORDER BY i),
	'{0.09639807657, 1.91134319, 5.074961448, 16.75027565, 2.311797561, 0.491965366, 8.186567503}',
	1e-6, 'their standard errors') FROM fitted;
SELECT pg_temp.near(array_agg(lower ORDER BY i),
	'{0.2822715142, 7.236161212, 0.2435372566, 0.3215681156, 2.107427058, 1.927567063, 3.377039002}',
	1e-6, 'lower ends of their intervals') FROM fitted;
SELECT pg_temp.near(array_agg(upper ORDER BY i),
	'{0.6721071325, 14.89217059, 55.23401346, 289.6627054, 12.40324703, 3.896074362, 45.26544439}',
	1e-6, 'upper ends of their intervals') FROM fitted;
SELECT pg_temp.near(ARRAY[log_likelihood, aic, bic, spend_log_likelihood, spend_aic, spend_bic, spend_correlation],
	'{-2050.76583668350, 4109.53167336700, 4126.42990708411, -899.284345460182, 1804.56869092036, 1814.53772085778,
		0.0462743738437033}', 1e-10, 'diagnostics of a fit') FROM data, clv_diagnostics(clv_fit(data, 'mbgnbd'));
SELECT results_eq($$SELECT unit_days, customers, distinct_rows, skipped_no_purchase, skipped_invalid, skipped_null,
		merged_orders, spend_customers, spend_distinct_rows, spend_skipped
		FROM data, clv_diagnostics(clv_fit(data, 'mbgnbd'))$$,
	$$VALUES (7::float8, 505::bigint, 13::bigint, 2::bigint, 3::bigint, 4::bigint, 5::bigint, 205::bigint, 12::bigint,
		6::bigint)$$, 'what a fit counted');
-- How many steps a fit takes is its own affair: that the number is told right shows in a model that is written down.
SELECT results_eq($$SELECT iterations, spend_iterations FROM clv_diagnostics('{"process": "bgnbd", "unit_days": 7,
		"status": "not_identified", "parameters": {"r": 1, "alpha": 2, "a": 3, "b": 4}, "iterations": 45,
		"spend": {"status": "not_identified", "parameters": {"p": 6, "q": 4, "gamma": 15}, "iterations": 89}}')$$,
	'VALUES (45::bigint, 89::bigint)', 'steps of a fit');

SELECT pg_temp.near(ARRAY[spend_correlation, spend_rank_correlation, spend_log_correlation],
	'{0.0462743738437031, 0.150087207488900, 0.153360071023550}', 1e-10, 'correlations (scipy.stats)')
FROM data, clv_diagnostics(clv_fit(data, 'mbgnbd'));
SELECT results_eq($$SELECT regularity, candidates, runner_up_regularity, aic_ahead, there_at_start
		FROM clv_diagnostics('{"process": "bgnbd", "regularity": 2, "unit_days": 7, "status": "not_identified",
		"parameters": {"r": 1, "alpha": 2, "a": 3, "b": 4}, "there_at_start": 7, "choice": {"candidates": 10,
		"runner_up": "nbd", "runner_up_regularity": 3, "ahead": 12.5}}')$$,
	'VALUES (2, 10, 3, 12.5::float8, 7::bigint)', 'the choice');
SELECT results_eq('SELECT regularity FROM data, clv_compare(data) WHERE process = $$bgnbd$$ ORDER BY aic',
	'VALUES (1), (2), (3)', 'regularity of candidates');
-- MBG/CNBD-2 by its definition, the rate integrated out, in 30 digits
SELECT pg_temp.near(log_likelihood(clv_model('mbgnbd', '{.6, 5, .8, 2.4}', 7, NULL, 2),
	'unit_days=7 as_of=2024-12-31 rows=0:0:52*300,1:7:52*60,1:30:52*32,1:48:52*28,2:9:52*17 '
	'gaps=21*17,42*17,49*60,210*32,336*28'), -1003.39034844901449, 1e-12, 'log-likelihood at given parameters');

SELECT finish();
ROLLBACK;
