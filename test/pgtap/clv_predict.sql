-- crm.predict: one row of what the single functions say, to the last bit.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(37);

-- Histories of all sorts: bought once, often, long ago, on the day itself, with refunds, before the day.
CREATE TEMP TABLE customer AS
SELECT history_agg(at, amount) AS history
FROM clv_simulate(clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), 300, '2023-01-01', '2024-09-30', 3)
GROUP BY customer
UNION ALL VALUES ('2024-09-30:1:10'::history), ('2024-09-29:1:10,2024-09-30:1:10'), ('2024-01-01:1:5,2024-03-01:1:7,2024-03-05:0:-90'),
	('2024-10-01:1:10'), (''), (NULL);
INSERT INTO customer
SELECT history_agg(('2023-01-01'::date + i * step)::timestamp, 10.0) FROM generate_series(0, 400) AS i, unnest('{1, 3}'::int[]) AS step
WHERE i * step < 600 GROUP BY step;
CREATE TEMP TABLE model AS
SELECT process, clv_model(process, p, unit, '{6.25, 3.74, 15.44}') AS model
FROM (VALUES ('mbgnbd', '{.525, 6.18, .891, 1.614}'::float8[]), ('bgnbd', '{.2426, 4.414, .793, 2.426}'),
	('paretonbd', '{.553, 10.58, .606, 11.67}')) AS v (process, p), unnest('{7, 1}'::float8[]) AS unit;

-- ---------------------------------------------------------------- agreement

-- IS NOT DISTINCT FROM of float8 is of all bits but the sign of zero and those of NaN.
CREATE TEMP VIEW asked AS
SELECT process, model, history, as_of, days, discount, predict(model, history, as_of, days, discount) AS p
FROM model, customer, (VALUES (date '2024-09-30'), ('2025-06-30'), ('2024-01-31')) AS d (as_of),
	(VALUES (365, 0.1), (30, 0), (0, 0.1), (1000, 2.5)) AS h (days, discount);
SELECT is(count(*), 22176::bigint, 'so many customers, days and horizons are asked about') FROM asked;
SELECT is(count(*), 0::bigint, 'each column is what its function says') FROM asked
WHERE (p).p_alive IS DISTINCT FROM p_alive(model, history, as_of)
	OR (p).churn_probability IS DISTINCT FROM churn_probability(model, history, as_of, days)
	OR (p).expected_orders IS DISTINCT FROM expected_orders(model, history, as_of, days)
	OR (p).expected_spend IS DISTINCT FROM expected_spend(model, history, as_of)
	OR (p).clv IS DISTINCT FROM clv(model, history, as_of, days, discount)
	OR (p).next_order_date IS DISTINCT FROM next_order_date(model, history, as_of);
SELECT is(count(*), 0::bigint, 'for life: clv alone needs no end') FROM model, customer, LATERAL (
	SELECT predict(model, history, '2024-09-30', NULL) AS p OFFSET 0) AS q
WHERE (p).clv IS DISTINCT FROM clv(model, history, '2024-09-30', NULL)
	OR (p).p_alive IS DISTINCT FROM p_alive(model, history, '2024-09-30')
	OR (p).next_order_date IS DISTINCT FROM next_order_date(model, history, '2024-09-30')
	OR (p).churn_probability IS NOT NULL OR (p).expected_orders IS NOT NULL;
SELECT is(count(*), 0::bigint, 'a margin multiplies clv, and nothing else') FROM model, customer, LATERAL (
	SELECT predict(model, history, '2024-09-30') AS p, predict(model, history, '2024-09-30', margin => .3) AS m OFFSET 0) AS q
WHERE (m).clv IS DISTINCT FROM (p).clv * .3 OR (m).expected_spend IS DISTINCT FROM (p).expected_spend
	OR (m).expected_orders IS DISTINCT FROM (p).expected_orders;
SELECT is(count((p).next_order_date), 0::bigint, 'no date where it is not asked for') FROM model, customer, LATERAL (
	SELECT predict(model, history, '2024-09-30', next_order => false) AS p OFFSET 0) AS q;
-- What a call site keeps for one horizon, model and day does not answer for another.
SELECT is(count(*), 0::bigint, 'answers do not depend on what was asked before') FROM (
	SELECT p, model, history, as_of, days, discount FROM asked ORDER BY md5(history::text || days || as_of) OFFSET 0) AS q
WHERE (p).p_alive IS NOT NULL AND p IS DISTINCT FROM predict(model, history, as_of, days, discount);

-- ---------------------------------------------------------------- intervals

-- Against the probabilities of each count: what is left out on each side is at most 2.5 %, and more with one count less.
CREATE TEMP TABLE sure AS
SELECT model, history, days, p.* FROM (SELECT DISTINCT ON (process) * FROM model ORDER BY process) AS model,
	(SELECT history FROM customer WHERE history IS NOT NULL AND purchase_days(history, '2024-09-30') > 0 ORDER BY md5(history::text) LIMIT 60) AS c,
	unnest('{365, 30, 0}'::int[]) AS days, LATERAL predict(model, history, '2024-09-30', days, 0.1, next_order => false, intervals => true) AS p;
CREATE FUNCTION pg_temp.at_most(model clv_model, history history, days integer, n bigint) RETURNS double precision LANGUAGE sql AS
	$$ SELECT coalesce(sum(crm.order_probability(model, history, '2024-09-30', days, i)), 0) FROM generate_series(0, n) AS i $$;
SELECT is(count(*), 0::bigint, 'intervals of orders leave out 2.5 % on each side at most, and are as short as that allows') FROM sure
WHERE NOT coalesce(orders_lower <= orders_upper
	AND pg_temp.at_most(model, history, days, orders_lower - 1) <= .025 + 1e-12 AND pg_temp.at_most(model, history, days, orders_lower) > .025 - 1e-12
	AND pg_temp.at_most(model, history, days, orders_upper) >= .975 - 1e-12
	AND (orders_upper = 0 OR pg_temp.at_most(model, history, days, orders_upper - 1) < .975 + 1e-12), false);
SELECT is(count(*), 0::bigint, 'money is nothing where orders may be none, and never less') FROM sure
WHERE NOT coalesce((orders_lower > 0) = (clv_lower > 0) AND (orders_upper > 0) = (clv_upper > 0) AND clv_lower <= clv_upper, false);
SELECT is(count(expected_orders_lower) + count(expected_clv_upper), 0::bigint, 'parameters that were given are not uncertain') FROM sure;
SELECT is(count(*), 0::bigint, 'for life there is no interval of what will happen, but one of clv')
FROM clv_fit((SELECT btyd_agg(history, '2024-09-30') FROM customer), 'nbd') AS m, customer, LATERAL (
	SELECT predict(m, history, '2024-09-30', NULL, intervals => true) AS p OFFSET 0) AS q
WHERE num_nonnulls((p).orders_lower, (p).orders_upper, (p).clv_lower, (p).clv_upper, (p).expected_orders_lower, (p).expected_orders_upper) > 0
	OR (p).p_alive IS NOT NULL AND (p).expected_clv_lower IS NULL;
SELECT is(count(*), 0::bigint, 'expectations lie in their intervals')
FROM clv_fit((SELECT btyd_agg(history, '2024-09-30') FROM customer), 'nbd') AS m, customer, LATERAL (
	SELECT predict(m, history, '2024-09-30', intervals => true) AS p OFFSET 0) AS q
WHERE (p).p_alive IS NOT NULL AND NOT coalesce((p).expected_orders BETWEEN (p).expected_orders_lower AND (p).expected_orders_upper
	AND (p).clv BETWEEN (p).expected_clv_lower AND (p).expected_clv_upper, false);
SELECT is(count(*), 0::bigint, 'no intervals where they are not asked for') FROM asked
WHERE num_nonnulls((p).orders_lower, (p).orders_upper, (p).clv_lower, (p).clv_upper, (p).expected_orders_lower, (p).expected_orders_upper,
	(p).expected_clv_lower, (p).expected_clv_upper) > 0;
SELECT is(count(*), 0::bigint, 'a margin multiplies the intervals of money') FROM model, customer, LATERAL (
	SELECT predict(model, history, '2024-09-30', intervals => true) AS p, predict(model, history, '2024-09-30', margin => .3, intervals => true) AS m OFFSET 0) AS q
WHERE (m).clv_upper IS DISTINCT FROM .3 * (p).clv_upper OR (m).orders_upper IS DISTINCT FROM (p).orders_upper;
-- Counts beyond a hundred are grouped for money, never for orders; a century of daily orders ends.
SELECT ok(pg_temp.at_most(m, h, 300, orders_lower - 1) <= .025 AND pg_temp.at_most(m, h, 300, orders_lower) > .025
	AND pg_temp.at_most(m, h, 300, orders_upper) >= .975 AND pg_temp.at_most(m, h, 300, orders_upper - 1) < .975, 'some hundred orders')
FROM clv_model('nbd', '{.385, 12.07}', 7, '{6.25, 3.74, 15.44}') AS m, (SELECT history FROM customer ORDER BY purchase_days(history) DESC NULLS LAST LIMIT 1) AS c (h),
	LATERAL predict(m, h, '2024-09-30', 300, intervals => true);
SELECT ok(orders_lower > 10000 AND orders_upper > orders_lower AND clv_lower > 0 AND clv_upper > clv_lower, 'some ten thousand')
FROM clv_model('nbd', '{.385, 12.07}', 7, '{6.25, 3.74, 15.44}') AS m, (SELECT history FROM customer ORDER BY purchase_days(history) DESC NULLS LAST LIMIT 1) AS c (h),
	LATERAL predict(m, h, '2024-09-30', 36500, intervals => true);

-- ---------------------------------------------------------------- the forms of a call

CREATE TEMP TABLE one AS
SELECT model, '2024-01-01:1:10,2024-01-15:1:20,2024-02-12:1:40'::history AS history FROM model WHERE process = 'mbgnbd' LIMIT 1;
SELECT is((SELECT round((p).clv::numeric, 9) FROM (SELECT predict(model, history, '2024-06-01') AS p FROM one OFFSET 0) AS q), 32.380948788, 'in a select list');
SELECT is((SELECT round(clv::numeric, 9) FROM one, LATERAL predict(model, history, '2024-06-01')), 32.380948788, 'in FROM');
SELECT is((SELECT round(clv::numeric, 9) FROM (SELECT (predict(model, history, '2024-06-01')).* FROM one) AS q), 32.380948788, 'its columns');
CREATE TEMP TABLE kept AS SELECT predict(model, history, '2024-06-01') AS p FROM one;
SELECT is((SELECT round((p).clv::numeric, 9) FROM kept), 32.380948788, 'stored');

-- ---------------------------------------------------------------- NULLs and errors

SELECT is(predict(model, history, '2023-12-31'), NULL, 'before the first purchase') FROM one;
SELECT is(predict(NULL, history, '2024-06-01'), NULL, 'no model') FROM one;
SELECT is(predict(model, NULL, '2024-06-01'), NULL, 'no history') FROM one;
SELECT is(predict(model, history, NULL), NULL, 'no day') FROM one;
SELECT is(ARRAY[predict(model, history, '2024-06-01', discount => NULL), predict(model, history, '2024-06-01', margin => NULL),
	predict(model, history, '2024-06-01', next_order => NULL), predict(model, history, '2024-06-01', intervals => NULL)],
	ARRAY[NULL, NULL, NULL, NULL]::prediction[], 'a NULL among the options') FROM one;
SELECT is(p, ROW(p_alive(m, history, '2024-06-01'), churn_probability(m, history, '2024-06-01', 365),
	expected_orders(m, history, '2024-06-01', 365), NULL, NULL, next_order_date(m, history, '2024-06-01'),
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::prediction, 'a model without spend has no money')
FROM one, clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}') AS m, LATERAL predict(m, history, '2024-06-01') AS p;
SELECT is(p.clv, NULL, 'nor has one whose mean spend is infinite')
FROM one, clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6, 0.9, 15}') AS m, LATERAL predict(m, history, '2024-06-01') AS p;
SELECT throws_ok('SELECT predict(model, history, ''infinity'') FROM one', '22008', NULL, 'an infinite day');
SELECT throws_ok('SELECT predict(model, history, ''2024-06-01'', -1) FROM one', '22023', 'horizon must be a number, not negative', 'a negative horizon');
SELECT throws_ok('SELECT predict(model, history, ''2024-06-01'', discount => -0.1) FROM one', '22023', 'discount rate must be a finite number, not negative', 'a negative discount');
SELECT throws_ok(format('SELECT predict(model, history, ''2024-06-01'', margin => %L) FROM one', margin), '22023', 'margin must be a positive finite number', 'margin ' || margin)
FROM unnest('{0, -1, NaN, Infinity}'::float8[]) AS margin;

-- ---------------------------------------------------------------- a model in a variable

-- PL/pgSQL evaluates the expression again with what was prepared for it, while the variable has another model.
CREATE FUNCTION pg_temp.in_turn(models clv_model[], history history) RETURNS float8[] LANGUAGE plpgsql AS $$
DECLARE
	model clv_model;
	answer float8[];
BEGIN
	FOREACH model IN ARRAY models LOOP
		answer := answer || p_alive(model, history, '2024-09-30');
		answer := answer || (predict(model, history, '2024-09-30')).expected_orders;
	END LOOP;
	RETURN answer;
END
$$;
WITH each AS (
	SELECT row_number() OVER () AS n, model, ARRAY[p_alive(model, history, '2024-09-30'),
		expected_orders(model, history, '2024-09-30', 365)] AS answer
	FROM model, (VALUES ('2024-01-01:1:10,2024-03-01:1:20'::history)) AS h (history)
)
SELECT is((SELECT pg_temp.in_turn(array_agg(model ORDER BY n), '2024-01-01:1:10,2024-03-01:1:20') FROM each),
	(SELECT array_agg(a ORDER BY n, i) FROM each, unnest(answer) WITH ORDINALITY AS u (a, i)),
	'another model in the same variable is another model');

-- ---------------------------------------------------------------- parameters far out

SET LOCAL statement_timeout = '2s';
SELECT lives_ok(format('SELECT crm.predict(crm.clv_model(''nbd'', ''{.5, 5}'', 7, %L), ''2024-01-01:1:10,2024-06-01:1:20,2024-12-01:2:35'', ''2025-01-01'', intervals => true)', spend),
	'no search without an end: ' || spend) FROM unnest('{"{1, 1e308, 1}","{1e308, 1e5, 1}"}'::text[]) AS spend;
SET LOCAL statement_timeout = 0;
SELECT is(count(*), 4::bigint, 'those who all but never leave are those of NBD') FROM unnest('{1e20, 1e30, 1e100, 1e300}'::float[]) AS b
WHERE abs(crm.btyd_expected_orders(crm.clv_model('mbgnbd', ARRAY[.5, 5, 1000, b]), 2, 40, 50, 365) / crm.btyd_expected_orders(crm.clv_model('nbd', '{.5, 5}'), 2, 40, 50, 365) - 1) < 1e-9;

SELECT finish();
ROLLBACK;
