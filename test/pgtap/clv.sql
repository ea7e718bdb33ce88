-- Counted customers, models, predictions, simulation, backtest: rules, awkward data, hostile input.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(256);

-- A shop of the scale of CDNOW: 3,000 customers of a quarter, observed for nine months.
CREATE TEMP TABLE truth AS SELECT clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}') AS model;
CREATE TEMP TABLE orders AS SELECT s.* FROM truth, clv_simulate(model, 3000, '2024-01-01', '2024-09-30', 7, '2024-03-31') AS s;
CREATE TEMP TABLE customer AS SELECT customer AS id, history_agg(at, amount) AS history FROM orders GROUP BY 1;
CREATE TEMP TABLE data AS SELECT btyd_agg(history, '2024-09-30') AS data FROM customer;
CREATE TEMP TABLE model AS SELECT clv_fit(data) AS model FROM data;

-- ---------------------------------------------------------------- btyd_data: what is counted

CREATE FUNCTION pg_temp.agg(text) RETURNS text LANGUAGE sql AS
	$$ SELECT btyd_agg(h::history, '2024-03-01')::text FROM unnest(string_to_array($1, ';', 'null')) AS h $$;
SELECT is(pg_temp.agg('2024-01-05:1:10'), 'unit_days=7 as_of=2024-03-01 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=0:0:8', 'one order: x is 0, no spend row');
SELECT is(pg_temp.agg('2024-01-05:1:10,2024-01-12:3:9'), 'unit_days=7 as_of=2024-03-01 no_purchase=0 invalid=0 null=0 merged=2 no_spend=0 rows=1:1:8 spend=1:9 days=2024-01-12 gaps=7', 'orders of one day are one, and counted as merged');
SELECT is(pg_temp.agg('2024-01-05:1:10,2024-01-12:1:9;2024-01-05:1:7,2024-01-12:1:9'), 'unit_days=7 as_of=2024-03-01 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=1:1:8*2 spend=1:9*2 days=2024-01-12*2 gaps=7*2', 'equal customers are counted; the first order has no say in spend');
SELECT is(pg_temp.agg('2024-03-02:1:10;;null;2024-01-05:-1:3'), 'unit_days=7 no_purchase=2 invalid=1 null=1 merged=0 no_spend=0', 'left out and counted: not yet a customer, empty, NULL, negative orders');
SELECT is(pg_temp.agg('2024-01-05:1:10,2024-01-12:1:9,2024-04-01:1:5'), 'unit_days=7 as_of=2024-03-01 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=1:1:8 spend=1:9 days=2024-01-12 gaps=7', 'what comes after as_of is ignored');
SELECT is(pg_temp.agg('2024-01-05:1:10,2024-01-12:1:9,2024-02-01:0:-9;2024-01-05:1:1,2024-01-06:1:0'), 'unit_days=7 as_of=2024-03-01 no_purchase=0 invalid=0 null=0 merged=0 no_spend=2 rows=1:0.14285714285714285:8,1:1:8 days=2024-01-06,2024-01-12 gaps=1,7', 'repeat orders without positive net spend stay out of the spend model');
SELECT is((SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01') FROM generate_series(1, 0))::text, 'unit_days=7 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0', 'no rows give empty data');
SELECT is((SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01', 1))::text, 'unit_days=1 as_of=2024-03-01 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=0:0:56', 'unit: days');
SELECT is((SELECT btyd_agg('2024-01-05:1:10'::history, NULL))::text, 'unit_days=7 no_purchase=0 invalid=0 null=1 merged=0 no_spend=0', 'a NULL as_of leaves the row out, counted');
SELECT is((SELECT btyd_rows_agg(x, t_x, t) FROM (VALUES (0, 0.0, 2.5), (0, -0.0, 2.5), (2, 1, 2), (NULL, 1, 1)) v (x, t_x, t))::text, 'unit_days=7 no_purchase=0 invalid=0 null=1 merged=0 no_spend=0 rows=0:0:2.5*2,2:1:2', 'numbers; minus zero is zero');
SELECT is((SELECT btyd_rows_agg(x, t_x, t, m_x) FROM (VALUES (0, 0.0, 2.5, 9), (1, 1, 2, NULL), (1, 1, 2, 3), (2, 1, 2, -4)) v (x, t_x, t, m_x))::text, 'unit_days=7 no_purchase=0 invalid=0 null=0 merged=0 no_spend=1 rows=0:0:2.5,1:1:2*2,2:1:2 spend=1:3', 'numbers with spend');
SELECT is((SELECT btyd_rows_agg(x, t_x, t, NULL, n) FROM (VALUES (0, 0.0, 2.5, 9), (1, 1, 2, 0), (1, 1, 3, 4), (1, 1, 3, NULL)) v (x, t_x, t, n))::text, 'unit_days=7 no_purchase=0 invalid=0 null=1 merged=0 no_spend=0 rows=0:0:2.5*9,1:1:3*4', 'weights; 0 adds nothing');
SELECT is((SELECT btyd_rows_agg(1, 0.1, 0.3, 0.7, 5, 30.4375))::text, 'unit_days=30.4375 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=1:0.1:0.3*5 spend=1:0.7*5', 'any unit');
SELECT results_eq($$SELECT * FROM btyd_rows('unit_days=7 rows=1:0.1:0.3*5,0:0:1')$$, $$VALUES (0::bigint, 0::float8, 1::float8, 1::bigint), (1, 0.1, 0.3, 5)$$, 'btyd_rows');
SELECT results_eq($$SELECT * FROM btyd_spend_rows('unit_days=7 spend=2:0.1*5,1:7')$$, $$VALUES (1::bigint, 7::float8, 1::bigint), (2, 0.1, 5)$$, 'btyd_spend_rows');
SELECT results_eq($$SELECT * FROM btyd_day_rows('unit_days=7 days=2024-02-29*7,0044-03-15 BC')$$, $$VALUES ('0044-03-15 BC'::date, 1::bigint), ('2024-02-29', 7)$$, 'btyd_day_rows');
SELECT results_eq($$SELECT * FROM btyd_gap_rows('unit_days=7 gaps=14*3,1,2147483493')$$, $$VALUES (1, 1::bigint), (14, 3), (2147483493, 1)$$, 'btyd_gap_rows');
SELECT results_eq($$SELECT * FROM btyd_summary('unit_days=1 as_of=2024-09-30 no_purchase=1 invalid=2 null=3 merged=4 no_spend=5 rows=0:0:1*6,1:1:2 spend=1:1 gaps=1,2*3')$$, $$VALUES (1::float8, '2024-09-30'::date, 7::bigint, 1::bigint, 2::bigint, 1::bigint, .25::float8, 1::bigint, 2::bigint, 3::bigint, 4::bigint, 5::bigint)$$, 'btyd_summary');
SELECT results_eq($$SELECT as_of, customers, there_at_start, one_day_gap_share FROM btyd_summary('unit_days=1')$$, $$VALUES (NULL::date, 0::bigint, 0::bigint, NULL::float8)$$, 'of nothing');

-- Days and gaps against plain SQL
CREATE TEMP TABLE purchase AS
SELECT id, day, lag(day) OVER (PARTITION BY id ORDER BY day) AS before FROM customer, LATERAL activity(history) AS a (day, orders, amount) WHERE orders > 0;
SELECT results_eq($$SELECT r.* FROM data, btyd_day_rows(data) AS r$$, $$SELECT day, count(*) FROM purchase WHERE before IS NOT NULL GROUP BY 1 ORDER BY 1$$, 'repeat purchases by day');
SELECT results_eq($$SELECT r.* FROM data, btyd_gap_rows(data) AS r$$, $$SELECT day - before, count(*) FROM purchase WHERE before IS NOT NULL GROUP BY 1 ORDER BY 1$$, 'gaps by length');
SELECT is((SELECT there_at_start FROM data, btyd_summary(data)), (SELECT count(*) FROM purchase WHERE day = (SELECT min(day) FROM purchase)), 'those there on the first day');
CREATE FUNCTION pg_temp.long(integer) RETURNS history LANGUAGE sql AS $$ SELECT history_agg(DATE '1700-01-01' + i, 1) FROM generate_series(1, $1) AS i $$;
SELECT is((SELECT btyd_agg(pg_temp.long(n), '1999-12-31') FROM unnest('{255,256,257,258,100000}'::integer[]) AS n), (SELECT btyd_agg(d) FROM (SELECT btyd_agg(pg_temp.long(n), '1999-12-31') AS d FROM unnest('{255,256,257,258,100000}'::integer[]) AS n GROUP BY n) AS q), 'long histories');
SELECT results_eq($$SELECT sum(purchases)::bigint, count(*) FROM btyd_day_rows((SELECT btyd_agg(pg_temp.long(100000), '1999-12-31') FROM generate_series(1, 3)))$$, $$VALUES (99999 * 3::bigint, 99999::bigint)$$, 'all their days');

-- The day on which all customers were counted
CREATE FUNCTION pg_temp.as_of(VARIADIC text[]) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce((btyd_summary(btyd_agg(d::btyd_data))).as_of::text, 'none') FROM unnest($1) AS d $$;
SELECT is(pg_temp.as_of('unit_days=7 as_of=2024-09-30 rows=0:0:1', 'unit_days=7 as_of=2024-09-30 rows=0:0:2'), '2024-09-30', 'one day');
SELECT is(pg_temp.as_of('unit_days=7 as_of=2024-09-30 rows=0:0:1', 'unit_days=7 as_of=2024-09-29 rows=0:0:2', 'unit_days=7 as_of=2024-09-29 rows=0:0:2'), 'none', 'two days');
SELECT is(pg_temp.as_of('unit_days=7 as_of=2024-09-30 rows=0:0:1', 'unit_days=7 rows=0:0:2', 'unit_days=7 as_of=2024-09-30 rows=0:0:2'), 'none', 'a day and none');
SELECT is(pg_temp.as_of('unit_days=7 null=1', 'unit_days=7 as_of=2024-09-30 rows=0:0:2', 'unit_days=7 no_purchase=3'), '2024-09-30', 'nobody has no day');
SELECT is('unit_days=7 as_of=2024-09-30 null=1'::btyd_data::text, 'unit_days=7 no_purchase=0 invalid=0 null=1 merged=0 no_spend=0', 'not even said');
SELECT is((SELECT (btyd_summary(btyd_agg('2024-01-05:1:10'::history, d))).as_of FROM (VALUES ('2024-03-01'::date), ('2024-03-02')) AS v (d)), NULL, 'histories on two days');
SELECT is((SELECT (btyd_summary(btyd_agg('2024-01-05:1:10'::history, d))).as_of FROM (VALUES ('2024-01-01'::date), (NULL), ('2024-03-02')) AS v (d)), '2024-03-02', 'before the first purchase is no day');

-- ---------------------------------------------------------------- btyd_data: merging, equality, forms

SELECT ok((SELECT btyd_agg(d) FROM (SELECT btyd_agg(history, '2024-09-30') AS d FROM customer GROUP BY id % 7) q) = (SELECT data FROM data), 'merged groups are equal to one aggregate');
SELECT ok((SELECT btyd_agg(d) FROM (SELECT data AS d FROM data UNION ALL SELECT btyd_agg(history, '2024-09-30', 1) FROM customer WHERE false UNION ALL SELECT NULL) q) = (SELECT data FROM data), 'empty data of any unit and NULL change nothing');
SELECT ok((SELECT btyd_agg(d) FROM (SELECT NULL::btyd_data AS d) q)::text = (SELECT btyd_agg(d) FROM (SELECT NULL::btyd_data AS d WHERE false) q)::text, 'only NULLs: empty data');
SELECT throws_ok($$SELECT btyd_agg(d) FROM (VALUES ('unit_days=7 rows=0:0:1'::btyd_data), ('unit_days=1 rows=0:0:1')) v (d)$$, '22023', 'customers are measured in different units of time', 'units do not mix');
SELECT throws_ok($$SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01', u) FROM (VALUES (1), (7)) v (u)$$, '22023', 'customers are measured in different units of time', 'units do not mix within an aggregate');
SELECT throws_ok($$SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01', 0)$$, '22023', 'unit_days must be positive');
SELECT throws_ok($$SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01', 'NaN')$$, '22023', 'unit_days must be positive');
SELECT throws_ok($$SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01', NULL)$$, '22004', 'unit_days is NULL');
SELECT throws_ok($$SELECT btyd_agg('2024-01-05:1:10'::history, 'infinity')$$, '22008', 'as_of must be a finite date');
SELECT throws_ok($$SELECT btyd_rows_agg(-1, 0, 1)$$, '22023', 'x must be a whole number below 2^53, not negative');
SELECT throws_ok($$SELECT btyd_rows_agg(1.5, 1, 1)$$, '42883', NULL, 'x is a whole number');
SELECT throws_ok($$SELECT btyd_rows_agg('NaN', 1, 1)$$, '22P02', NULL, 'not NaN');
SELECT throws_ok($$SELECT btyd_rows_agg(9007199254740993, 1, 1)$$, '22023', 'x must be a whole number below 2^53, not negative');
SELECT throws_ok($$SELECT btyd_rows_agg(1, 2, 1)$$, '22023', 'times must satisfy 0 <= t_x <= t, and t_x must be 0 when x is 0');
SELECT throws_ok($$SELECT btyd_rows_agg(1, -1, 1)$$, '22023', 'times must satisfy 0 <= t_x <= t, and t_x must be 0 when x is 0');
SELECT throws_ok($$SELECT btyd_rows_agg(0, 1, 1)$$, '22023', 'times must satisfy 0 <= t_x <= t, and t_x must be 0 when x is 0');
SELECT throws_ok($$SELECT btyd_rows_agg(1, 1, 'infinity')$$, '22023', 'times must satisfy 0 <= t_x <= t, and t_x must be 0 when x is 0');
SELECT throws_ok($$SELECT btyd_rows_agg(1, 1, 1, 1, -1)$$, '22023', 'weight must be a number of customers');
SELECT throws_ok($$SELECT btyd_rows_agg(1, 1, 1, 'NaN')$$, '22023', 'mean spend must be a finite number');
SELECT throws_ok($$SELECT btyd_rows_agg(1, 1, 1, 1, 9007199254740991) FROM generate_series(1, 2)$$, '22003', 'number of customers out of range');
SELECT throws_ok($$SELECT btyd_rows_agg(1, 1, x, -1, 9007199254740991) FROM generate_series(1, 2) x$$, '22003', 'number of customers out of range', 'so are those without spend');
SELECT throws_ok($$SELECT btyd_agg('2024-01-01:9223372036854775807:1'::history, '2024-02-01')$$, '22003', 'number of customers out of range', 'and orders of one day');
SELECT throws_ok($$SELECT 'unit_days=7 rows=0:0:1*9007199254740991,0:0:2'::btyd_data$$, '22003', 'invalid input syntax for type crm.btyd_data: "unit_days=7 rows=0:0:1*9007199254740991,0:0:2"', 'all rows together');
SELECT throws_ok($$SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01', 1e-300)$$, '22023', 'unit_days out of range');
SELECT throws_ok($$SELECT btyd_agg('2024-01-05:1:10'::history, '2024-03-01', 'infinity')$$, '22023', 'unit_days out of range');
SELECT throws_ok($$SELECT _btyd_agg_data(data, data) FROM data$$, '0A000', 'this function works only inside an aggregate');
SELECT throws_ok($$SELECT _btyd_agg_final(data) FROM data$$, '0A000', 'this function works only inside an aggregate');

-- An aggregate of a user's own can leak the open state, and start from any value.
CREATE AGGREGATE pg_temp.leak(history, date) (SFUNC = _btyd_agg_history, STYPE = btyd_data);
CREATE AGGREGATE pg_temp.go_on(btyd_data) (SFUNC = _btyd_agg_data, STYPE = btyd_data, INITCOND = 'unit_days=7 rows=3:1:2');
CREATE TEMP TABLE leaked AS SELECT pg_temp.leak(history, '2024-09-30') AS open FROM customer;
SELECT ok((SELECT open FROM leaked) = (SELECT data FROM data), 'the open form equals the packed one');
SELECT is((SELECT open::text FROM leaked), (SELECT data::text FROM data), 'and is written like it');
SELECT is((SELECT _btyd_data_send(open) FROM leaked), (SELECT _btyd_data_send(data) FROM data), 'and sent like it');
SELECT is((SELECT _btyd_data_hash(open) FROM leaked), (SELECT _btyd_data_hash(data) FROM data), 'and hashed like it');
SELECT ok((SELECT btyd_agg(open) FROM leaked) = (SELECT data FROM data), 'and merged like it');
SELECT is((SELECT clv_fit(open)::text FROM leaked), (SELECT model::text FROM model), 'and fitted like it');
SELECT is((SELECT pg_temp.go_on('unit_days=7 rows=3:1:2'))::text, 'unit_days=7 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=3:1:2*2', 'an aggregate can start from data');
SELECT is((SELECT string_agg((btyd_summary(d)).customers::text, ' ') FROM (SELECT btyd_rows_agg(0, 0, i) OVER (ORDER BY i) AS d FROM generate_series(1, 20) i) q),
	(SELECT string_agg(i::text, ' ') FROM generate_series(1, 20) i), 'as a window function');

SELECT ok(bool_and(d::btyd_data::text::btyd_data = d::btyd_data), 'text round trip: extremes') FROM unnest(ARRAY['unit_days=1e-300 rows=0:0:1e-308', 'unit_days=1e300 rows=9007199254740991:5e-324:1.7976931348623157e308*9007199254740991 spend=9007199254740991:5e-324,1:1.7976931348623157e308',
	'unit_days=0.1 rows=1:0.1:0.2,1:0.30000000000000004:0.7 spend=3:0.01,7:33.333333333333336', 'unit_days=7', 'unit_days=7 rows=0:0:0*3']) AS d;
SELECT ok(clv_fit(d, 'mbgnbd', s)::text::clv_model = clv_fit(d, 'mbgnbd', s), 'text round trip: a model with customers without spend, spend ' || s)
FROM (SELECT btyd_rows_agg(x % 3, x % 3 * x / 9.0, x, -1) AS d FROM generate_series(1, 400) x) q, unnest(ARRAY[true, false]) s;
SELECT is('  unit_days=7 rows=2:1:2,0:0:3*2,2:1:2 spend=1:2,1:2 '::btyd_data::text, 'unit_days=7 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=0:0:3*2,2:1:2*2 spend=1:2*2', 'input is put in order and counted');
SELECT throws_ok(format('SELECT %L::btyd_data', t), '22P02', format('invalid input syntax for type crm.btyd_data: "%s"', left(t, 100)), 'not data: ' || t) FROM unnest(ARRAY['', 'rows=0:0:1', 'unit_days=0', 'unit_days=-1', 'unit_days=nan', 'unit_days=inf', 'unit_days=0x10', 'unit_days=1e999', 'unit_days=7 rows=', 'unit_days=7 rows=1:2:1', 'unit_days=7 rows=0:1:1', 'unit_days=7 rows=1.5:1:1',
	'unit_days=7 rows=-1:0:1', 'unit_days=7 rows=0:0:1*0', 'unit_days=7 rows=0:0:1*1.5', 'unit_days=7 rows=0:0', 'unit_days=7 rows=0:0:1,', 'unit_days=7 spend=0:1', 'unit_days=7 spend=1:0', 'unit_days=7 spend=1:1 rows=0:0:1', 'unit_days=7 merged=1.5', 'unit_days=7 merged=-1', 'unit_days=7 nonsense', 'unit_days=7 rows=0:0:nan']) AS t;

-- The wire (bytes that were tampered with: clv_hostile.sql)
CREATE TEMP TABLE wire (d btyd_data, m clv_model);
INSERT INTO wire SELECT d.data, m.model FROM data d, model m UNION ALL SELECT d::btyd_data, m.model FROM truth m, unnest(ARRAY['unit_days=7', 'unit_days=0.1 no_purchase=300 rows=0:0:0.7*200,1:0.1:0.2 spend=1:0.37,3:5e-324']) AS d;
SELECT is(count(*), 3::bigint, 'values to send') FROM wire;
SELECT current_setting('data_directory') || '/crm_clv_' || pg_backend_pid() AS file \gset
COPY wire TO :'file' (FORMAT binary);
CREATE TEMP TABLE received (LIKE wire);
COPY received FROM :'file' (FORMAT binary);
SELECT results_eq('SELECT d::text, m::text FROM received', 'SELECT d::text, m::text FROM wire', 'binary COPY round trip');
SELECT ok(bool_and(w.d = r.d AND w.m = r.m), 'and equal') FROM (SELECT row_number() OVER () AS i, * FROM wire) w JOIN (SELECT row_number() OVER () AS i, * FROM received) r USING (i);

-- ---------------------------------------------------------------- clv_model

SELECT is((SELECT model::text FROM truth), '{"process": "mbgnbd", "unit_days": 7, "status": "given", "parameters": {"r": 0.525, "alpha": 6.18, "a": 0.891, "b": 1.614}, "spend": {"status": "given", "parameters": {"p": 6.25, "q": 3.74, "gamma": 15.44}}}', 'a given model as JSON');
SELECT ok(model = model::text::clv_model AND model = model::text::jsonb::text::clv_model, 'a fitted model survives text, also with its keys in another order') FROM model;
SELECT is('{"unit_days": 7, "parameters": {"b": 4, "a": 3, "alpha": 2, "r": 1}, "process": "bgnbd"}'::clv_model, clv_model('bgnbd', '{1,2,3,4}'), 'the least that makes a model');
SELECT isnt(clv_model('bgnbd', '{1,2,3,4}'), clv_model('bgnbd', '{1,2,3,4}', 1), 'models differ by their unit');
SELECT is((SELECT count(*) FROM (SELECT model FROM model UNION SELECT model FROM model UNION SELECT model FROM truth) q), 2::bigint, 'models group');
SELECT is((SELECT count(*) FROM (SELECT data FROM data UNION SELECT data FROM data UNION SELECT 'unit_days=7') q), 2::bigint, 'data group');
SELECT throws_ok(format('SELECT %L::clv_model', t), '22P02', CASE t WHEN '' THEN 'invalid input syntax for type json' ELSE format('invalid input syntax for type crm.clv_model: "%s"', left(t, 100)) END, 'not a model: ' || t) FROM unnest(ARRAY['', '1', '[]', '{}', '{"process": "x"}', '{"process": "bgnbd"}', '{"process": "bgnbd", "unit_days": 0, "parameters": {"r":1,"alpha":2,"a":3,"b":4}}',
	'{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3}}', '{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4,"c":5}}', '{"process": "bgnbd", "unit_days": 7, "parameters": {"r":-1,"alpha":2,"a":3,"b":4}}',
	'{"process": "bgnbd", "unit_days": 7, "parameters": {"r":null,"alpha":2,"a":3,"b":4}}', '{"process": "bgnbd", "unit_days": 7, "parameters": {"r":"1","alpha":2,"a":3,"b":4}}', '{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1e999,"alpha":2,"a":3,"b":4}}',
	'{"process": "bgnbd", "unit_days": 7, "parameters": [1,2,3,4]}', '{"process": "bgnbd", "unit_days": 7, "status": "splendid", "parameters": {"r":1,"alpha":2,"a":3,"b":4}}', '{"process": "bgnbd", "unit_days": 7, "status": "converged", "parameters": {"r":1,"alpha":2,"a":3,"b":4}}',
	'{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1],[0,1],[0,0,1],[0,0,0,1]]}', '{"process": "bgnbd", "unit_days": 7, "status": "converged", "log_likelihood": -1, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1],[0,1],[0,0,1],[0,0,0,-1]]}',
	'{"process": "bgnbd", "unit_days": 7, "status": "converged", "log_likelihood": -1, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1],[0,1],[0,0,1]]}', '{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "iterations": 1.5}',
	'{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "nonsense": 1}', '{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "spend": 1}', '{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "spend": {"parameters": {"p":1,"q":2}}}']) AS t;
SELECT throws_ok($$SELECT clv_model('bgnbd', '{1,2,3}')$$, '22023', 'BG/NBD has 4 parameters');
SELECT throws_ok($$SELECT clv_model('bgnbd', '{1,2,3,NULL}')$$, '22023', 'parameter b must be a positive number');
SELECT throws_ok($$SELECT clv_model('bgnbd', '{1,2,3,0}')$$, '22023', 'parameter b must be a positive number');
SELECT throws_ok($$SELECT clv_model('bgnbd', '{1,2,3,4}', -7)$$, '22023', 'unit_days must be positive');
SELECT throws_ok($$SELECT clv_model('bgnbd', '{1,2,3,4}', 7, '{1}')$$, '22023', 'Gamma-Gamma has 3 parameters');
SELECT throws_ok($$SELECT clv_model('poisson', '{1}')$$, '22023', 'unknown process "poisson"');
SELECT throws_ok($$SELECT clv_fit(data, 'poisson') FROM data$$, '22023', 'unknown process "poisson"');
SELECT is(clv_model(NULL, '{1}'), NULL, 'NULL for NULL');

-- ---------------------------------------------------------------- fits

SELECT results_eq('SELECT clv_is_usable(model), clv_has_spend(model) FROM model', 'VALUES (true, true)', 'a fit of simulated customers is usable');
SELECT results_eq($$SELECT clv_is_usable(clv_fit(data, 'mbgnbd', false)), clv_has_spend(clv_fit(data, 'mbgnbd', false)) FROM data$$, 'VALUES (true, false)', 'without spend on request');
SELECT ok(bool_and(truth BETWEEN lower AND upper AND abs(ln(estimate / truth)) < 3.1 * standard_error / estimate), 'every parameter is found again') FROM model, clv_parameters(model) JOIN (VALUES ('r', .525), ('alpha', 6.18), ('a', .891), ('b', 1.614), ('p', 6.25), ('q', 3.74), ('gamma', 15.44)) AS t (name, truth) USING (name);
SELECT results_eq($$SELECT part, name, estimate, standard_error, lower, upper FROM truth, clv_parameters(model) WHERE name IN ('r', 'gamma')$$, $$VALUES ('mbgnbd', 'r', .525::float8, NULL::float8, NULL::float8, NULL::float8), ('gamma_gamma', 'gamma', 15.44, NULL, NULL, NULL)$$, 'given parameters have no errors');
SELECT results_eq($$SELECT status, log_likelihood, aic, customers, iterations, spend_status, warning FROM truth, clv_diagnostics(model)$$, $$VALUES ('given', NULL::float8, NULL::float8, NULL::bigint, NULL::bigint, 'given', NULL::text)$$, 'diagnostics of a given model');
SELECT ok(d.aic = 8 - 2 * d.log_likelihood AND abs(d.bic - (4 * ln(3000) - 2 * d.log_likelihood)) < 1e-9 AND d.spend_aic = 6 - 2 * d.spend_log_likelihood AND d.customers = 3000, 'AIC and BIC') FROM model, clv_diagnostics(model) AS d;
SELECT is((SELECT array_agg(process) FROM clv_processes()), '{mbgnbd,bgnbd,paretonbd,nbd}', 'processes, the default first');

CREATE FUNCTION pg_temp.status(btyd_data) RETURNS text LANGUAGE sql AS
	$$ SELECT string_agg(DISTINCT d.status, ' ') FROM clv_processes() AS p, LATERAL clv_diagnostics(clv_fit($1, p.process)) AS d $$;
SELECT is(pg_temp.status('unit_days=7'), 'empty', 'no customers');
SELECT is(pg_temp.status('unit_days=7 rows=3:1:2'), 'too_few_customers', 'one customer');
SELECT is(pg_temp.status('unit_days=7 rows=0:0:10*5000'), 'no_repeats', 'all bought once');
SELECT is(pg_temp.status('unit_days=7 rows=0:0:0*5000'), 'no_time', 'all bought today');
SELECT is(pg_temp.status('unit_days=7 rows=0:0:10*300,1:5:10*400,2:7:10*200,3:8:10*80,4:8:10*20'), pg_temp.status('unit_days=1 rows=0:0:10*300,1:5:10*400,2:7:10*200,3:8:10*80,4:8:10*20'), 'a status does not depend on the unit');
SELECT results_eq($$SELECT d.status, d.log_likelihood, clv_is_usable(m), clv_has_spend(m) FROM clv_fit('unit_days=7 rows=0:0:10*50') AS m, clv_diagnostics(m) AS d$$, $$VALUES ('no_repeats', NULL::float8, false, false)$$, 'no repeats: no numbers');
SELECT results_eq($$SELECT d.spend_status, clv_is_usable(m), clv_has_spend(m) FROM (SELECT btyd_rows_agg(x, t_x, t, CASE WHEN x > 0 AND i <= 9 THEN 5 END) AS data FROM (SELECT row_number() OVER (ORDER BY x DESC) AS i, b.* FROM customer, btyd(history, '2024-09-30') AS b) q) AS d0, clv_fit(data) AS m, clv_diagnostics(m) AS d$$,
	$$VALUES ('too_few_customers', true, false)$$, 'orders can be predicted where spend cannot');
SELECT matches(warning, 'order more often spend more an order \(correlation 0\.[0-9]+\)', 'a warning where frequent customers spend more')
	FROM clv_diagnostics(clv_fit((SELECT btyd_rows_agg(x, t_x, t, m_x * (1 + x)) FROM customer, btyd(history, '2024-09-30'))));
SELECT ok((m).status = 'converged', 'a model a group') FROM (SELECT clv_diagnostics(clv_fit(btyd_agg(history, '2024-09-30'))) AS m FROM customer GROUP BY id % 2) q;

-- A cancelled fit stops, and the session goes on.
CREATE FUNCTION pg_temp.cancelled(text) RETURNS boolean LANGUAGE plpgsql AS
	$$ BEGIN EXECUTE $1; RETURN false; EXCEPTION WHEN query_canceled THEN RETURN true; END $$;
CREATE TEMP TABLE large AS SELECT btyd_rows_agg(i % 13, (i % 13 > 0)::int * (1 + hashint4(i) % 1000003 / 1000003.0), 2.5 + i / 1e6) AS data FROM generate_series(1, 200000) i;
SET LOCAL statement_timeout = '20ms';
SELECT ok(pg_temp.cancelled($$SELECT clv_fit(data, 'paretonbd'), clv_fit(data, 'mbgnbd'), clv_fit(data, 'bgnbd') FROM large$$), 'a fit can be cancelled');
RESET statement_timeout;
SELECT ok(clv_is_usable(clv_fit(data)), 'and the next one is right') FROM data;

-- ---------------------------------------------------------------- predictions

CREATE TEMP TABLE process AS SELECT process, clv_fit(data, process) AS model FROM data, clv_processes();
SELECT ok(bool_and(p_alive(model, history, '2024-09-30') = btyd_p_alive(model, b.x, b.t_x, b.t)
	AND expected_orders(model, history, '2024-09-30', 90) = btyd_expected_orders(model, b.x, b.t_x, b.t, 90)
	AND expected_spend(model, history, '2024-09-30') = btyd_expected_spend(model, b.x, b.m_x)
	AND clv(model, history, '2024-09-30') = btyd_clv(model, b.x, b.t_x, b.t, b.m_x)
	AND churn_probability(model, history, '2024-09-30', 90) = btyd_churn_probability(model, b.x, b.t_x, b.t, 90)
	AND order_probability(model, history, '2024-09-30', 90, 2) = btyd_order_probability(model, b.x, b.t_x, b.t, 90, 2)), process || ': the same from a history and from numbers')
	FROM process, customer, btyd(history, '2024-09-30') AS b GROUP BY process ORDER BY process;
SELECT ok(bool_and(p_alive(model, history, '2024-05-30') IS NOT DISTINCT FROM p_alive(model, as_of(history, '2024-05-30'), '2024-05-30')), 'what came after as_of is ignored') FROM model, customer;
SELECT ok(bool_and(abs(clv(model, history, '2024-09-30', 365, 0) / (expected_orders(model, history, '2024-09-30', 365) * expected_spend(model, history, '2024-09-30')) - 1) < 1e-12
	AND clv(model, history, '2024-09-30', 365) < clv(model, history, '2024-09-30', 365, 0)
	AND clv(model, history, '2024-09-30', 365) BETWEEN clv(model, history, '2024-09-30', 365, 0) / 1.1 AND clv(model, history, '2024-09-30', NULL)), process || ': value is orders by spend, discounted, less than for life')
	FROM process, customer GROUP BY process ORDER BY process;
SELECT ok(bool_and(abs((SELECT sum(btyd_order_probability(model, b.x, b.t_x, b.t, 60, n)) FROM generate_series(0, 60) n) - 1) < 1e-9
	AND btyd_order_probability(model, b.x, b.t_x, b.t, 60, 0) = btyd_churn_probability(model, b.x, b.t_x, b.t, 60)), process || ': probabilities sum to one')
	FROM process, (VALUES (0, 0, 30), (2, 10, 30), (5, 29.5, 30)) AS b (x, t_x, t) GROUP BY process ORDER BY process;
SELECT ok(bool_and(coalesce(churn_probability(model, history, '2024-09-30', d - '2024-09-30'::date) <= 0.7 + 1e-12 AND churn_probability(model, history, '2024-09-30', d - '2024-09-30'::date - 1) > 0.7 - 1e-12,
	churn_probability(model, history, '2024-09-30', 2147483647) > 0.7)), process || ': next_order_date is the first day that reaches the probability')
	FROM process, customer, next_order_date(model, history, '2024-09-30', 0.3) AS d WHERE id <= 300 GROUP BY process ORDER BY process;
SELECT ok(count(*) FILTER (WHERE next_order_date(model, history, '2024-09-30') IS NULL) BETWEEN 1 AND 2999, 'some will more likely than not never order again') FROM model, customer;
SELECT ok(bool_and(btyd_next_order_days(model, b.x, b.t_x, b.t, 0.3) IS NOT DISTINCT FROM next_order_date(model, history, '2024-09-30', 0.3) - '2024-09-30'::date) AND count(next_order_date(model, history, '2024-09-30', 0.3)) > 100, 'next_order_date is btyd_next_order_days after as_of') FROM model, customer, btyd(history, '2024-09-30') AS b;
SELECT ok(bool_and(new_customer_expected_orders(model, 90) = btyd_expected_orders(model, 0, 0, 0, 90) AND new_customer_churn_probability(model, 90) = btyd_churn_probability(model, 0, 0, 0, 90) AND new_customer_order_probability(model, 90, 1) = btyd_order_probability(model, 0, 0, 0, 90, 1)
	AND new_customer_expected_spend(model) = btyd_expected_spend(model, 0, NULL) AND new_customer_clv(model) = btyd_clv(model, 0, 0, 0, NULL) AND new_customer_clv(model, NULL) = btyd_clv(model, 0, 0, 0, NULL, NULL) AND new_customer_next_order_days(model, 0.1) = btyd_next_order_days(model, 0, 0, 0, 0.1)), 'a new customer is one who has just made the first order') FROM process;
SELECT ok(abs(btyd_expected_orders(w, 2, 10, 30, 70) / btyd_expected_orders(d, 2, 70, 210, 70) - 1) < 1e-12 AND abs(btyd_clv(w, 2, 10, 30, 9, 300, .2) / btyd_clv(d, 2, 70, 210, 9, 300, .2) - 1) < 1e-12, 'horizons are days in any unit')
	FROM clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}') w, clv_model('mbgnbd', '{.525, 43.26, .891, 1.614}', 1, '{6.25, 3.74, 15.44}') d;
SELECT is(btyd_clv(model, 2, 10, 30, -5), btyd_clv(model, 2, 10, 30, 0), 'money that went back counts as none spent') FROM model;
SELECT ok(btyd_clv(model, 2, 10, 30, 0) > 0, 'and value is positive') FROM model;
-- many models in one query: more than are kept at a call site, in turn
SELECT ok(bool_and(btyd_p_alive(clv_model('mbgnbd', ARRAY[r, 6, .9, 1.6], 7), 2, 10, 30) = p), 'a model a row') FROM generate_series(1, 3) AS turn,
	LATERAL (SELECT 0.5 + i / 100.0 + 0 * turn AS r FROM generate_series(1, 40) i) q, LATERAL (SELECT btyd_p_alive(('{"process": "mbgnbd", "unit_days": 7, "parameters": {"r": ' || r || ', "alpha": 6, "a": 0.9, "b": 1.6}}')::clv_model, 2, 10, 30) AS p OFFSET 0) s;
-- horizons that change from row to row
SELECT ok(bool_and(btyd_expected_orders(model, 2, 10, 30, d) BETWEEN btyd_expected_orders(model, 2, 10, 30, 0) AND btyd_expected_orders(model, 2, 10, 30, 40) AND btyd_expected_orders(model, x, x, 30, d) > 0), 'horizons of all sorts') FROM model, generate_series(1, 40) d, generate_series(0, 30) x;

SELECT is(p_alive(NULL, history, '2024-09-30'), NULL, 'p_alive of NULL') FROM customer WHERE id = 1;
SELECT is((p_alive(model, NULL, '2024-09-30'), p_alive(model, ''::history, '2024-09-30'), clv(model, '2024-10-01:1:5'::history, '2024-09-30'), expected_spend(model, ''::history, '2024-09-30'), clv(model, '2024-01-01:1:5'::history, '2024-09-30', 365, NULL), btyd_clv(model, 1, 1, 1, NULL), btyd_expected_spend(model, 1, NULL),
	next_order_date(model, ''::history, '2024-09-30'), new_customer_expected_orders(model, NULL), new_customer_clv(NULL::clv_model))::text, '(,,,,,,,,,)', 'NULL in, NULL out; NULL before the first purchase') FROM model;
SELECT throws_ok(format('SELECT %s FROM model', e), '22023', NULL, e) FROM unnest(ARRAY['btyd_p_alive(model, -1, 0, 1)', 'btyd_p_alive(model, 1, 2, 1)', $$btyd_p_alive(model, 1, 'NaN', 1)$$, 'btyd_p_alive(model, 0, 1, 2)', 'btyd_expected_orders(model, 1, 1, 1, -1)',
	'btyd_order_probability(model, 1, 1, 1, 5, -1)', 'btyd_churn_probability(model, 1, 1, 1, -5)', 'btyd_next_order_days(model, 1, 1, 1, 0)', 'btyd_next_order_days(model, 1, 1, 1, 1)', $$new_customer_next_order_days(model, 'NaN')$$,
	'btyd_clv(model, 1, 1, 1, 1, -1)', 'btyd_clv(model, 1, 1, 1, 1, 365, -0.1)', $$btyd_clv(model, 1, 1, 1, 1, 365, 'NaN')$$, $$btyd_clv(model, 1, 1, 1, 'NaN')$$, 'btyd_expected_spend(model, -1, 1)', 'new_customer_clv(model, NULL, 0)']) AS e;
SELECT throws_ok(format('SELECT %s FROM model', e), code, NULL, e) FROM (VALUES ($$btyd_expected_orders(model, 1, 1, 1, 'NaN')$$, '22P02'), ($$btyd_churn_probability(model, 1, 1, 1, 'infinity')$$, '22P02'), ($$clv(model, '2024-01-01:1:5', '2024-09-30', 'infinity')$$, '22P02'),
	('btyd_expected_orders(model, 1, 1, 1, 90.5)', '42883'), ('btyd_expected_orders(model, 1, 1, 1, 2147483648)', '42883'), ('btyd_expected_orders(model, 1.5, 1, 1, 90)', '42883'), ($$new_customer_order_probability(model, 90, '1.5')$$, '22P02')) AS v (e, code);
SELECT throws_ok($$SELECT p_alive(model, '2024-01-01:1:1'::history, 'infinity') FROM model$$, '22008', 'as_of must be a finite date');
SELECT throws_ok($$SELECT btyd_p_alive(clv_fit('unit_days=7 rows=0:0:10*50'), 1, 1, 1)$$, '55000', 'the model cannot predict: the status of its fit is "no_repeats"');
SELECT throws_ok($$SELECT btyd_expected_spend(clv_model('bgnbd', '{1,2,3,4}'), 1, 1)$$, '55000', 'the model cannot predict spend');
SELECT throws_ok($$SELECT btyd_clv(clv_model('bgnbd', '{1,2,3,4}', 7, '{6, 1, 15}'), 1, 1, 1, 5)$$, '55000', 'the model cannot predict spend');

-- ---------------------------------------------------------------- simulation

SELECT results_eq('SELECT s.* FROM truth, clv_simulate(model, 3000, ''2024-01-01'', ''2024-09-30'', 7, ''2024-03-31'') AS s', 'TABLE orders', 'the same seed gives the same orders');
SELECT results_eq('SELECT s.* FROM truth, clv_simulate(model, 10, ''2024-01-01'', ''2024-09-30'', 7, ''2024-03-31'') AS s', 'SELECT * FROM orders WHERE customer <= 10', 'fewer customers are the first of more');
SELECT throws_ok($$SELECT clv_simulate(clv_fit(btyd_rows_agg(b.x, b.t_x, b.t, CASE WHEN id <= 9 THEN b.m_x END)), 10, '2024-01-01', '2024-02-01') FROM customer, btyd(history, '2024-09-30') b$$, '55000', 'the model cannot draw amounts: the status of its spend fit is "too_few_customers"');
SELECT ok((SELECT count(*) FROM (SELECT s.* FROM truth, clv_simulate(model, 50, '2024-01-01', '2024-09-30', 8) s INTERSECT TABLE orders) q) = 0, 'another seed gives other orders');
SELECT ok(count(DISTINCT customer) = 3000 AND min(customer) = 1 AND max(customer) = 3000 AND min(at) >= '2024-01-01' AND max(at) < '2024-10-01' AND min(amount) > 0 AND max(scale(amount)) = 2, 'customers, dates, amounts') FROM orders;
SELECT ok(max(first) < '2024-04-01', 'won until the day given') FROM (SELECT min(at) AS first FROM orders GROUP BY customer) q;
SELECT ok(bool_and(at > before), 'in order of time') FROM (SELECT at, lag(at) OVER (PARTITION BY customer) AS before FROM orders) q WHERE before IS NOT NULL;
-- gaps of order k, customers all alike: a week on average, and a standard deviation of 1 / sqrt(k) weeks
SELECT ok(abs(avg(gap) / 7 - 1) < 0.02 AND abs(stddev(gap) / avg(gap) - 1 / sqrt(k)) < 0.01, 'simulated gaps of order ' || k)
	FROM (VALUES (1), (2), (3)) v(k), LATERAL (SELECT extract(epoch FROM at - lag(at) OVER (PARTITION BY customer ORDER BY at)) / 86400 AS gap
		FROM clv_simulate(clv_model('nbd', ARRAY[1e5, 1e5 / k], regularity => k), 200, '2020-01-01', '2024-12-31', 3, '2020-01-01')) s GROUP BY k ORDER BY k;
SELECT is((SELECT sum(amount) FROM clv_simulate(clv_model('bgnbd', '{1,2,3,4}'), 10, '2024-01-01', '2024-01-31')), 0.00, 'without a spend model amounts are zero');
SELECT is((SELECT count(*) FROM truth, clv_simulate(model, 0, '2024-01-01', '2024-01-31')) + (SELECT count(*) FROM clv_simulate(NULL, 5, '2024-01-01', '2024-01-31')), 0::bigint, 'no customers, NULL: no rows');
SELECT throws_ok($$SELECT clv_simulate(model, -1, '2024-01-01', '2024-01-31') FROM truth$$, '22023', 'number of customers must not be negative');
SELECT throws_ok($$SELECT clv_simulate(model, 1, '2024-02-01', '2024-01-31') FROM truth$$, '22023', 'dates must satisfy since <= won_until <= until');
SELECT throws_ok($$SELECT clv_simulate(model, 1, '2024-01-01', 'infinity') FROM truth$$, '22008', 'until must be a finite date');
SELECT throws_ok($$SELECT clv_simulate(clv_fit('unit_days=7'), 1, '2024-01-01', '2024-01-31')$$, '55000', 'the model cannot predict: the status of its fit is "empty"');

-- ---------------------------------------------------------------- backtest

CREATE TEMP TABLE backtest AS SELECT b.* FROM (SELECT array_agg(history) AS h FROM customer) q, clv_backtest(h || NULL::history, '2024-09-30', 92, 1) AS b;
CREATE TEMP TABLE rolling AS SELECT b.* FROM (SELECT array_agg(history) AS h FROM customer) q, clv_backtest(h, '2024-09-30', process => 'mbgnbd') AS b;
CREATE TEMP TABLE early AS SELECT clv_fit(btyd_agg(history, '2024-06-30')) AS model FROM customer;
CREATE TEMP TABLE said AS SELECT history, purchase_days(slice(history, '2024-07-01', '2024-09-30')) AS o, revenue(slice(history, '2024-07-01', '2024-09-30')) AS v,
	expected_orders(model, history, '2024-06-30', 92) AS e, expected_spend(model, history, '2024-06-30') AS s, churn_probability(model, history, '2024-06-30', 92) AS p,
	next_order_date(model, history, '2024-06-30') AS d FROM customer, early;
SELECT results_eq($$SELECT customers, actual_orders, round(predicted_orders::numeric, 6), round(mae::numeric, 9), round(rmse::numeric, 9), actual_revenue, round(predicted_revenue::numeric, 4), round(spend_mae::numeric, 6), round(brier::numeric, 9), round(predicted_silent::numeric, 9) FROM backtest WHERE section = 'total' AND predictor = 'model' AND cut = '2024-06-30'$$,
	$$SELECT count(*), sum(o)::bigint, round(sum(e)::numeric, 6), round(avg(abs(e - o))::numeric, 9), round(sqrt(avg((e - o) ^ 2))::numeric, 9), sum(v), round(sum(e * s)::numeric, 4), round((sum(abs(s * o - v::float8)) FILTER (WHERE o > 0) / sum(o))::numeric, 6), round(avg((p - (o = 0)::int) ^ 2)::numeric, 9), round(avg(p)::numeric, 9) FROM said$$, 'backtest: totals and errors by hand');
SELECT is(round(auc::numeric, 9), (SELECT round(avg(CASE WHEN a.p > b.p THEN 1 WHEN a.p = b.p THEN 0.5 ELSE 0 END), 9) FROM said a, said b WHERE a.o = 0 AND b.o > 0), 'auc, pair by pair') FROM backtest WHERE section = 'total' AND predictor = 'model' AND cut IS NULL;
SELECT ok(abs(m.bias) < 0.1 AND m.rmse < n.rmse AND m.mae < n.mae AND m.auc > n.auc, 'the true process is nearer than ' || n.predictor) FROM backtest m, backtest n WHERE m.section = 'total' AND n.section = 'total' AND m.predictor = 'model' AND n.predictor <> 'model' AND m.cut IS NULL AND n.cut IS NULL ORDER BY n.predictor;
SELECT results_eq(format($$SELECT predictor, sum(customers)::bigint, sum(actual_orders)::bigint, round(sum(predicted_orders)::numeric, 6), sum(actual_revenue), round(sum(predicted_revenue)::numeric, 4) FROM backtest WHERE section = %L AND cut IS NULL GROUP BY 1 ORDER BY 1$$, s),
	$$SELECT predictor, customers, actual_orders, round(predicted_orders::numeric, 6), actual_revenue, round(predicted_revenue::numeric, 4) FROM backtest WHERE section = 'total' AND cut IS NULL ORDER BY 1$$, s || ': the groups sum to the total') FROM (VALUES ('cohort'), ('repeat orders')) AS v(s);
SELECT results_eq($$SELECT predictor, bucket, through, actual_orders, round(predicted_orders::numeric, 6) FROM backtest WHERE section = 'week' AND cut IS NOT NULL ORDER BY bucket DESC, 1 LIMIT 4$$,
	$$SELECT predictor, 14::bigint, '2024-09-30'::date, actual_orders, round(predicted_orders::numeric, 6) FROM backtest WHERE section = 'total' AND cut IS NOT NULL ORDER BY 1$$, 'the last week is the total');
SELECT is(count(*), 0::bigint, 'weeks are cumulative') FROM (SELECT actual_orders - lag(actual_orders) OVER w AS a, predicted_orders - lag(predicted_orders) OVER w AS p FROM backtest WHERE section = 'week' WINDOW w AS (PARTITION BY cut, predictor ORDER BY bucket)) q WHERE a < 0 OR p <= 0;
SELECT results_eq($$SELECT bucket, customers, round(predicted_silent::numeric, 9), round(actual_silent::numeric, 9) FROM backtest WHERE section = 'churn probability' AND cut IS NULL ORDER BY 1$$,
	$$SELECT least(floor(10 * p) + 1, 10)::bigint, count(*), round(avg(p)::numeric, 9), round(avg((o = 0)::int), 9) FROM said GROUP BY 1 ORDER BY 1$$, 'churn probability by tenths');
SELECT results_eq($$SELECT customers, predicted_silent, round(actual_silent::numeric, 9) FROM backtest WHERE section = 'next order' AND bucket = 50 AND cut IS NULL$$,
	$$SELECT count(*), 0.5::float8, round(1 - avg((purchase_days(history, d) > purchase_days(history, '2024-06-30'))::int), 9) FROM said WHERE d <= '2024-09-30'$$, 'those whose next order was due');
SELECT results_eq($$SELECT DISTINCT cut, through FROM rolling WHERE section = 'total' ORDER BY 1 NULLS FIRST$$, $$VALUES (NULL::date, NULL::date), ('2024-05-17', '2024-06-20'), ('2024-06-20', '2024-07-24'), ('2024-07-24', '2024-08-27'), ('2024-08-27', '2024-09-30')$$, 'four windows, of an eighth of the time each');
SELECT results_eq($$SELECT predictor, section, bucket, sum(customers)::bigint, sum(actual_orders)::bigint, round(sum(predicted_orders)::numeric, 6) FROM rolling WHERE cut IS NOT NULL AND section NOT IN ('churn probability', 'next order') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3$$,
	$$SELECT predictor, section, bucket, customers, actual_orders, round(predicted_orders::numeric, 6) FROM rolling WHERE cut IS NULL AND section NOT IN ('churn probability', 'next order') ORDER BY 1, 2, 3$$, 'the windows sum to the rows without a cut');
SELECT is(count(*), 0::bigint, 'no naive rule without a window before') FROM backtest b, clv_backtest((SELECT array_agg(history) FROM customer), '2024-01-03', 1, 2, 'mbgnbd') AS n WHERE b.section = 'total' AND n.section = 'total' AND n.cut = '2024-01-01' AND n.predictor IN ('recency', 'mean') AND n.predicted_orders IS NOT NULL;
SELECT results_eq($$SELECT DISTINCT status, predicted_orders FROM clv_backtest(ARRAY['2024-01-01:1:1']::history[], '2024-07-31', 31, 1) WHERE predictor = 'model'$$, $$VALUES ('too_few_customers', NULL::float8)$$, 'a fit that failed says so');
SELECT is_empty($$SELECT * FROM clv_backtest('{}', '2024-06-30')$$, 'nobody to test on');
SELECT is_empty($$SELECT * FROM clv_backtest(ARRAY['2024-06-30:1:1']::history[], '2024-06-30')$$, 'nobody known before as_of');
SELECT is_empty($$SELECT * FROM clv_backtest(NULL, '2024-06-30')$$, 'NULL');
SELECT results_eq($$SELECT DISTINCT cut, customers, actual_orders FROM clv_backtest(ARRAY['4713-01-01 BC:1:1', '2024-01-01:1:1,5874897-12-01:1:1', '2024-02-01:-1:1', NULL]::history[], '5874897-12-31', 36525, 1) WHERE section = 'total' AND cut IS NULL$$, $$VALUES (NULL::date, 2::bigint, 1::bigint)$$, 'days at both ends');
SELECT ok(max(bucket) = 100 AND count(*) = 50 AND max(label) FILTER (WHERE bucket = 100) = '700 days', 'not too many weeks') FROM clv_backtest((SELECT array_agg(history) FROM customer), '2026-09-30', 700, 1, 'mbgnbd') WHERE section = 'week' AND predictor = 'mean' AND cut IS NULL;
SELECT throws_ok(format($$SELECT clv_backtest('{}', %s)$$, a), '22023', 'a backtest needs a finite as_of, 1 to 36525 days, and 1 to 1000 windows') FROM (VALUES ($$'infinity'$$), ($$'2024-06-30', 0$$), ($$'2024-06-30', 36526$$), ($$'2024-06-30', 7, 0$$), ($$'2024-06-30', 7, 1001$$)) AS v(a);
SELECT throws_ok($$SELECT clv_backtest('{}', '2024-06-30', process => 'poisson')$$, '22023', 'unknown process "poisson"');
SELECT throws_ok($$SELECT clv_backtest('{}', '2024-06-30', process => 'paretonbd', regularity => 2)$$, '22023', NULL, 'a regularity that the process has not');
SELECT results_eq($$SELECT DISTINCT fitted_process FROM clv_backtest((SELECT array_agg(history) FROM customer WHERE id <= 500), '2024-09-30', 92, 1, 'mbgnbd', 2) WHERE predictor = 'model'$$, $$VALUES ('mbgnbd, regularity 2')$$, 'the regularity that is asked for');
SELECT matches(v.verdict, '^Over the last 4 windows of 34 days to 2024-09-30 the model expected [0-9,]+ orders and [0-9,]+ came \(.*; per customer it errs [0-9]+ % less than "same pace as before"', 'a verdict in a sentence') FROM clv_verdict((SELECT array_agg(history) FROM customer), '2024-09-30') AS v;
SELECT results_eq($$SELECT grade, verdict FROM clv_verdict('{}', '2024-06-30')$$, $$VALUES ('-', 'Nothing can be tested yet: nobody was a customer early enough before 2024-06-30.')$$, 'nothing to judge');
SELECT results_eq($$SELECT grade, verdict FROM clv_verdict(ARRAY['2024-01-01:1:1']::history[], '2024-07-31', 31, 1)$$, $$VALUES ('-', 'Over the last 31 days to 2024-07-31 the model could not be tried: its status was "too_few_customers".')$$, 'a model that could not be fitted');
SELECT results_eq($$SELECT grade, verdict FROM clv_verdict(NULL, '2024-06-30')$$, $$VALUES (NULL::text, NULL::text)$$, 'verdict of NULL');

SELECT throws_ok($$SELECT new_customer_clv(clv_model('mbgnbd', '{.5, 6, .9, 1.6}', 7, '{10, 2, 1e307}'), 3650)$$, '22023', 'the prediction cannot be computed accurately for these numbers', 'never Infinity');
SELECT * FROM finish();
ROLLBACK;
