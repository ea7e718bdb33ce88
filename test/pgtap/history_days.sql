-- Which day a row falls on, and which rows have none.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(25);

-- A row without a day or an amount counts in no form of the aggregate.
SELECT is(history_agg(at, amount)::text, '2024-01-05:1:10.00', 'timestamp: rows with a NULL are left out')
FROM (VALUES (NULL, 1), (TIMESTAMP '2024-01-05 12:00', 10.00), ('2024-01-06 12:00', NULL)) AS v (at, amount);
SELECT is(history_agg(at, amount, orders)::text, '2024-01-05:3:10.00', 'timestamp with orders: likewise')
FROM (VALUES (NULL, 1, 2), (TIMESTAMP '2024-01-05 12:00', 10.00, 3), ('2024-01-06 12:00', NULL, 4)) AS v (at, amount, orders);
SELECT is(history_agg(at, amount, 'UTC')::text, '2024-01-05:1:10.00', 'timestamptz: likewise')
FROM (VALUES (NULL, 1), (TIMESTAMPTZ '2024-01-05 12:00+00', 10.00), ('2024-01-06 12:00+00', NULL)) AS v (at, amount);
SELECT is(history_agg(at, amount, 'UTC', orders)::text, '2024-01-05:3:10.00', 'timestamptz with orders: likewise')
FROM (VALUES (NULL, 1, 2), (TIMESTAMPTZ '2024-01-05 12:00+00', 10.00, 3), ('2024-01-06 12:00+00', NULL, 4)) AS v (at, amount, orders);
SELECT is(history_agg(NULL::timestamp, NULL)::text, '', 'timestamp: nothing but NULLs is the empty history');
SELECT throws_ok($$ SELECT history_agg(now(), 1, NULL) $$, '22004', 'time zone is NULL', 'no zone, no day');

-- Santiago puts its clocks back at midnight: the moment itself is 23:00 of the day before. A zone is read in spans of
-- one offset; a span ends before that moment, whichever side of it was asked for first.
CREATE FUNCTION pg_temp.days(VARIADIC at timestamptz[]) RETURNS text LANGUAGE sql AS
	$$ SELECT history_agg(a, 1, 'America/Santiago')::text FROM unnest(at) WITH ORDINALITY AS u (a, i) $$;
SELECT is(pg_temp.days('2024-04-07 02:59:59+00', '2024-04-07 03:00:00+00'), '2024-04-06:2:2.00', 'the end of a span is not in it');
SELECT is(pg_temp.days('2024-04-07 03:00:00+00', '2024-04-07 02:59:59+00'), '2024-04-06:2:2.00', 'nor when it comes first');
SELECT is(pg_temp.days('2024-04-07 03:30:00+00', '2024-04-07 03:00:00+00', '2024-04-07 04:00:00+00'), '2024-04-06:2:2.00,2024-04-07:1:1.00',
	'a span seen from within serves from its beginning');
-- In September they go forward: 24:00 is 01:00 of the next day.
SELECT is(pg_temp.days('2024-09-08 03:59:59+00', '2024-09-08 04:00:00+00'), '2024-09-07:1:1.00,2024-09-08:1:1.00', 'the other way round');

-- More spans than a call site remembers, in an order that drops and finds again.
SELECT is(history_agg(at, 1, 'Europe/London'), history_agg((at AT TIME ZONE 'Europe/London')::date, 1), 'two centuries of offsets, forwards')
FROM generate_series(timestamptz '1850-01-01 00:30+00', '2050-01-01', '13 hours') AS at;
SELECT is(history_agg(at, 1, 'America/Santiago'), history_agg((at AT TIME ZONE 'America/Santiago')::date, 1), 'and in no order')
FROM (SELECT at FROM generate_series(timestamptz '1890-01-01 03:00+00', '2050-01-01', '12 hours') AS at ORDER BY hashtext(at::text)) AS q;

-- A zone is a name of the time zone database. What POSIX calls UTC+2 lies west of Greenwich: nobody means that.
SELECT throws_ok(format('SELECT %L::zone', name), '22P02', format('invalid input syntax for type crm.zone: "%s"', name), 'no name of a zone: ' || name)
FROM unnest('{UTC+2,+02:00,-5,Nonsense3,"<+03>-3",EST5EDT4,BST}'::text[]) AS name;
SELECT is(history_agg(TIMESTAMPTZ '2024-01-05 23:00+00', 1, name::zone)::text, day || ':1:1.00', 'a name with digits: ' || name)
FROM (VALUES ('Etc/GMT-2', '2024-01-06'), ('etc/gmt+5', '2024-01-05'), ('Etc/GMT-14', '2024-01-06')) AS v (name, day)
GROUP BY name, day;

SELECT is('europe/london'::zone, 'Europe/London'::zone, 'whoever writes it: one zone, one spelling');

-- A numeric with very many decimals is stored in another form, whatever they are.
SELECT is(history('2024-01-05', (amount || repeat('0', 70))::numeric)::text, '2024-01-05:' || orders || ':' || amount, 'seventy zeros behind ' || amount)
FROM (VALUES ('-1.50', 0), ('1.50', 1)) AS v (amount, orders);

SELECT finish();
ROLLBACK;
