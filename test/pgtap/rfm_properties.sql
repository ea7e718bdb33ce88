-- Scores are the mid-ranks of doc/segment.md, with its two ends and fresh days, whatever the data, the levels and the measures.
BEGIN;
SET search_path = crm, public;
SELECT plan(24);

-- Shops of different shapes: sizes from 1 to 700 customers, with many equal ones or few, refunds, customers
-- who only returned something, amounts with 0 to 8 decimals.
CREATE TEMP TABLE shop (shop, customers, days, prices, decimals) AS VALUES
	(1, 1, 100, 10, 2), (2, 2, 100, 10, 2), (3, 3, 2, 3, 0), (4, 6, 4, 3, 0), (5, 11, 5, 4, 2), (6, 26, 1, 1, 0), (7, 31, 40, 20, 2), (8, 100, 10, 5, 1), (9, 101, 365, 10000, 2),
	(10, 501, 3, 4, 2), (11, 700, 1000, 1000000, 8);
CREATE TEMP TABLE c AS
	SELECT shop, id, history_agg(DATE '2024-01-01' + (hashint8(shop * 7919 + id * 104729::bigint + i * 31) & 2147483647)::int % days,
		round(((hashint8(shop + id * 15485863::bigint + i * 17) & 2147483647) % prices - CASE WHEN id % 9 = 8 OR i = 3 THEN prices ELSE 0 END)::numeric / (10 ^ decimals)::numeric, decimals)) AS h
	FROM shop, generate_series(1, customers) id, generate_series(1, 1 + (hashint8(id * 3 + shop) & 2147483647)::int % 6) i GROUP BY shop, id;
-- A subscription whose customers all pay on the 1st, for 1 to 12 months, some of them no longer; a grocer whose customers
-- come every day or two; customers of one purchase on one of two days; customers who are all alike, and came twice.
INSERT INTO shop SELECT s, 0, 0, 0, 0 FROM generate_series(12, 15) s;
INSERT INTO c SELECT 12, id, history_agg((DATE '2024-01-01' + m * interval '1 month')::date, 9.90) FROM generate_series(1, 200) id, generate_series(0, 11) m
	WHERE m BETWEEN id % 7 AND CASE WHEN id % 11 = 0 THEN 5 ELSE 11 END GROUP BY id;
INSERT INTO c SELECT 13, id, history_agg(DATE '2024-01-01' + d, 5 + id % 4) FROM generate_series(1, 300) id, generate_series(0, 150) d
	WHERE (d + id) % (1 + id % 3) = 0 AND d <= 150 - id % 5 GROUP BY id;
INSERT INTO c SELECT 14, id, history(DATE '2024-01-10' + id % 2, 7) FROM generate_series(1, 40) id;
INSERT INTO c SELECT 15, id, '2024-01-10:1:7,2024-01-16:2:7' FROM generate_series(1, 40) id;
INSERT INTO c SELECT shop, 0, '' FROM shop;
INSERT INTO c SELECT shop, -1, NULL FROM shop;

-- What plain SQL says, by the rule of doc/segment.md.
CREATE FUNCTION pg_temp.plain(day date, levels int, frequency text, monetary text) RETURNS TABLE (shop int, id int, score int) LANGUAGE sql AS $$
	WITH bought AS (SELECT shop, id, crm.as_of(h, day) AS h FROM c WHERE crm.purchase_days(h, day) > 0),
	measured AS (
		SELECT shop, id, crm.recency_days(h, day) AS r, CASE frequency WHEN 'orders' THEN crm.orders(h) ELSE crm.purchase_days(h) END AS f,
			CASE monetary WHEN 'revenue' THEN crm.revenue(h) ELSE round(crm.revenue(h) * 1.0000000000000000 / crm.orders(h), 8) END AS m
		FROM bought),
	gap AS (SELECT shop, a.day - lag(a.day) OVER (PARTITION BY shop, id ORDER BY a.day) AS days FROM bought, crm.activity(h) a WHERE a.orders > 0),
	fresh AS (SELECT shop, ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)) AS days FROM gap GROUP BY shop),
	midrank AS (
		SELECT shop, id, r, f, m, r = min(r) OVER shop AS newest,
			1 + floor(levels * (rank() OVER (shop ORDER BY r DESC) - 1 + count(*) OVER (PARTITION BY shop, r) / 2.0) / count(*) OVER shop) AS r_score,
			1 + floor(levels * (rank() OVER (shop ORDER BY f) - 1 + count(*) OVER (PARTITION BY shop, f) / 2.0) / count(*) OVER shop) AS f_score,
			1 + floor(levels * (rank() OVER (shop ORDER BY m) - 1 + count(*) OVER (PARTITION BY shop, m) / 2.0) / count(*) OVER shop) AS m_score
		FROM measured WINDOW shop AS (PARTITION BY shop))
	SELECT shop, id, (100 * greatest(r_score, CASE WHEN newest THEN levels WHEN r <= days THEN greatest(levels - 1, 1 + levels / 2) WHEN r <= 2 * days THEN 1 + levels / 2 END)
		+ 10 * CASE WHEN f <= 1 THEN 1 ELSE f_score END + m_score)::int
	FROM midrank LEFT JOIN fresh USING (shop)
$$;
SELECT is_empty(format($$SELECT p.*, rfm_score(k, h, %1$L) FROM pg_temp.plain(%1$L, %2$s, %3$L, %4$L) p JOIN c USING (shop, id) JOIN
	(SELECT shop, rfm_cuts_agg(h, %1$L, %2$s, %3$L, %4$L) AS k FROM c GROUP BY shop) k USING (shop) WHERE score <> rfm_score(k, h, %1$L)::int OR rfm_score(k, h, %1$L) IS NULL$$,
	day, levels, frequency, monetary), format('%s levels, %s, %s, at %s', levels, frequency, monetary, day))
FROM generate_series(2, 5) levels, unnest(ARRAY['purchase_days', 'orders']) WITH ORDINALITY f(frequency, i), unnest(ARRAY['revenue', 'average_order_value']) WITH ORDINALITY m(monetary, j),
	LATERAL (SELECT DATE '2024-01-03' + (levels * 4 + i + j)::int * 17 * ((i + j) % 2)::int) d(day);

SELECT is_empty($$SELECT shop, id FROM c JOIN (SELECT shop, rfm_cuts_agg(h, '2024-02-01', 5) AS k FROM c GROUP BY shop) k USING (shop) LEFT JOIN pg_temp.plain('2024-02-01', 5, 'orders', 'revenue') p USING (shop, id)
	WHERE p.id IS NULL AND h IS NOT NULL AND rfm_score(k, h, '2024-02-01')::text <> '000'$$, 'who had not bought has 000');
SELECT is_empty($$SELECT shop FROM c GROUP BY shop HAVING rfm_cuts_agg(h, '2024-02-01', 5) <> rfm_cuts_agg(h, '2024-02-01', 5, 'purchase_days', 'revenue')$$, 'the measures by default');
SELECT is_empty($$SELECT id FROM c JOIN (SELECT shop, rfm_cuts_agg(h, '2024-06-01', 5) AS k FROM c GROUP BY shop) k USING (shop), as_of(h, '2024-06-01') a
	WHERE purchase_days(a) > 0 AND rfm_score(k, h, '2024-06-01') <> rfm_score(k, recency_days(a, '2024-06-01'), purchase_days(a), revenue(a))$$, 'plain numbers score like histories');
SELECT is_empty($$SELECT shop FROM c GROUP BY shop HAVING rfm_cuts_agg(h, '2024-06-01', 5) <> rfm_cuts_agg(as_of(h, '2024-06-01'), '2024-06-01', 5)$$, 'what came later does not matter');
SELECT is((SELECT k::text::rfm_cuts FROM (SELECT rfm_cuts_agg(h, '2024-06-01', 5) FROM c WHERE shop = 11) q(k)), (SELECT rfm_cuts_agg(h, '2024-06-01', 5) FROM c WHERE shop = 11), 'cuts survive their text');

SELECT is_empty($$SELECT shop FROM (SELECT shop, rfm_cuts_agg(h, day, 5) AS k FROM c, (VALUES (DATE '2024-01-20'), ('2024-06-01')) v(day) GROUP BY shop, day) q
	WHERE k <> rfm_cuts(rfm_cuts(k, 3), fresh_days(k)) OR k::text LIKE '%fresh_days%' <> (fresh_days(k) > 0)$$, 'fresh days are set and shown');
SELECT results_eq($$SELECT shop, fresh_days(rfm_cuts_agg(h, '2024-06-01', 5)) FROM c WHERE shop > 11 GROUP BY shop ORDER BY shop$$, 'VALUES (12, 31), (13, 1), (14, 0), (15, 6)', 'median gaps');
SELECT results_eq($$SELECT shop, array_agg(DISTINCT rfm_score(k, h, '2024-01-20')::text) FROM c JOIN (SELECT shop, rfm_cuts_agg(h, '2024-01-20', 5) AS k FROM c GROUP BY shop) k USING (shop)
	WHERE shop IN (14, 15) AND id > 0 GROUP BY shop ORDER BY shop$$, $$VALUES (14, '{213,513}'::text[]), (15, '{533}')$$, 'who are all alike have the middle score, but for the two ends');

SELECT * FROM finish();
ROLLBACK;
