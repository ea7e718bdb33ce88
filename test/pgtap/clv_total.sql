-- crm.predict_total: sums, intervals, plans, and states that are none.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(19);
\ir near.psql

CREATE TABLE customer AS
SELECT customer, customer % 3 AS kind, history_agg(at, amount) AS history
FROM clv_simulate(clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), 2000, '2023-01-01', '2024-09-30', 3) GROUP BY customer;
CREATE TABLE model AS SELECT clv_fit(btyd_agg(history, '2024-06-30'), 'mbgnbd') AS model FROM customer;
ANALYZE customer;

CREATE TEMP VIEW total AS
SELECT kind, (t).* FROM (SELECT kind, predict_total(model, history, '2024-06-30', 90, 0.1, 0.5) AS t FROM customer, model GROUP BY kind) AS q;
CREATE TEMP VIEW added AS
SELECT kind, count((p).p_alive) AS customers, sum((p).expected_orders) AS orders, sum((p).clv) AS value, sum((p).orders_upper) AS most
FROM (SELECT kind, predict(model, history, '2024-06-30', 90, 0.1, 0.5, false, true) AS p FROM customer, model OFFSET 0) AS q GROUP BY kind;
SELECT is(count(*), 3::bigint, 'totals by group are the sums of predict') FROM total JOIN added USING (kind)
WHERE total.customers = added.customers AND abs(expected_orders / orders - 1) < 1e-12 AND abs(clv / value - 1) < 1e-12;
SELECT is(count(*), 3::bigint, 'their intervals are about them, and narrower than the sum of intervals') FROM total JOIN added USING (kind)
WHERE orders_lower < expected_orders AND orders_upper > expected_orders AND clv_lower < clv AND clv_upper > clv AND orders_upper < most / 2;
SELECT is(count(*), 3::bigint, 'half the margin, half the money') FROM total JOIN (
	SELECT kind, predict_total(model, history, '2024-06-30', 90, 0.1, 1) AS t FROM customer, model GROUP BY kind) AS q USING (kind)
WHERE abs((t).clv * .5 / clv - 1) < 1e-14 AND abs((t).clv_upper * .5 / clv_upper - 1) < 1e-14 AND (t).orders_upper = orders_upper;

-- By hand, at parameters that are given: NBD, thirty customers with x = 2, t = 152 days, in 90 days: each N is negative
-- binomial, r 2.385 and odds u = (90/7)/(12.07 + 152/7); the sum is one of 30 r. Money by Wilson & Hilferty.
CREATE TEMP TABLE thirty AS
SELECT (predict_total(clv_model('nbd', '{.385, 12.07}', 7, '{6.25, 3.74, 15.44}'), '2024-01-01:1:10,2024-01-15:1:20,2024-02-12:1:40', '2024-06-01', 90, 0, 1)).*
FROM generate_series(1, 30);
SELECT is(customers, 30::bigint, 'customers of a total') FROM thirty;
SELECT pg_temp.near(expected_orders, 27.2294811619942, 1e-10, 'orders of a total')
	FROM thirty;
SELECT pg_temp.near(clv, 842.434407341224, 1e-10, 'money of a total')
	FROM thirty;
SELECT results_eq('SELECT orders_lower, orders_upper FROM thirty', 'VALUES (16::bigint, 40::bigint)', 'a total of thirty, its counts');
SELECT pg_temp.near(ARRAY[clv_lower, clv_upper], ARRAY[480.252171229502, 1304.27808646162], 1e-5, 'a total of thirty, its money')
	FROM thirty;

-- Of few customers mostly nothing comes, and if an order does, its money: the top of the interval is that of predict, nearly.
CREATE TEMP TABLE one AS SELECT predict_total(model, history, '2025-01-01', 90, 0.1, 1) AS total, min((predict(model, history, '2025-01-01', 90, intervals => true)).clv_upper) AS upper
FROM clv_model('nbd', '{.5, 5}', 7, '{1, 2.1, 15}') AS model, (VALUES ('2024-11-01:1:10'::history)) AS v (history);
SELECT ok((total).clv_upper BETWEEN .7 * upper AND 1.3 * upper, 'a total of one, its money: ' || one::text) FROM one;
SELECT ok((t).orders_upper = 1 AND (t).clv_upper > 5 * (t).clv, 'who may order may spend: ' || t::text) FROM (
	SELECT predict_total(clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), '2024-11-01:1:10', '2025-01-01', 7, 0.1, 1) AS t
	FROM generate_series(1, 3)) AS q;

-- ---------------------------------------------------------------- plans

SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP plan := plan || line || E'\n'; END LOOP;
	RETURN plan;
END $$;
SELECT matches(pg_temp.plan_of('SELECT predict_total((SELECT model FROM model), history, ''2024-06-30'', 90, 0.1, 1) FROM customer'), 'Partial Aggregate', 'parallel');
CREATE TEMP TABLE parallel AS SELECT predict_total((SELECT model FROM model), history, '2024-06-30', 90, 0.1, 1) AS t FROM customer;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(t, (SELECT predict_total(model, history, '2024-06-30', 90, 0.1, 1) FROM customer, model), 'parallel or not, to the last bit') FROM parallel;
SELECT is(t, (SELECT predict_total(model, history, '2024-06-30', 90, 0.1, 1 ORDER BY customer % 7, customer DESC) FROM customer, model), 'in any order') FROM parallel;

-- ---------------------------------------------------------------- nothing, NULLs and errors

SELECT is((SELECT predict_total(model, history, '2024-06-30', 90, 0.1, 1) FROM customer, model WHERE false), ROW(0, 0, 0, 0, 0, 0, 0)::prediction_total, 'nobody');
SELECT is((t).customers, 1::bigint, 'NULLs and those who have not bought are not counted') FROM (
	SELECT predict_total(model, h::history, '2024-06-30', 90, 0.1, 1) AS t FROM model, (VALUES (NULL), ('2024-07-01:1:1'), ('2024-06-01:1:1')) AS v (h)) AS q;
SELECT throws_ok('SELECT predict_total(model, history, ''2024-06-30'', NULL, 0.1, 1) FROM customer, model', '22004', NULL, 'no horizon');
SELECT throws_ok('SELECT predict_total(model, history, ''2024-06-30'', 90 + kind::int, 0.1, 1) FROM customer, model', '22023',
	'a total must be of one model, horizon, discount and margin', 'two horizons');
SELECT throws_ok('SELECT _predict_total_add(NULL, model, history, ''2024-06-30'', 90, 0.1, 1) FROM customer, model', '0A000', NULL, 'outside of an aggregate');
CREATE AGGREGATE pg_temp.forged(bytea) (SFUNC = crm._predict_total_combine, STYPE = bytea, INITCOND = '\x00', FINALFUNC = crm._predict_total_final);
SELECT throws_ok(format('SELECT pg_temp.forged(%L::bytea)', bytes), 'XX001', 'malformed state of crm.predict_total', 'a forged state')
FROM (SELECT '\x0102'::bytea) AS v (bytes);

SELECT finish();
ROLLBACK;
