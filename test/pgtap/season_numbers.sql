-- The numbers of seasons, of a clock against sums by hand: December has 31 of 365.2425 mean days, so with 1 and in December 2.5
-- the mean is (334.2425 + 2.5 * 31) / 365.2425 = 1.127312675.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(22);
\ir near.psql

CREATE TEMP TABLE given AS
SELECT '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.5'::season AS s, '2024-11-21:1:10,2024-11-30:1:20,2024-12-14:1:40'::history AS h;

SELECT results_eq($$SELECT bin, label, first_day FROM given, season_factors(s) WHERE bin IN (1, 2, 3, 12)$$,
	$$VALUES (1, 'January', '01-01'), (2, 'February', '02-01'), (3, 'March', '03-01'), (12, 'December', '12-01')$$, 'bins');
SELECT pg_temp.near(array_agg(factor ORDER BY bin), array_fill(.8870653381664510::float8, '{11}') || 2.2176633454161276::float8, 1e-15,
	'factors') FROM given, season_factors(s);
SELECT results_eq($$SELECT bin, label, first_day FROM season_factors(array_to_string(array_fill(1, '{52}'), ',')) WHERE bin IN (1, 9, 10, 49, 52)$$,
	$$VALUES (1, 'week 1', '01-01'), (9, 'week 9', '02-26'), (10, 'week 10', '03-05'), (49, 'week 49', '12-03'), (52, 'week 52', '12-24')$$,
	'weeks');

SELECT pg_temp.near(season_factor(s, '2024-12-24'), 2.2176633454161276, 1e-15, 'factor of a day') FROM given;
SELECT pg_temp.near(season_time(s, '2024-11-20', '2024-12-03'), 10 * .8870653381664510 + 3 * 2.2176633454161276, 1e-15,
	'time: ten days and three') FROM given;
SELECT pg_temp.near(season_time(s, '2000-12-31', '2400-12-31'), 146097, 1e-15, 'time: a year is a year') FROM given;

SELECT is((season_btyd(s, h, '2024-12-31')).x, 2::bigint, 'btyd: x') FROM given;
SELECT pg_temp.near(ARRAY[t_x, t, m_x],
	ARRAY[(9 * .8870653381664510 + 14 * 2.2176633454161276) / 7, (9 * .8870653381664510 + 31 * 2.2176633454161276) / 7, 30], 1e-15,
	'btyd: times') FROM given, season_btyd(s, h, '2024-12-31');
SELECT pg_temp.near(ARRAY[t_x, t], ARRAY[9 * .8870653381664510 + 14 * 2.2176633454161276, 9 * .8870653381664510 + 31 * 2.2176633454161276], 1e-15,
	'btyd: in days') FROM given, season_btyd(s, h, '2024-12-31', 1);

-- ---------------------------------------------------------------- predictions, by test/unit/reference/season.py

CREATE TEMP TABLE asked AS
SELECT clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}', 1, '0.8, 0.9, 1, 1, 1, 1.1, 0.7, 0.6, 1, 1.2, 1.5, 2.5') AS m,
	'2024-05-20:1:10,2024-07-01:1:20,2024-09-30:1:40'::history AS h, date '2024-11-15' AS day;

SELECT pg_temp.near(p_alive(m, h, day), .6477802516806369, 1e-12, 'p_alive in a season') FROM asked;
SELECT pg_temp.near(ARRAY[expected_orders(m, h, day, 31), expected_orders(m, h, day, 365)], ARRAY[.4274915798523509, 2.082044910387196], 1e-12,
	'expected_orders in a season') FROM asked;
SELECT pg_temp.near(ARRAY[churn_probability(m, h, day, 31), churn_probability(m, h, day, 365)], ARRAY[.6984823518521574, .3993014161223776], 1e-12,
	'churn_probability in a season') FROM asked;
SELECT pg_temp.near(ARRAY[clv(m, h, day, 31), clv(m, h, day)], ARRAY[.4255931606071936 * spend, 2.005773879971049 * spend], 1e-12,
	'clv in a season, discounted by the calendar') FROM asked, expected_spend(m, h, day) AS spend;
SELECT is(next_order_date(m, h, day, .3), '2024-12-16', 'next_order_date in a season') FROM asked;
SELECT pg_temp.near(ARRAY[expected_orders(m, n, day, 31), churn_probability(m, n, day, 365)], ARRAY[.3620225322997057, .5539662978706996], 1e-12,
	'of a customer who has just come') FROM asked, (VALUES ('2024-11-15:1:5'::history)) AS v (n);
SELECT is(btyd_p_alive(m, x, t_x, t), p_alive(m, h, day), 'plain numbers are in the time of the clock')
	FROM asked, season_btyd('0.8, 0.9, 1, 1, 1, 1.1, 0.7, 0.6, 1, 1.2, 1.5, 2.5', h, day);
SELECT is((p.p_alive, p.churn_probability, p.expected_orders, p.expected_spend, p.clv, p.next_order_date)::text, (p_alive(m, h, day), churn_probability(m, h, day, 365), expected_orders(m, h, day, 365), expected_spend(m, h, day), clv(m, h, day), next_order_date(m, h, day))::text,
	'predict says the same') FROM asked, predict(m, h, day, next_order => true) AS p;
SELECT is(clv(m, h, day, NULL) > clv(m, h, day, 10957) AND clv(m, h, day, NULL) < clv(m, h, day, 10957) * 1.02, true, 'for life') FROM asked;

-- ---------------------------------------------------------------- from data

-- The customers of test/unit/reference/season_gain.py, which has the gain.
CREATE TEMP TABLE shop AS
WITH RECURSIVE purchase (c, i, day) AS (
	SELECT c, 0, date '2023-12-31' - 760 + CASE WHEN c > 1 THEN c * 7919 % 757 ELSE 0 END FROM generate_series(1, 1200) AS c
	UNION ALL
	SELECT c, i + 1, day + 1 + floor(-('{8,30,90,250}'::int[])[c % 4 + 1] / CASE WHEN extract(month FROM day) > 9 THEN 2.5 ELSE 1 END::float8
		* ln(1 - (c * 101 + (i + 1) * 577 + c * (i + 1) * 31) % 1009 / 1009::float8))::int
	FROM purchase WHERE day <= '2023-12-31' AND (c * 523 + i * 3571 + c * i * 17) % 997 >= ('{60,200,500}'::int[])[c % 3 + 1])
SELECT btyd_agg(h, '2023-12-31') AS data FROM (SELECT history_agg(day, 1) AS h FROM purchase GROUP BY c) AS q;

SELECT pg_temp.near(gain, 55.4717820, 1e-6, 'gain of a season') FROM shop, season_report(data);
SELECT pg_temp.near(needed, 2, 1e-15, 'gain that is needed') FROM shop, season_report(data);
SELECT pg_temp.near(season_gain, 55.4717820, 1e-6, 'gain of the season of a model') FROM shop, clv_diagnostics(clv_fit(data));
SELECT is(data_days, 760, 'days of data') FROM shop, season_report(data);

SELECT * FROM finish();
ROLLBACK;
