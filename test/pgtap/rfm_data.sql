-- Real data: Online Retail, the numbers of ../shared/facts.md.
\set ON_ERROR_STOP 1
SELECT pg_stat_file(:'crm_data' || '/online_retail/online_retail.csv.gz', true) IS NULL AS absent \gset
\if :absent
	SELECT '1..0 # SKIP no data at ' || :'crm_data';
	\quit
\endif
BEGIN;
SET search_path = crm, public;
SELECT plan(6);

\ir retail.psql
-- An order is an invoice with a customer, a positive total, and not cancelled.
CREATE TEMP TABLE h AS SELECT customer, history_agg(at, total) AS h FROM
	(SELECT customer, min(at) AS at, sum(quantity * price) AS total FROM retail WHERE customer IS NOT NULL AND invoice NOT LIKE 'C%' GROUP BY customer, invoice) o WHERE total > 0 GROUP BY customer;
SELECT is(count(*), 4338::bigint, 'customers') FROM h;
CREATE TEMP TABLE k AS SELECT rfm_cuts_agg(h, '2011-12-10', 5, 'orders', 'revenue') AS k FROM h;
SELECT is(k::text, 'recency <= 179 72 33 13, orders >= 2 2 4 6, revenue >= 250.26 490.22 942.34 2059.45, fresh_days 28', 'cuts') FROM k;
CREATE TEMP TABLE s AS SELECT customer, h, rfm_score(k, h, '2011-12-10') AS rfm FROM h, k;
SELECT results_eq('SELECT frequency_score(rfm), count(*) FROM s GROUP BY 1 ORDER BY 1', 'VALUES (1, 1493::bigint), (3, 1343), (4, 630), (5, 872)', 'frequency scores: tie-safe bucket sizes');
SELECT is_empty($$WITH fresh AS (SELECT ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)) AS days
		FROM (SELECT a.day - lag(a.day) OVER (PARTITION BY customer ORDER BY a.day) AS gap FROM h, activity(h) a WHERE a.orders > 0) q),
	score AS (SELECT customer, rfm::int, r, f, 1 + floor(5 * (rank() OVER (ORDER BY r DESC) - 1 + count(*) OVER (PARTITION BY r) / 2.0) / count(*) OVER ()) AS r_score,
			1 + floor(5 * (rank() OVER (ORDER BY f) - 1 + count(*) OVER (PARTITION BY f) / 2.0) / count(*) OVER ()) AS f_score,
			1 + floor(5 * (rank() OVER (ORDER BY m) - 1 + count(*) OVER (PARTITION BY m) / 2.0) / count(*) OVER ()) AS m_score
		FROM s, LATERAL (SELECT recency_days(h, '2011-12-10') AS r, orders(h) AS f, revenue(h) AS m) q)
	SELECT customer FROM score, fresh WHERE rfm <> 100 * greatest(r_score, CASE WHEN r = 1 THEN 5 WHEN r <= days THEN 4 WHEN r <= 2 * days THEN 3 END) + 10 * CASE WHEN f = 1 THEN 1 ELSE f_score END + m_score$$,
	'every score is the mid-rank, but for the two ends and the fresh days');
SELECT is(count(*), 4338::bigint, 'every customer has a name') FROM s WHERE segment_name('cells11', rfm) IS NOT NULL;
-- All rows, refunds and cancellations too: customers who only returned something never bought.
SELECT results_eq($$SELECT count(*) FILTER (WHERE rfm_score(k, h, '2011-12-10') = '000'), count(*) FROM k,
	(SELECT customer, history_agg(at, total) AS h FROM (SELECT customer, min(at) AS at, sum(quantity * price) AS total FROM retail WHERE customer IS NOT NULL GROUP BY customer, invoice) o GROUP BY customer) q$$,
	'VALUES (33::bigint, 4372::bigint)', '33 of 4,372 customers have only returns: 000');

SELECT * FROM finish();
ROLLBACK;
