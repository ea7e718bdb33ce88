-- Scores are least(levels, 1 + floor(levels * percent_rank())), whatever the data, the levels and the measures.
BEGIN;
SET search_path = crm, public;
SELECT plan(21);

-- Shops of different shapes: sizes from 1 to 700 customers, with many equal ones or few, refunds, customers
-- who only returned something, amounts with 0 to 8 decimals.
CREATE TEMP TABLE shop (shop, customers, days, prices, decimals) AS VALUES
	(1, 1, 100, 10, 2), (2, 2, 100, 10, 2), (3, 3, 2, 3, 0), (4, 6, 4, 3, 0), (5, 11, 5, 4, 2), (6, 26, 1, 1, 0), (7, 31, 40, 20, 2), (8, 100, 10, 5, 1), (9, 101, 365, 10000, 2),
	(10, 501, 3, 4, 2), (11, 700, 1000, 1000000, 8);
CREATE TEMP TABLE c AS
	SELECT shop, id, history_agg(DATE '2024-01-01' + (hashint8(shop * 7919 + id * 104729::bigint + i * 31) & 2147483647)::int % days,
		round(((hashint8(shop + id * 15485863::bigint + i * 17) & 2147483647) % prices - CASE WHEN id % 9 = 8 OR i = 3 THEN prices ELSE 0 END)::numeric / (10 ^ decimals)::numeric, decimals)) AS h
	FROM shop, generate_series(1, customers) id, generate_series(1, 1 + (hashint8(id * 3 + shop) & 2147483647)::int % 6) i GROUP BY shop, id;
INSERT INTO c SELECT shop, 0, '' FROM shop;
INSERT INTO c SELECT shop, -1, NULL FROM shop;

-- What plain SQL says, by the issue's formula.
CREATE FUNCTION pg_temp.plain(day date, levels int, frequency text, monetary text) RETURNS TABLE (shop int, id int, score int) LANGUAGE sql AS $$
	SELECT shop, id, (least(levels, 1 + floor(levels * percent_rank() OVER (PARTITION BY shop ORDER BY r DESC))) * 100
		+ least(levels, 1 + floor(levels * percent_rank() OVER (PARTITION BY shop ORDER BY f))) * 10
		+ least(levels, 1 + floor(levels * percent_rank() OVER (PARTITION BY shop ORDER BY m))))::int
	FROM (SELECT shop, id, crm.recency_days(h, day) AS r, CASE frequency WHEN 'orders' THEN crm.orders(h) ELSE crm.purchase_days(h) END AS f,
			CASE monetary WHEN 'revenue' THEN crm.revenue(h) ELSE round(crm.revenue(h) * 1.0000000000000000 / crm.orders(h), 8) END AS m
		FROM (SELECT shop, id, crm.as_of(h, day) AS h FROM c) q WHERE crm.purchase_days(h) > 0) q
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

SELECT * FROM finish();
ROLLBACK;
