-- The published numbers of the CDNOW sample, through SQL (../shared/oracles.md; Fader, Hardie and Lee
-- 2005, Fader and Hardie 2005 and 2013, Batislam et al. 2007).
\set ON_ERROR_STOP 1
SELECT :'crm_data' AS crm_data \gset
SELECT pg_stat_file(:'crm_data' || '/cdnow/CDNOW_sample.txt', true) IS NULL AS absent \gset
\if :absent
	SELECT '1..0 # SKIP no data at ' || :'crm_data';
	\quit
\endif
BEGIN;
SET search_path = crm, public;
SELECT plan(38);

CREATE TEMP TABLE line (t text);
\set command 'cat ' :crm_data '/cdnow/CDNOW_sample.txt'
COPY line (t) FROM PROGRAM :'command';
CREATE TEMP TABLE customer AS
	SELECT f[2]::int AS id, history_agg(f[3]::date, f[5]::numeric) AS history
	FROM (SELECT regexp_split_to_array(trim(t), '\s+') AS f FROM line) q GROUP BY 1;
CREATE TEMP TABLE data AS SELECT btyd_agg(history, '1997-09-30') AS data FROM customer;
CREATE TEMP TABLE model AS SELECT process, clv_fit(data, process) AS model FROM data, clv_processes();

-- ---------------------------------------------------------------- the data

SELECT results_eq($$SELECT customers, merged_orders, no_purchase, invalid, nulls, no_spend FROM data, btyd_summary(data)$$,
	$$VALUES (2357::bigint, (SELECT sum(orders(history, '1997-09-30') - purchase_days(history, '1997-09-30')) FROM customer)::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint)$$, 'summary');
SELECT results_eq($$SELECT sum(x * customers), sum(t_x * customers)::numeric(14,6), sum(t * customers)::numeric(14,6), sum(customers) FILTER (WHERE x = 0), max(x) FROM data, btyd_rows(data)$$,
	$$VALUES (2457::numeric, 16135.571429, 77111.285714, 1411::numeric, 29::bigint)$$, 'sums of x, t_x, T');
SELECT is((SELECT btyd_rows_agg(x, t_x, t, m_x)::text FROM customer, btyd(history, '1997-09-30')), regexp_replace(regexp_replace(data::text, 'merged=\d+', 'merged=0'), ' as_of=\S+| days=\S+| gaps=\S+', '', 'g'),
	'the same from numbers, text for text, but for merged orders') FROM data;

-- ---------------------------------------------------------------- the fits

SELECT is(d.status, 'converged', d.process || ' converged') FROM model, clv_diagnostics(model) AS d ORDER BY d.process;
SELECT ok(abs(log_likelihood - expected) < 1e-6, process || ': log-likelihood ' || log_likelihood)
	FROM (VALUES ('bgnbd', -9582.429207), ('paretonbd', -9594.976179), ('mbgnbd', -9582.135716)) AS e (process, expected)
		JOIN (SELECT d.* FROM model, clv_diagnostics(model) AS d) AS d USING (process) ORDER BY process;
-- published: 4 significant digits of an estimate or better, 3 of a standard error
SELECT ok(abs(p.estimate / e.estimate - 1) < 1e-4 AND (e.error IS NULL OR abs(p.standard_error / e.error - 1) < 2e-3),
		format('%s %s: %s (%s)', e.process, e.name, p.estimate, p.standard_error))
	FROM (VALUES ('bgnbd', 'r', .2425945, .012557), ('bgnbd', 'alpha', 4.413602, .37822), ('bgnbd', 'a', .792920, .18573), ('bgnbd', 'b', 2.425895, .70541),
		('paretonbd', 'r', .5532778, .04762), ('paretonbd', 'alpha', 10.5776843, .8427), ('paretonbd', 's', .6062334, .18706), ('paretonbd', 'beta', 11.6685157, 6.204),
		('mbgnbd', 'r', .5248429, NULL), ('mbgnbd', 'alpha', 6.1830818, NULL), ('mbgnbd', 'a', .8913595, NULL), ('mbgnbd', 'b', 1.6140029, NULL),
		('gamma_gamma', 'p', 6.2493492, 1.18997), ('gamma_gamma', 'q', 3.7442563, .29014), ('gamma_gamma', 'gamma', 15.4443067, 4.15953)) AS e (process, name, estimate, error)
		LEFT JOIN (SELECT p.* FROM model AS m, clv_parameters(m.model) AS p WHERE m.process = 'mbgnbd' OR part <> 'gamma_gamma') AS p ON p.part = e.process AND p.name = e.name
	ORDER BY e.process, e.name;
SELECT results_eq($$SELECT spend_status, spend_customers, round(spend_log_likelihood::numeric, 6), round(spend_correlation::numeric, 3), warning FROM model, clv_diagnostics(model) WHERE model.process = 'mbgnbd'$$,
	$$VALUES ('converged', 946::bigint, -4055.917695, 0.114, NULL::text)$$, 'Gamma-Gamma');
SELECT results_eq('SELECT process, regularity FROM data, clv_compare(data) LIMIT 5', $$VALUES ('mbgnbd', 1), ('bgnbd', 1), ('paretonbd', 1), ('nbd', 1), ('mbgnbd', 2)$$, 'clv_compare: best by AIC first');
SELECT results_eq('SELECT process, log_likelihood FROM data, clv_compare(data) WHERE regularity = 1 ORDER BY 1', 'SELECT d.process, d.log_likelihood FROM model, clv_diagnostics(model) AS d ORDER BY 1', 'clv_compare: the same fits');
SELECT ok(bool_and(abs(CASE WHEN w.name = 'alpha' THEN 7 ELSE 1 END * w.estimate / d.estimate - 1) < 1e-7), 'the unit of time changes a time parameter by its factor, nothing else')
	FROM (SELECT p.* FROM model AS m, clv_parameters(m.model) AS p WHERE m.process = 'mbgnbd') AS w
		JOIN (SELECT (clv_parameters(clv_fit(btyd_agg(history, '1997-09-30', 1)))).* FROM customer) AS d USING (part, name);

-- ---------------------------------------------------------------- predictions

SELECT ok(abs(btyd_p_alive(model, 2, 30.43, 38.86) - alive) < 1e-7 AND abs(btyd_expected_orders(model, 2, 30.43, 38.86, 39 * 7) - orders) < 1e-7
		AND coalesce(abs(btyd_expected_orders(model, 26, 30.86, 31, 39 * 7) - frequent) < 1e-6, process = 'mbgnbd'), process || ': published customers')
	FROM model JOIN (VALUES ('bgnbd', .7266091, 1.2259068, 20.750276), ('mbgnbd', .7061257, 1.2626692, NULL), ('paretonbd', .8691157, 1.4550988, 20.115718)) AS e (process, alive, orders, frequent) USING (process)
	ORDER BY process;
SELECT ok(abs(sum(expected_orders(model, history, '1997-09-30', 39 * 7)) - total) < 1e-4 * 5, process || ': expected orders of all customers in 39 weeks')
	FROM model, customer, (VALUES ('bgnbd', 1653.4087), ('mbgnbd', 1576.7283), ('paretonbd', 1665.5132)) AS e (name, total) WHERE process = name GROUP BY process, total ORDER BY process;
SELECT ok(abs(btyd_expected_spend(model, 2, 40) - 39.13052) < 6e-6 AND abs(new_customer_expected_spend(model) - 35.17050) < 6e-6, 'Gamma-Gamma means') FROM clv_model('bgnbd', '{1, 1, 1, 1}', 7, '{6.2493492, 3.7442563, 15.4443067}') AS model;

-- ---------------------------------------------------------------- what was stored comes back

SELECT ok(bool_and(model = model::text::clv_model AND model::text::clv_model::text = model::text), 'models survive text bit for bit') FROM model;
SELECT ok(data = data::text::btyd_data AND data::text::btyd_data::text = data::text, 'data survive text bit for bit') FROM data;

SELECT * FROM finish();
ROLLBACK;
