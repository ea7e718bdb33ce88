-- crm.history: the type, its accessors and its group.
BEGIN;
SET search_path = crm, public;
SELECT plan(72);

-- ---------------------------------------------------------------- text form

SELECT is('2024-01-05:2:71.00,2024-02-11:0:-3.50'::history::text, '2024-01-05:2:71.00,2024-02-11:0:-3.50', 'text form');
SELECT is(''::history::text, '', 'the empty history is the empty string');
SELECT is(E' \n 2024-01-05:2:71 , \t2024-02-11:0:-3.5 '::history::text, '2024-01-05:2:71.00,2024-02-11:0:-3.50', 'white space is free');
SELECT is('2024-02-11:1:1,2024-01-05:1:2'::history::text, '2024-01-05:1:2.00,2024-02-11:1:1.00', 'days are sorted');
SELECT is('2024-01-05:1:1.5,2024-01-05:2:0.25'::history::text, '2024-01-05:3:1.75', 'one day twice is summed');
SELECT is('2024-01-05:0:0'::history::text, '', 'a day with nothing on it vanishes');
SELECT is('2024-01-05:1:0.10000000'::history::text, '2024-01-05:1:0.10', 'needless decimals vanish');
SELECT is('2024-01-05:1:0.12345678'::history::text, '2024-01-05:1:0.12345678', 'eight decimals');
SELECT is('2024-01-05:1:0.1200000000000000'::history::text, '2024-01-05:1:0.12', 'zeros behind the eighth decimal are harmless');
SELECT is('2024-01-05:-1:-0.05'::history::text, '2024-01-05:-1:-0.05', 'negative, smaller than one');
SELECT is('4714-11-24 BC:1:1'::history::text, '4714-11-24 BC:1:1.00', 'the first day');
SELECT is('5874897-12-31:1:1'::history::text, '5874897-12-31:1:1.00', 'the last day');
SELECT is('2000-02-29:1:1'::history::text, '2000-02-29:1:1.00', 'a leap day');
SELECT is('2024-01-05:9223372036854775807:1'::history::text, '2024-01-05:9223372036854775807:1.00', 'most orders');
SELECT is('2024-01-05:-9223372036854775807:1'::history::text, '2024-01-05:-9223372036854775807:1.00', 'fewest orders');
SELECT is('2024-01-05:1:123456789012345.12345678'::history::text, '2024-01-05:1:123456789012345.12345678', '15 digits before the point, 8 behind');
SELECT is('2024-01-05:1:85070591730234615865843651857942052863'::history::text,
	'2024-01-05:1:85070591730234615865843651857942052863.00', 'the largest amount');
SELECT is('2024-01-05:1:85070591730234615865843651857942052863'::history::text::history::text,
	'2024-01-05:1:85070591730234615865843651857942052863.00', 'and its text reads back, decimals and all');
SELECT is(bool_and((d::date)::text || ':1:1.00' = history_agg::text), true, 'every day of 60 years reads as PostgreSQL writes it')
FROM (SELECT d, history_agg(d::date, 1) FROM generate_series('1896-01-01'::timestamp, '1956-01-01', '1 day') d GROUP BY d) q;

-- ---------------------------------------------------------------- the aggregate

SELECT is(history_agg(d, a)::text, '2024-01-05:1:10.00,2024-02-01:1:0.00,2024-03-01:0:-4.00',
	'an amount >= 0 is an order, a refund is none')
FROM (VALUES (DATE '2024-03-01', -4.00), ('2024-01-05', 10.00), ('2024-02-01', 0)) v(d, a);
SELECT is(history_agg(d, a, n)::text, '2024-01-05:3:10.00,2024-02-01:0:5.00,2024-03-01:0:-4.00', 'orders as given, NULL by the rule')
FROM (VALUES (DATE '2024-03-01', -4.00, NULL), ('2024-01-05', 10.00, 3), ('2024-02-01', 5, 0)) v(d, a, n);
SELECT is(history_agg(d, a)::text, '2024-01-05:1:10.00', 'rows with a NULL are skipped')
FROM (VALUES (NULL, 1), (DATE '2024-01-05', 10.00), ('2024-01-06', NULL)) v(d, a);
SELECT is(history_agg(d, a)::text, '', 'no row: the empty history, not NULL') FROM (VALUES (DATE '2024-01-05', 1)) v(d, a) WHERE false;
SELECT is(history_agg(NULL::date, 1)::text, '', 'only NULL rows: the empty history');
SELECT is(history_agg(TIMESTAMP '2024-01-05 23:59:59.999999', 1)::text, '2024-01-05:1:1.00', 'timestamp: its day');
SELECT is(history_agg(TIMESTAMP '1999-12-31 23:59:59.999999', 1)::text, '1999-12-31:1:1.00', 'timestamp before the epoch');
SELECT is(history_agg(TIMESTAMP '2024-01-05 12:00', 1, 4)::text, '2024-01-05:4:1.00', 'timestamp with orders');
SELECT is(history_agg(TIMESTAMPTZ '2024-06-30 23:30+00', 1, 'Europe/London')::text, '2024-07-01:1:1.00', 'timestamptz: the day in the zone');
SELECT is(history_agg(TIMESTAMPTZ '2024-06-30 23:30+00', 1, 'UTC', 2)::text, '2024-06-30:2:1.00', 'timestamptz with orders');
SELECT is((SELECT count(*) FROM (SELECT z FROM unnest('{Europe/London,UTC,UTC}'::zone[]) z GROUP BY z) q), 2::bigint, 'zones can be grouped');
SELECT is(history_agg(h)::text, '2024-01-05:3:6.00,2024-01-06:1:1.00', 'merging histories')
FROM (VALUES ('2024-01-05:1:2'::history), (NULL), ('2024-01-05:2:4,2024-01-06:1:1'), ('')) v(h);
SELECT is(history_agg(NULL::history)::text, '', 'merging nothing');
SELECT is(history_agg(DATE '2024-01-05', a)::text, '2024-01-05:1:71.00', '71.00 + 1.2345 - 1.2345 is 71')
FROM (VALUES (71.00)) v(a);
SELECT is(sum(a)::text || ' ' || history_agg(DATE '2024-01-05', a, 1)::text, '71.0000 2024-01-05:3:71.00', 'where numeric keeps four decimals, a history does not')
FROM (VALUES (71.00), (1.2345), (-1.2345)) v(a);

-- a window goes on with the state after the final function has read it
SELECT is(string_agg(h, ' | ' ORDER BY i), '2024-01-03:1:1.00 | 2024-01-02:1:2.00,2024-01-03:1:1.00 | 2024-01-01:1:3.00,2024-01-02:1:2.00,2024-01-03:1:1.00', 'as a window function')
FROM (SELECT i, (history_agg(DATE '2024-01-04' - i, i) OVER (ORDER BY i))::text AS h FROM generate_series(1, 3) i) q;
SELECT is((SELECT history_agg(DATE '2024-01-01' + i, i) OVER (ORDER BY i ROWS BETWEEN 300 PRECEDING AND CURRENT ROW)
	FROM generate_series(1, 1000) i ORDER BY i DESC LIMIT 1),
	(SELECT history_agg(DATE '2024-01-01' + i, i) FROM generate_series(700, 1000) i), 'as a moving window');

-- ---------------------------------------------------------------- accessors

CREATE TEMP TABLE h AS SELECT '2024-01-01:0:-5,2024-01-05:2:71.00,2024-02-11:0:-3.50,2024-02-20:1:10,2024-03-31:3:0'::history AS h;
SELECT is(orders(h), 6::bigint, 'orders') FROM h;
SELECT is(purchase_days(h), 3::bigint, 'purchase days: days with orders') FROM h;
SELECT is(revenue(h), 72.50, 'revenue: refunds included') FROM h;
SELECT is(revenue(h)::text, '72.50', 'revenue shows two decimals') FROM h;
SELECT is(first_order(h), '2024-01-05'::date, 'first order: the refund before is none') FROM h;
SELECT is(last_order(h), '2024-03-31'::date, 'last order') FROM h;
SELECT is(round(average_order_value(h), 6), 12.083333, 'average order value') FROM h;
SELECT is(days_between_orders(h), 43::float8, 'days between orders') FROM h;
SELECT ok(is_valid(h), 'valid') FROM h;
SELECT ok(NOT is_valid('2024-01-05:-1:0'), 'negative orders are not a real past');
SELECT is(recency_days(h, '2024-02-20'), 0, 'recency on the day') FROM h;
SELECT is(recency_days(h, '2024-03-01'), 10, 'recency ignores what came later') FROM h;
SELECT is(recency_days(h, '2024-01-04'), NULL, 'recency before the first purchase') FROM h;
SELECT is(age_days(h, '2024-01-06'), 1, 'age') FROM h;
SELECT is(age_days(h, '2024-01-04'), NULL, 'age before the first purchase') FROM h;
SELECT is(ARRAY[orders(h, d)::text, purchase_days(h, d)::text, revenue(h, d)::text, first_order(h, d)::text, last_order(h, d)::text],
	ARRAY[orders(as_of(h, d))::text, purchase_days(as_of(h, d))::text, revenue(as_of(h, d))::text, first_order(as_of(h, d))::text, last_order(as_of(h, d))::text],
	'with a date: as it stood then, ' || d) FROM h, unnest('{2023-12-31,2024-01-01,2024-01-05,2024-02-19,2024-02-20,2025-01-01}'::date[]) d;
SELECT is(as_of(h, '2024-02-11')::text, '2024-01-01:0:-5.00,2024-01-05:2:71.00,2024-02-11:0:-3.50', 'as_of: the end of that day') FROM h;
SELECT is(as_of(h, 'infinity'), h, 'as_of infinity: all of it') FROM h;
SELECT is(slice(h, '2024-01-05', '2024-02-11')::text, '2024-01-05:2:71.00,2024-02-11:0:-3.50', 'slice: both ends included') FROM h;
SELECT is(slice(h, '-infinity', 'infinity'), h, 'slice, open on both sides') FROM h;
SELECT is(slice(h, '2024-03-01', '2024-02-01')::text, '', 'slice, upside down') FROM h;
SELECT results_eq('SELECT * FROM h, activity(h.h) WHERE amount <> 0 AND orders > 0',
	$$SELECT h, '2024-01-05'::date, 2::bigint, 71.00 FROM h UNION ALL SELECT h, '2024-02-20', 1, 10.00 FROM h$$, 'activity: days as rows');
SELECT is((SELECT history_agg(day, amount, orders) FROM h, activity(h)), h, 'activity back to a history') FROM h;
SELECT is(ARRAY[orders('')::text, purchase_days('')::text, revenue('')::text], '{0,0,0.00}', 'the empty history counts zero');
SELECT is(ARRAY[first_order('')::text, last_order('')::text, average_order_value('')::text, days_between_orders('')::text, recency_days('', '2024-01-01')::text],
	ARRAY[NULL, NULL, NULL, NULL, NULL]::text[], 'the empty history has nothing to measure');

-- ---------------------------------------------------------------- btyd

SELECT results_eq($$SELECT * FROM btyd('2024-01-01:1:10,2024-01-15:1:20,2024-01-29:2:40', '2024-02-26')$$,
	$$VALUES (2::bigint, 4::float8, 8::float8, 30::float8)$$, 'btyd in weeks');
SELECT results_eq($$SELECT * FROM btyd('2024-01-01:1:10,2024-01-15:1:20,2024-01-29:2:40', '2024-02-26', 1)$$,
	$$VALUES (2::bigint, 28::float8, 56::float8, 30::float8)$$, 'btyd in days');
SELECT results_eq($$SELECT * FROM btyd('2024-01-01:1:10,2024-01-15:1:20,2024-01-29:2:40', '2024-01-20', 1)$$,
	$$VALUES (1::bigint, 14::float8, 19::float8, 20::float8)$$, 'btyd ignores what came later');
SELECT results_eq($$SELECT * FROM btyd('2023-12-01:0:-99,2024-01-01:1:10,2024-01-15:1:20,2024-01-20:0:-5', '2024-02-26', 1)$$,
	$$VALUES (1::bigint, 14::float8, 56::float8, 15::float8)$$, 'btyd: refunds after the first purchase lower m_x, those before do not');
SELECT results_eq($$SELECT * FROM btyd('2024-01-01:1:10', '2024-01-08')$$, $$VALUES (0::bigint, 0::float8, 1::float8, NULL::float8)$$, 'btyd of one purchase');
SELECT results_eq($$SELECT * FROM btyd('2024-01-01:1:10', '2023-12-31')$$, $$VALUES (NULL::bigint, NULL::float8, NULL::float8, NULL::float8)$$, 'btyd before the first purchase');

SELECT finish();
ROLLBACK;
