-- The numbers of seasons, of a clock against sums by hand: December has 31 of 365.2425 mean days, so with 1 and in December 2.5
-- the mean is (334.2425 + 2.5 * 31) / 365.2425 = 1.127312675.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(12);
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
SELECT is(data_days, 760, 'days of data') FROM shop, season_report(data);

SELECT * FROM finish();
ROLLBACK;
