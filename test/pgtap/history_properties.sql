-- crm.history is a group, and an aggregate is a sum in it: whatever the order, the split or the detour,
-- equal purchases give equal values with equal bytes. Random data, seeded.
BEGIN;
SET search_path = crm, public;
SELECT plan(18);

SELECT setseed(0.42);
CREATE TEMP TABLE p AS
SELECT i, (random() * 300)::int AS c,
	CASE WHEN random() < 0.01 THEN DATE '4714-11-24 BC' + (random() * 1e6)::int
		WHEN random() < 0.01 THEN DATE '5874897-12-31' - (random() * 1e9)::int
		ELSE DATE '2019-12-01' + (random() * 900)::int END AS d,
	round(((random() - 0.2) * 10 ^ (random() * 15))::numeric, (random() * 8)::int) AS a,
	CASE WHEN random() < 0.2 THEN (random() * 10 - 5)::bigint END AS n
FROM generate_series(1, 20000) i;
CREATE TEMP TABLE h AS SELECT c, history_agg(d, a, n) AS h FROM p GROUP BY c;

SELECT is_empty($$SELECT c FROM p JOIN h USING (c) GROUP BY c, h
	HAVING revenue(h) <> sum(a) OR orders(h) <> sum(coalesce(n, (a >= 0)::int))$$, 'sums are exact');
SELECT is_empty($$SELECT c FROM h JOIN (SELECT c, d, sum(coalesce(n, (a >= 0)::int)) AS n FROM p GROUP BY c, d) q USING (c) GROUP BY c, h
	HAVING purchase_days(h) <> count(*) FILTER (WHERE n > 0)
		OR first_order(h) IS DISTINCT FROM min(d) FILTER (WHERE n > 0) OR last_order(h) IS DISTINCT FROM max(d) FILTER (WHERE n > 0)
		OR is_valid(h) <> (count(*) FILTER (WHERE n < 0) = 0)$$, 'purchase days, first, last and validity as plain SQL finds them');
SELECT is_empty($$SELECT c FROM p JOIN h USING (c) GROUP BY c, h
	HAVING _history_send(history_agg(d, a, n ORDER BY i)) <> _history_send(h) OR _history_send(history_agg(d, a, n ORDER BY md5(i::text))) <> _history_send(h)
		OR _history_send(history_agg(d, a, n ORDER BY d DESC)) <> _history_send(h)$$, 'any order of rows: equal bytes');
SELECT is_empty($$SELECT c FROM (SELECT c, i % k AS part, k, history_agg(d, a, n) AS part_h FROM p, generate_series(1, 5) k GROUP BY c, i % k, k) q JOIN h USING (c)
	GROUP BY c, k, h HAVING _history_send(history_agg(part_h ORDER BY part DESC)) <> _history_send(h)$$, 'any split into parts: equal bytes');
SELECT is_empty($$WITH noise AS (SELECT c, k, history_agg(d + k, round(a * 1.001, 8), n) AS x FROM p, generate_series(0, 3) k GROUP BY c, k)
	SELECT c FROM h JOIN noise USING (c)
	WHERE _history_send((h + x) - x) <> _history_send(h) OR _history_send(-x + h + x) <> _history_send(h)
		OR _history_send((h - x) + x) <> _history_send(h) OR (h + x) - h <> x OR h - h <> '' OR x + h <> h + x$$, 'add then remove, remove then add: equal bytes');
SELECT is_empty($$SELECT c FROM (
		SELECT c, d, a, coalesce(n, (a >= 0)::int) AS n, md5(i || 'x') AS k FROM p
		UNION ALL SELECT c, d + 3, a * 7, 5, md5(i || 'a') FROM p
		UNION ALL SELECT c, d + 3, -a * 7, -5, md5(i || 'b') FROM p) q JOIN h USING (c)
	GROUP BY c, h HAVING _history_send(history_agg(d, a, n ORDER BY k)) <> _history_send(h)$$, 'rows and their opposites, shuffled in: equal bytes');
SELECT is_empty($$SELECT c, day FROM h, unnest('{2019-12-01,2020-02-29,2021-01-01,2022-12-31,4714-11-24 BC,5874897-12-31}'::date[]) day
	LEFT JOIN LATERAL (SELECT history_agg(d, a, n) AS filtered FROM p WHERE p.c = h.c AND d <= day) f ON true
	WHERE as_of(h, day) <> filtered$$, 'as_of equals aggregating the filtered rows');
SELECT is_empty($$SELECT c, day FROM h, unnest('{2019-12-01,2020-02-29,2021-01-01}'::date[]) day
	LEFT JOIN LATERAL (SELECT history_agg(d, a, n) AS filtered FROM p WHERE p.c = h.c AND d BETWEEN day AND day + 100) f ON true
	WHERE slice(h, day, day + 100) <> filtered$$, 'slice equals aggregating the filtered rows');
SELECT is_empty($$SELECT c FROM h WHERE h::text::history <> h OR _history_send(h::text::history) <> _history_send(h)$$, 'text round trip');
SELECT is_empty($$SELECT c FROM h WHERE h <> (SELECT history_agg(day, amount, orders) FROM activity(h))$$, 'unnest and aggregate again');
SELECT is((SELECT count(DISTINCT h) FROM (SELECT h FROM h UNION ALL SELECT h::text::history FROM h) q), (SELECT count(DISTINCT _history_send(h)) FROM h), 'grouping by value');
SELECT is_empty($$SELECT 1 FROM h x, h y WHERE (x.h < y.h) <> (y.h > x.h) OR (x.h <= y.h) <> NOT (x.h > y.h) OR (x.h = y.h) <> (_history_cmp(x.h, y.h) = 0)$$, 'the order is total');

SELECT is_empty($$SELECT c FROM h, LATERAL (SELECT history_agg(y) AS sum, count(*) AS n, count(DISTINCT regexp_replace(first_activity(y)::text, '-\d\d-\d\d', '')) AS years FROM by_year(h) y) q
	WHERE sum <> h OR n <> years OR n <> (SELECT count(DISTINCT regexp_replace(day::text, '-\d\d-\d\d', '')) FROM activity(h))$$, 'years: one history each, and their sum is all');
SELECT is_empty($$SELECT c FROM h WHERE first_activity(h) IS DISTINCT FROM (SELECT min(day) FROM activity(h))$$, 'the first day with anything on it');

-- a million line items on a hundred days stay small on the way
SELECT results_eq($$SELECT purchase_days(h), orders(h), revenue(h), pg_column_size(h) < 1000
	FROM (SELECT history_agg(DATE '2024-01-01' + i % 100, 0.01) AS h FROM generate_series(1, 1000000) i) q$$,
	$$VALUES (100::bigint, 1000000::bigint, 10000.00, true)$$, 'a million rows on a hundred days');
SELECT results_eq($$SELECT purchase_days(h), revenue(h), first_order(h), last_order(h)
	FROM (SELECT history_agg(DATE '1000-01-01' + (i::bigint * 7919 % 1000000)::int, 0.01) AS h FROM generate_series(0, 999999) i) q$$,
	$$VALUES (1000000::bigint, 10000.00, DATE '1000-01-01', DATE '1000-01-01' + 999999)$$, 'a million purchase days, out of order');

-- the digits of a numeric are read where they lie: every length, every place of the point, both signs
SELECT is_empty($$SELECT v FROM (SELECT DISTINCT sign * (lead * 10::numeric ^ e + tail) / 10::numeric ^ d AS v
		FROM unnest('{1,-1}'::int[]) sign, unnest('{0,1,9,10,9999,10000,99990001,123456789}'::numeric[]) lead, generate_series(0, 20) e, unnest('{0,1,5000,9999}'::int[]) tail, generate_series(0, 8) d) q
	GROUP BY v HAVING revenue(history_agg(DATE '2024-01-01', round(v, 8))) <> round(v, 8)$$, 'every numeric arrives as it is');

-- the zone's own rules against AT TIME ZONE, under another session zone
SET LOCAL timezone = 'Asia/Tokyo';
SELECT is_empty($$SELECT at, zone FROM (SELECT TIMESTAMPTZ '1850-01-01 00:00+00' + (hashint4(i) & 2147483647) * INTERVAL '3.7 seconds' AS at, zone
		FROM generate_series(1, 5000) i, unnest('{Europe/London,America/New_York,Asia/Kolkata,Australia/Lord_Howe,UTC,Africa/Casablanca,America/Sao_Paulo,Pacific/Apia}'::text[]) zone) q
	GROUP BY at, zone HAVING first_order(history_agg(at, 1, zone)) <> (at AT TIME ZONE zone)::date$$, 'the day in a zone is that of AT TIME ZONE');
SELECT * FROM finish();
ROLLBACK;
