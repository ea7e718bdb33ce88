-- Units of time and of money in predictions: days outside, the model's unit inside, discounts a year.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(16);

CREATE TEMP TABLE model AS
SELECT clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}') AS weeks,
       -- the same customers in days: alpha is a time
       clv_model('mbgnbd', ARRAY[.525, 6.18 * 7, .891, 1.614], 1, '{6.25, 3.74, 15.44}') AS days;
CREATE TEMP TABLE customer AS SELECT '2024-01-01:1:10,2024-01-15:1:20,2024-02-12:1:40'::history AS history;

CREATE FUNCTION pg_temp.near(got double precision, want double precision, tolerance double precision, name text) RETURNS text
	LANGUAGE sql AS
	$$ SELECT ok(abs(got - want) <= tolerance * abs(want), format('%s: %s, expected %s', name, got, want)) $$;

-- One row asks two models of different units about one customer: what is kept from one must not serve the other.
SELECT pg_temp.near(p_alive(days, history, '2024-06-01'), p_alive(weeks, history, '2024-06-01'), 1e-12, 'p_alive in days and in weeks')
FROM model, customer;
SELECT pg_temp.near(expected_orders(weeks, history, '2024-06-01', 90), expected_orders(days, history, '2024-06-01', 90), 1e-12, 'expected_orders in weeks and in days')
FROM model, customer;
SELECT isnt(p_alive(given, history, '2024-06-01'), p_alive(weeks, history, '2024-06-01'), 'the same parameters in another unit are another model')
FROM model, customer, clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 1) AS given;
-- Figures of the model by hand: (x, t_x, t) of the customer is (2, 6 weeks, 152 days).
SELECT pg_temp.near(p_alive(weeks, history, '2024-06-01'), (1.614 + 2) / (1.614 + 2 + .891 * ((6.18 + 152 / 7.0) / (6.18 + 6)) ^ 2.525), 1e-12, 'p_alive by the formula')
FROM model, customer;
SELECT pg_temp.near(p_alive(given, history, '2024-06-01'), (1.614 + 2) / (1.614 + 2 + .891 * ((6.18 + 152) / (6.18 + 42)) ^ 2.525), 1e-12, 'and in days')
FROM model, customer, clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 1) AS given;

-- A discount of 100 % halves money in 365 days: against the orders of each day, discounted one by one at noon.
CREATE FUNCTION pg_temp.by_day(model clv_model, history history, horizon integer, discount double precision) RETURNS double precision
	LANGUAGE sql SET search_path FROM CURRENT AS $$
	SELECT expected_spend(model, history, '2024-06-01')
		* sum((expected_orders(model, history, '2024-06-01', i) - expected_orders(model, history, '2024-06-01', i - 1)) * (1 + discount) ^ (-(i - .5) / 365))
	FROM generate_series(1, horizon) AS i
$$;
SELECT pg_temp.near(clv(weeks, history, '2024-06-01', 365, d), pg_temp.by_day(weeks, history, 365, d), 1e-6, 'clv at a discount of ' || d)
FROM model, customer, unnest('{0, 0.10, 1}'::double precision[]) AS d;
SELECT pg_temp.near(clv(days, history, '2024-06-01', 730, 1), pg_temp.by_day(days, history, 730, 1), 1e-6, 'two years, in days')
FROM model, customer;

-- What is missing is said, or has no answer.
SELECT is(ARRAY[clv(weeks, NULL, '2024-06-01'), clv(weeks, history, NULL)], '{NULL,NULL}', 'no history or no day, no value') FROM model, customer;
SELECT throws_ok($$ SELECT clv(weeks, history, '2024-06-01', 365, 'infinity') FROM model, customer $$, '22023',
	'discount rate must be a finite number, not negative', 'a discount without end');
SELECT is(w.message, 'Predictions stand; the data do not determine ' || names || ' of MBG/NBD.', 'the parameters that the data leave open: ' || names)
FROM (VALUES ('["r"]', 'r'), ('["alpha", "b"]', 'alpha, b'), ('["r", "alpha", "a", "b"]', 'r, alpha, a, b')) AS v (open, names),
	LATERAL clv_diagnostics(format('{"process": "mbgnbd", "unit_days": 7, "status": "not_identified", "unidentified": %s,
		"parameters": {"r": 1, "alpha": 2, "a": 3, "b": 4}, "log_likelihood": -1, "customers": 30, "rows": 9}', open)::clv_model) AS w;
CREATE FUNCTION pg_temp.detail(input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN
	PERFORM input::crm.clv_model;
	RETURN NULL;
EXCEPTION WHEN invalid_text_representation THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END $$;
SELECT is(pg_temp.detail('{"process": "bgnbd", "parameters": {"r": 1, "alpha": 2, "a": 3, "b": 4}}'),
	'At $.unit_days: expected a number above 0, found nothing.', 'a model without a unit');
SELECT is(pg_temp.detail('{"process": "bgnbd", "unit_days": 7, "parameters": {"r": 1, "alpha": 2, "a": 3, "b": 4},
	"spend": {"parameters": {"p": 1, "q": 2, "gamma": 3}, "correlation": "much"}}'),
	'At $.spend.correlation: expected a number, found "much".', 'a correlation that is none');

SELECT finish();
ROLLBACK;
