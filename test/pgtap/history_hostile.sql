-- What does not belong in a history is an error that says why, never a crash, never a guess.
BEGIN;
SET search_path = crm, public;
SELECT plan(84);

-- ---------------------------------------------------------------- text

SELECT throws_ok(format('SELECT %L::crm.history', t), '22P02', format('invalid input syntax for type crm.history: "%s"', left(t, 100)), 'malformed text: ' || t)
FROM unnest(ARRAY['x', ',', '2024-01-05', '2024-01-05:1', '2024-01-05:1:', '2024-01-05::1', '2024-01-05:1:1,', ',2024-01-05:1:1', '2024-01-05:1:1,,2024-01-06:1:1',
	'2024-01-05:1:1;2024-01-06:1:1', '2024-01-05:1:1 2024-01-06:1:1', '2024-1-5:1:1', '24-01-05:1:1', '0000-01-01:1:1', '2023-02-29:1:1', '1900-02-29:1:1', '2024-13-01:1:1',
	'2024-00-01:1:1', '2024-01-00:1:1', '2024-01-32:1:1', '5874898-01-01:1:1', '4714-11-23 BC:1:1', '99999999-01-01:1:1', 'infinity:1:1', '2024-01-05:1.5:1', '2024-01-05:+1:1',
	'2024-01-05:9223372036854775808:1', '2024-01-05:99999999999999999999:1', '2024-01-05:1:NaN', '2024-01-05:1:1e5', '2024-01-05:1:.5', '2024-01-05:1:5.', '2024-01-05:1:1.2.3', '2024-01-05:1:--1',
	'2024-01-05:1:0.123456789', '2024-01-05:1:99999999999999999999999999999999999999999', '2024-01-05:1:85070591730234615865843651857942052864', '金曜日:1:1']) t;
SELECT throws_ok($$SELECT '2024-01-05:1:85070591730234615865843651857942052863,2024-01-06:1:0.1'::history$$, '22003', NULL, 'a scale that no longer fits');

-- ---------------------------------------------------------------- values

SELECT throws_ok('SELECT history_agg(''infinity''::date, 1)', '22008', 'purchase day is infinite', 'infinite date');
SELECT throws_ok('SELECT history_agg(''-infinity''::timestamp, 1)', '22008', 'purchase day is infinite', 'infinite timestamp');
SELECT throws_ok('SELECT history_agg(''infinity''::timestamptz, 1, ''UTC'')', '22008', 'purchase day is infinite', 'infinite timestamptz');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, ''NaN'')', '22003', 'amount is NaN or infinite', 'NaN');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, ''Infinity'')', '22003', 'amount is NaN or infinite', 'infinite amount');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, 0.000000001)', '22003', 'amount has more than 8 decimals', 'nine decimals');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, 10::numeric ^ 38)', '22003', 'amount out of range', 'too much money');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, 10::numeric ^ 1000)', '22003', 'amount out of range', 'much too much money');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, 1e-200::numeric)', '22003', 'amount has more than 8 decimals', 'much too little money');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, 6e37::numeric) FROM generate_series(1, 2)', '22003', 'purchase history out of range', 'a day''s sum too large');
SELECT throws_ok('SELECT revenue(history_agg(''2024-01-01''::date + i, 6e37::numeric)) FROM generate_series(1, 2) i', '22003', 'purchase history out of range', 'revenue too large');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, 1, 9223372036854775807) FROM generate_series(1, 2)', '22003', 'purchase history out of range', 'too many orders');
SELECT throws_ok('SELECT history_agg(''2024-01-01''::date, 1, (-9223372036854775808)::bigint)', '22003', 'purchase history out of range', 'the one bigint without an opposite');
SELECT throws_ok('SELECT history_agg(now(), 1, NULL::text)', '22004', 'time zone is NULL', 'NULL zone');
SELECT throws_ok('SELECT history_agg(now(), 1, ''Nowhere'')', '22P02', 'invalid input syntax for type crm.zone: "Nowhere"', 'unknown zone');
SELECT throws_ok('SELECT history_agg(now(), 1, repeat(''x'', 10000))', '22P02', 'invalid input syntax for type crm.zone: "' || repeat('x', 100) || '"', 'a zone of 10,000 characters');
SELECT throws_ok('SELECT recency_days('''', ''infinity'')', '22008', 'as_of must be a finite date', 'infinite as_of');
SELECT throws_ok(format('SELECT btyd('''', ''2024-01-01'', %L)', u), '22023', 'unit_days must be positive', 'unit_days ' || u) FROM unnest('{0,-1,NaN}'::text[]) u;

-- ---------------------------------------------------------------- binary

\ir receive.psql
CREATE TEMP TABLE good AS SELECT '2024-01-05:2:71.00,2024-02-11:0:-3.50,2024-02-12:1:123456789012345678901.5'::history AS h;
SELECT is(pg_temp.receive('history', _history_send(h))::history, h, 'binary round trip') FROM good;
SELECT is(_history_send(''), '\x20'::bytea, 'the empty history is one byte');
SELECT is_empty($$SELECT i FROM good, generate_series(0, length(_history_send(h)) - 1) i
	WHERE pg_temp.receive('history', substr(_history_send(h), 1, i)) NOT IN ('22P03') AND pg_temp.receive('history', substr(_history_send(h), 1, i))::history = h$$,
	'a truncated value is never the value');
-- a flipped bit is an error, or the canonical form of another value: it must survive a round trip
SELECT is_empty($$SELECT i FROM good, generate_series(0, length(_history_send(h)) * 8 - 1) i, LATERAL pg_temp.receive('history', set_bit(_history_send(h), i, 1 - get_bit(_history_send(h), i))) r
	WHERE CASE WHEN r LIKE '22P0_' OR r LIKE '22003' THEN false ELSE _history_send(r::history) <> set_bit(_history_send(h), i, 1 - get_bit(_history_send(h), i)) END$$,
	'bit flips: an error or an equal round trip');
SELECT is(pg_temp.receive('history', b), '22P03', 'not canonical: ' || why)
FROM (VALUES ('\x'::bytea, 'no head'), ('\x00', 'version 0'), ('\x40', 'version 2'), ('\x29', 'scale 9'), ('\x21', 'a scale the empty history does not need'),
	('\x30000000000c00000000000000', 'the open form'), ('\x200080', 'cut in a number'), ('\x20008000', 'an overlong number'), ('\x21000a', 'a scale not needed'),
	('\x2001020a', 'irregular where regular serves'), ('\x20ffffffffffffffffff01', 'a day far out')) v(b, why);

-- ---------------------------------------------------------------- states

SELECT throws_ok(c, '0A000', 'this function works only inside an aggregate', c) FROM unnest(ARRAY[
	'SELECT _history_agg_date(NULL, ''2024-01-01''::date, 5)', 'SELECT _history_agg_history(''2024-01-05:1:1'', ''2024-01-05:1:1'')',
	'SELECT _history_agg_final(''2024-01-05:1:1'')']) c;

-- the open form leaks through an aggregate without a final function: every function must take it
CREATE AGGREGATE pg_temp.open_agg(date, numeric) (SFUNC = crm._history_agg_date, STYPE = crm.history);
CREATE AGGREGATE pg_temp.started_agg(date, numeric) (SFUNC = crm._history_agg_date, STYPE = crm.history, INITCOND = '2024-01-01:1:100.001', FINALFUNC = crm._history_agg_final);
CREATE TEMP TABLE leak AS SELECT c, pg_temp.open_agg(d, a) AS o, history_agg(d, a) AS p
FROM (SELECT i % 7 AS c, DATE '2024-01-01' + (i * 37) % 50 AS d, (i % 11) * 1.25 - 2 AS a FROM generate_series(1, 300) i) q GROUP BY c;
SELECT is_empty('SELECT c FROM leak WHERE get_byte(_history_send(o), 0) & 16 <> 0', 'send packs an open value');
SELECT is_empty($$SELECT c FROM leak WHERE o <> p OR NOT o = p OR _history_cmp(o, p) <> 0 OR _history_hash(o) <> _history_hash(p) OR _history_hash_extended(o, 7) <> _history_hash_extended(p, 7)
	OR o::text <> p::text OR _history_send(o) <> _history_send(p) OR o + p <> p + p OR o - p <> '' OR -o <> -p OR as_of(o, '2024-01-20') <> as_of(p, '2024-01-20')
	OR revenue(o) <> revenue(p) OR orders(o) <> orders(p) OR recency_days(o, '2025-01-01') <> recency_days(p, '2025-01-01') OR is_valid(o) <> is_valid(p)
	OR btyd(o, '2025-01-01') <> btyd(p, '2025-01-01') OR (SELECT history_agg(day, amount, orders) FROM activity(o)) <> p$$, 'an open value is equal to the packed one, everywhere');
SELECT is((SELECT history_agg(o) FROM leak), (SELECT history_agg(p) FROM leak), 'and aggregates like it');
SELECT is(pg_temp.started_agg('2024-02-01', 5)::text, '2024-01-01:1:100.001,2024-02-01:1:5.000', 'an aggregate that starts from a value');

-- the first day there is, seen from a zone where it is still the day before
SELECT throws_ok($$SELECT history_agg('4714-11-24 00:00+00 BC'::timestamptz, 1, 'America/New_York')$$, '22008', 'purchase day out of range');
SELECT is(history_agg('4714-11-24 00:00+00 BC'::timestamptz, 1, 'Asia/Tokyo')::text, '4714-11-24 BC:1:1.00', 'and from one where it is day');

-- a message shows the beginning of a text, cut between characters
SELECT throws_ok($$SELECT ('aa' || repeat('小', 99))::history$$, '22P02', 'invalid input syntax for type crm.history: "aa' || repeat('小', 32) || '"', 'a long text is clipped');
SELECT * FROM finish();
ROLLBACK;
