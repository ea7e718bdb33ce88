-- crm.season: values, hostile input, and its clock against plain sums.
BEGIN;
SET search_path = crm, public;
SELECT plan(59);
\ir receive.psql
CREATE FUNCTION pg_temp.code(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT ' || call || $q$ FROM (SELECT season '1,1,1,1,1,1,1,1,1,1,1,2') q(s)$q$;
	RETURN '';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE TEMP TABLE s AS
SELECT 'months' AS kind, '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.1, 2.5'::season AS s
UNION ALL SELECT 'weeks', string_agg((.05 + i * i / 140.0)::text, ',' ORDER BY i)::season FROM generate_series(1, 52) AS i
UNION ALL SELECT 'flat', 'flat';

-- ---------------------------------------------------------------- values

SELECT is('1,1.00,01,1e0,1.00004,.99996,1,1,1,1,1,20'::season, '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 20'::season,
	'factors are rounded to four decimals, and equal values are equal');
SELECT isnt('1,1,1,1,1,1,1,1,1,1,1,1'::season, '2,2,2,2,2,2,2,2,2,2,2,2'::season, 'what is written differs');
SELECT is(count(*), 4::bigint, 'seasons are grouped') FROM (SELECT v FROM (SELECT s FROM s UNION ALL SELECT s FROM s UNION ALL SELECT '1,1,1,1,1,1,1,1,1,1,1,1') q(v) GROUP BY v) g;
SELECT is_empty('SELECT * FROM s WHERE s::text::season <> s', 'text and back');
SELECT is_empty($$SELECT * FROM s WHERE pg_temp.receive('season', _season_send(s)) <> s::text$$, 'binary and back');
SELECT is_empty($$SELECT kind, i, r FROM s, generate_series(0, length(_season_send(s)) - 1, 3) i, LATERAL pg_temp.receive('season', substr(_season_send(s), 1, i)) r
	WHERE r !~ '^22(P02|003)$' AND r::season::text <> r$$, 'cut short: an error, or a season whose last factor is shorter');
SELECT is_empty($$SELECT kind, i, r FROM s, generate_series(0, length(_season_send(s)) * 8 - 1, 7) i, LATERAL pg_temp.receive('season', set_bit(_season_send(s), i, 1 - get_bit(_season_send(s), i))) r
	WHERE r !~ '^22(P02|003|021|P05)$' AND r::season::text <> r$$, 'a flipped bit: an error, or another season');
SELECT throws_ok(format('SELECT %L::season', t), '22P02', NULL, 'no season: ' || left(t, 20))
	FROM unnest(ARRAY['', 'FLAT', '1', repeat('1,', 53) || '1', repeat('9', 400)]) t;
SELECT throws_ok(format('SELECT %L::season', t || ',1,1,1,1,1,1,1,1,1,1,1'), '22003', NULL, 'no factor: ' || t)
	FROM unnest(ARRAY['0', '.0499', '20.1', '1e300']) t;

-- ---------------------------------------------------------------- the clock

SELECT is_empty($$SELECT kind, day FROM s, generate_series(-2000, 9000, 7) i, LATERAL (SELECT date '2000-02-29' + i) d(day)
	WHERE abs(season_time(s, day, day + 1) - season_factor(s, day + 1)) > 1e-9$$, 'a day takes its factor');
SELECT is_empty($$SELECT s.kind, day FROM s CROSS JOIN generate_series(-2000, 9000, 7) i CROSS JOIN LATERAL (SELECT date '2000-02-29' + i) d(day)
	LEFT JOIN LATERAL season_factors(s) f ON f.bin = CASE s.kind WHEN 'months' THEN extract(month FROM day) ELSE least((extract(doy FROM day)::int - 1) / 7, 51) + 1 END
	WHERE season_factor(s, day) IS DISTINCT FROM CASE s.kind WHEN 'flat' THEN 1 ELSE factor END$$, 'the factor of a day is that of its month or week');
SELECT is_empty($$SELECT kind FROM s WHERE abs(season_time(s, '2019-03-17', '2024-07-02')
	- (SELECT sum(season_factor(s, date '2019-03-17' + i)) FROM generate_series(1, date '2024-07-02' - date '2019-03-17') i)) > 1e-9
	OR season_time(s, '2024-07-02', '2019-03-17') <> -season_time(s, '2019-03-17', '2024-07-02')$$, 'time is the sum of the days, and negative backwards');
SELECT results_eq($$SELECT season_time('flat', '4714-11-24 BC', '5874897-12-31'), season_btyd('flat', '2024-01-05:1:10,2024-02-11:2:71', '2024-12-31', 1) = btyd('2024-01-05:1:10,2024-02-11:2:71', '2024-12-31', 1)$$,
	$$VALUES (2147483493::float8, true)$$, 'flat: days');
SELECT is_empty($$SELECT q FROM unnest('{"season_factor(s, ''infinity'')","season_time(s, ''infinity'', ''2024-01-01'')","season_time(s, ''2024-01-01'', ''-infinity'')","season_btyd(s, '''', ''infinity'')"}'::text[]) q
	WHERE pg_temp.code(q) <> '22008'$$, 'infinite days are errors');
SELECT is((season_factor(NULL, '2024-01-01'), season_time('flat', NULL, '2024-01-01'), season_btyd('flat', '', '2024-01-01'), season_btyd(NULL, '2024-01-01:1:1', '2024-01-01'))::text, '(,,,)', 'NULL for NULL, and before the first purchase');

-- ---------------------------------------------------------------- from data

CREATE TEMP TABLE flat AS
SELECT since, btyd_agg(h, '2024-11-30') AS data
FROM unnest('{2022-11-30,2023-01-01,2024-06-01}'::date[]) AS since,
	LATERAL (SELECT history_agg(at, 0) AS h FROM clv_simulate(clv_model('mbgnbd', '{.8, 8, .5, 2.5}'), 1500, since, '2024-11-30') GROUP BY customer) AS q
GROUP BY since;
SELECT results_eq('SELECT since, season::text, accepted, reason, gain IS NULL, pattern IS NULL, data_days > 300 FROM flat, season_report(data) ORDER BY since', $$VALUES
	(date '2022-11-30', 'flat', false, 'the pattern of one year did not repeat in the others', false, false, true),
	('2023-01-01', 'flat', false, '699 days of data, at least 700 are needed', true, true, true),
	('2024-06-01', 'flat', false, '182 days of data, at least 700 are needed', true, true, false)$$, 'no season');
SELECT is_empty($$SELECT since FROM flat WHERE clv_season(data) IS DISTINCT FROM (season_report(data)).season$$, 'clv_season is that season');
SELECT results_eq($$SELECT (season_report(d)).reason FROM unnest(ARRAY['unit_days=7', 'unit_days=7 rows=0:0:200*30,2:3:150*30']::btyd_data[]) d$$,
	$$SELECT 'the data do not say on which days repeat purchases were' FROM generate_series(1, 2)$$, 'no days, no season');
SELECT is(season_report(NULL)::text, NULL, 'NULL for NULL');
SELECT is(clv_season(NULL), NULL, 'no data, no season');

-- ---------------------------------------------------------------- models

CREATE TEMP TABLE model AS
SELECT clv_model('mbgnbd', '{.8, 8, .5, 2.5}', 7, '{6.25, 3.74, 15.44}', season => '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.5') AS seasonal,
	clv_model('mbgnbd', '{.8, 8, .5, 2.5}', 7, '{6.25, 3.74, 15.44}') AS flat;
SELECT is(seasonal, (flat::text::jsonb || '{"season": "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.5"}')::text::clv_model, 'a season in JSON') FROM model;
SELECT is(seasonal::text::clv_model, seasonal, 'and back') FROM model;
SELECT is(clv_model('nbd', '{1, 1}', season => NULL), NULL, 'no model of a season that is NULL');
CREATE TEMP TABLE shop AS
SELECT customer, history_agg(at, amount) AS h FROM model, clv_simulate(seasonal, 4000, '2021-12-01', '2023-12-31', won_until => '2023-11-30')
GROUP BY customer;
SELECT is((SELECT sum((SELECT count(*) FROM activity(h) AS a WHERE extract(month FROM day) = 12)) / sum((SELECT count(*) FROM activity(h) AS a WHERE extract(month FROM day) = 11)) FROM shop) BETWEEN 2 AND 3,
	true, 'clv_simulate: December has more than twice the orders of November');
SELECT results_eq($$SELECT season::text LIKE '0.%, 2.%', accepted, reason FROM season_report((SELECT btyd_agg(h, '2023-11-30') FROM shop))$$,
	$$VALUES (true, true, 'orders follow the months of the year: each year was foretold by the others')$$, 'found in what was drawn');
SELECT is(abs(sum(expected_orders(seasonal, h, '2023-11-30', 31)) / sum(purchase_days(h) - purchase_days(h, '2023-11-30')) - 1) < .12, true, 'December is foretold')
	FROM shop, model WHERE purchase_days(h, '2023-11-30') > 0;
SELECT is(abs(sum(expected_orders(flat, h, '2023-11-30', 31)) / sum(purchase_days(h) - purchase_days(h, '2023-11-30')) - 1) > .4, true, 'and is not, without the season')
	FROM shop, model WHERE purchase_days(h, '2023-11-30') > 0;
SELECT is_empty($$SELECT h FROM shop, model WHERE p_alive(flat, h, '2023-12-31') <> p_alive((flat::text::jsonb || '{"season": "flat"}')::text::clv_model, h, '2023-12-31')
	OR clv(flat, h, '2023-12-31') <> clv((flat::text::jsonb || '{"season": "flat"}')::text::clv_model, h, '2023-12-31') LIMIT 1$$, 'flat is no season, to the last bit');
SELECT throws_ok(format('SELECT expected_orders(seasonal, h, %L, -1) FROM shop, model', day), '22023', NULL, 'no horizon back from ' || day) FROM unnest('{2024-01-01}'::date[]) day;

-- ---------------------------------------------------------------- fits

CREATE TEMP TABLE fitted AS
SELECT data, s, clv_fit(data, 'mbgnbd') AS plain, clv_fit(data, 'mbgnbd', season => s) AS seasonal, clv_fit(data) AS best
FROM (SELECT btyd_agg(h, '2023-11-30') AS data, season '1,1,1,1,1,1,1,1,1,1,1,2.5' AS s FROM shop) AS q;
CREATE TEMP TABLE clocked AS
SELECT btyd_rows_agg(x, t_x, t) AS data FROM shop, season_btyd('1,1,1,1,1,1,1,1,1,1,1,2.5', h, '2023-11-30');
SELECT is((clv_diagnostics(plain)).season_why, NULL, 'a named process has no season, unless asked for') FROM fitted;
SELECT is(clv_parameters(plain), clv_parameters(clv_fit(data, 'mbgnbd', season => 'flat')), 'flat is none') FROM fitted;
SELECT is(seasonal::text::clv_model, seasonal, 'a fitted model with a season survives text') FROM fitted;
SELECT is((clv_diagnostics(seasonal)).season, s, 'and keeps the season') FROM fitted;
SELECT ok((clv_diagnostics(seasonal)).aic < (clv_diagnostics(plain)).aic - 100, 'the season that was there has the better AIC') FROM fitted;
SELECT ok(abs((clv_diagnostics(seasonal)).log_likelihood - (clv_diagnostics(clv_fit(clocked.data, 'mbgnbd'))).log_likelihood
		- (SELECT sum(purchases * ln(season_factor(s, day))) FROM btyd_day_rows(fitted.data))) < 1e-5,
	'in calendar time a log-likelihood gains the logarithm of each order''s factor') FROM fitted, clocked;
SELECT ok(abs(log_likelihood(seasonal, data) - (clv_diagnostics(seasonal)).log_likelihood) < 1e-6, 'log_likelihood is in the season of the model') FROM fitted;
SELECT ok(bool_and(abs(a.estimate / b.estimate - 1) < 1e-5), 'data of numbers by the clock give the same parameters')
	FROM fitted, (SELECT clv_fit(data, 'mbgnbd', season => '1,1,1,1,1,1,1,1,1,1,1,2.5') AS by_clock FROM clocked OFFSET 0) AS n,
	LATERAL clv_parameters(seasonal) AS a, LATERAL clv_parameters(by_clock) AS b WHERE a.name = b.name AND a.part = 'mbgnbd' AND b.part = 'mbgnbd';
SELECT is(abs(sum(expected_orders(best, h, '2023-11-30', 31)) / sum(purchase_days(h) - purchase_days(h, '2023-11-30')) - 1) < .12, true, 'auto: December is foretold')
	FROM shop, fitted WHERE purchase_days(h, '2023-11-30') > 0;
SELECT results_eq('SELECT d.season = clv_season(data), season_why, season_gain = gain, d.candidates > 5 FROM fitted, clv_diagnostics(best) AS d, season_report(data)',
	$$VALUES (true, 'Orders follow the months of the year: each year was foretold by the others.', true, true)$$, 'auto finds the season, and says so');
SELECT is((clv_diagnostics(clv_fit(data, season => 'flat'))).season::text, 'flat', 'unless it is forbidden') FROM fitted;
SELECT is((clv_diagnostics(clv_fit(data, season => s))).season, s, 'or given') FROM fitted;
SELECT results_eq('SELECT season::text, season_why FROM flat, clv_diagnostics(clv_fit(data, spend => false)) ORDER BY since', $$VALUES
	('flat', 'No season: the pattern of one year did not repeat in the others.'),
	('flat', 'No season can be told: at least 700 days of data are needed.'),
	('flat', 'No season can be told: at least 700 days of data are needed.')$$, 'no season, and why');
SELECT throws_ok($$SELECT clv_fit(btyd_agg(d), season => '1,1,1,1,1,1,1,1,1,1,1,2.5') FROM (SELECT data FROM fitted UNION ALL SELECT btyd_agg(h, '2023-10-31') FROM shop) AS q (d)$$, '22023', 'data of several days cannot be fitted in a season');
SELECT is((clv_diagnostics(clv_fit(d))).season_why, 'No season can be told: the data do not say on which days repeat purchases were.', 'several days')
	FROM (SELECT btyd_agg(d) FROM (SELECT data FROM fitted UNION ALL SELECT btyd_agg(h, '2023-10-31') FROM shop) AS q (d)) AS q (d);
SELECT results_eq('SELECT log_likelihood, log_likelihood(m, data), regularity, status FROM fitted, clv_fit(data, ''mbgnbd'', regularity => 2, season => s) AS m, clv_diagnostics(m)',
	$$VALUES (NULL::float8, NULL::float8, 2, 'converged')$$, 'of more regular buyers in a season the log-likelihood is not known');
SELECT is(m::text::clv_model, m, 'which survives text') FROM fitted, clv_fit(data, 'mbgnbd', regularity => 2, season => s) AS m;

SELECT * FROM finish();
ROLLBACK;
