-- Online Retail, replayed day by day as it happened, refunds and guests included: tiers against a computation
-- in plain SQL, histories against a rebuild, concentration against published facts.
\set ON_ERROR_STOP 1
SELECT :'crm_data' AS crm_data \gset
SELECT pg_stat_file(:'crm_data' || '/online_retail/online_retail.csv.gz', true) IS NULL AS absent \gset
\if :absent
	SELECT '1..0 # SKIP no data at ' || :'crm_data';
	\quit
\endif
SET client_min_messages = warning;
SET search_path = public, pg_catalog;
SELECT plan(17);

\ir retail.psql

-- The first day of the data is today: what the mart does in the transaction of an order, it does on the day
-- of the order.
CREATE TABLE coming AS
	SELECT invoice, max(customer) AS customer, min(at) + ((now() AT TIME ZONE 'UTC')::date - date '2010-12-01') * interval '1 day' AS at, sum(quantity * price) AS total
	FROM retail GROUP BY invoice;
CREATE INDEX ON coming ((at::date));
CREATE TABLE orders (LIKE coming, PRIMARY KEY (invoice));
SELECT crm.create_mart('shop', 'UTC', 'GBP');
SELECT crm.add_source('shop', 'orders', order_id => 'invoice', customer_id => 'customer', at => 'at', amount => 'total');
SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:200, 2-silver:1000, 3-gold:5000', window_days => 90, grace_days => 10, step => 'one');
DO $$ BEGIN PERFORM crm.set_model('shop', process => NULL); END $$;

-- The same rules in plain SQL.
CREATE TABLE held (customer text PRIMARY KEY, rank int NOT NULL, below_since date);
CREATE FUNCTION deserved(figure numeric) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN figure >= 5000 THEN 3 WHEN figure >= 1000 THEN 2 WHEN figure >= 200 THEN 1 ELSE 0 END $$;
CREATE FUNCTION figures(d date) RETURNS TABLE (customer text, figure numeric) LANGUAGE sql STABLE AS $$
	SELECT customer, coalesce(sum(total) FILTER (WHERE at::date BETWEEN d - 89 AND d), 0) FROM orders WHERE customer IS NOT NULL GROUP BY 1
$$;
CREATE TABLE odd (day date, what text, customer text, mart text, plain text);
CREATE TABLE replayed (day date);
CREATE FUNCTION replay(d date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO replayed VALUES (d);
	INSERT INTO orders SELECT * FROM coming WHERE at::date = d;
	-- Up with the order.
	INSERT INTO held AS h
	SELECT o.customer, deserved(sum(o.total)) FROM orders o
	WHERE o.customer IN (SELECT c.customer FROM coming c WHERE c.at::date = d) AND o.at::date BETWEEN d - 89 AND d GROUP BY 1
	ON CONFLICT (customer) DO UPDATE SET rank = excluded.rank, below_since = NULL WHERE excluded.rank > h.rank;
	IF (SELECT count(*) % 5 = 0 FROM replayed) THEN
		PERFORM crm.refresh('shop', d);
		-- Up, or down by one after ten days.
		UPDATE held h
		SET rank = CASE WHEN f.u >= h.rank THEN f.u WHEN d - coalesce(h.below_since, d) < 10 THEN h.rank ELSE h.rank - 1 END,
			below_since = CASE WHEN f.u >= h.rank THEN NULL WHEN d - coalesce(h.below_since, d) < 10 THEN coalesce(h.below_since, d) WHEN h.rank - 1 > f.u THEN d END
		FROM (SELECT customer, deserved(figure) AS u FROM figures(d)) f WHERE f.customer = h.customer;
	END IF;
	INSERT INTO odd SELECT d, 'tier', customer, c.tier::text, h.rank::text FROM shop.customer c FULL JOIN held h ON h.customer = c.customer_id WHERE crm.tier_rank(c.tier) IS DISTINCT FROM h.rank;
END $$;
-- A transaction a day, as in a shop: in a single one dead rows pile up, and all takes six times as long.
SELECT format('SELECT replay(%L)', day) FROM (SELECT DISTINCT at::date AS day FROM coming) AS days ORDER BY day \gexec
SELECT is(count(*), 305::bigint, '305 days') FROM replayed;
SELECT is_empty('SELECT * FROM odd LIMIT 5', 'tiers of every customer equal plain SQL at the end of every day');
SELECT results_eq('SELECT count(*), count(*) FILTER (WHERE below_since IS NOT NULL) > 0 FROM shop.customer', 'SELECT count(DISTINCT customer), true FROM orders', 'every customer has a tier, some are in their days of grace');
SELECT cmp_ok((SELECT count(*) FROM shop.tier_history WHERE why = 'downgrade'), '>', 1000::bigint, 'there were downgrades');
SELECT results_eq('SELECT customer_id, below_since FROM shop.customer ORDER BY 1', 'SELECT customer, below_since FROM held ORDER BY 1', 'and below since the same day');
SELECT results_eq('SELECT sum(changes), count(DISTINCT month) FROM shop.tier_migration', $$SELECT count(*)::numeric, count(DISTINCT date_trunc('month', as_of::timestamp)) FROM shop.tier_history$$, 'tier_migration has every change');
SELECT results_eq('SELECT count(*), count(*) FILTER (WHERE old IS NULL) FROM shop.event WHERE kind = ''tier''', 'SELECT count(*), count(*) FILTER (WHERE old_tier IS NULL) FROM shop.tier_history', 'so has the outbox');

SELECT results_eq($$SELECT subject, value FROM shop.data_quality WHERE check_name = 'rows not counted'$$, $$SELECT 'public.orders: no customer', count(*) FROM coming WHERE customer IS NULL$$, 'guests are in quarantine');
SELECT is_empty('SELECT * FROM crm.verify(''shop'')', 'verify is empty');
SELECT is_empty($$SELECT customer_id, orders, revenue, first_order, last_order FROM shop.customer_360
	EXCEPT SELECT customer, count(*) FILTER (WHERE total >= 0), sum(total), min(at::date) FILTER (WHERE total >= 0), max(at::date) FILTER (WHERE total >= 0) FROM orders WHERE customer IS NOT NULL GROUP BY 1$$,
	'customer_360 equals plain SQL');
SELECT is(count(*), 4372::bigint, 'customer_360: 4,372 customers') FROM shop.customer_360;

CREATE TABLE before AS SELECT customer_id, year, source_id, history::text FROM shop.history WHERE history OPERATOR(crm.<>) '';
SELECT lives_ok($$SELECT crm.rebuild('shop')$$, 'rebuild');
SELECT is_empty('(TABLE before EXCEPT SELECT customer_id, year, source_id, history::text FROM shop.history) UNION ALL (SELECT customer_id, year, source_id, history::text FROM shop.history EXCEPT TABLE before)',
	'the live state equals the rebuild, to the chunk');

-- ---------------------------------------------------------------- published facts (facts.md): positive lines of invoices that were not cancelled

CREATE TABLE sale AS SELECT invoice, customer, min(at) AS at, sum(quantity * price) AS total FROM retail
	WHERE customer IS NOT NULL AND invoice NOT LIKE 'C%' AND quantity > 0 AND price > 0 GROUP BY 1, 2;
ALTER TABLE sale ADD PRIMARY KEY (invoice);
SELECT crm.create_mart('gross', 'UTC');
SELECT crm.add_source('gross', 'sale', order_id => 'invoice', customer_id => 'customer', at => 'at', amount => 'total');
SELECT results_eq('SELECT customers, gini, top_20_share FROM gross.revenue_concentration WHERE percentile = 100', 'VALUES (4338::bigint, 0.7151, 0.7462)', 'revenue_concentration: Gini 0.7151, the top fifth brings 74.6 %');
SELECT results_eq('SELECT sum(orders), sum(purchase_days) FROM gross.customer_360', 'SELECT count(*)::numeric, count(DISTINCT (customer, at::date))::numeric FROM sale', 'orders and purchase days');
SELECT results_eq($$SELECT customers, active, retention_rate FROM gross.cohort_retention WHERE cohort = '2010-12-01' AND months_since IN (0, 1, 11) ORDER BY months_since$$,
	$$WITH c AS (SELECT customer FROM sale GROUP BY 1 HAVING min(at) < '2011-01-01')
	  SELECT (SELECT count(*) FROM c), count(DISTINCT customer), round(count(DISTINCT customer)::numeric / (SELECT count(*) FROM c), 4)
	  FROM sale JOIN c USING (customer) WHERE date_trunc('month', at) IN ('2010-12-01', '2011-01-01', '2011-11-01') GROUP BY date_trunc('month', at) ORDER BY date_trunc('month', at)$$, 'cohort_retention: the customers of December 2010');
SELECT is_empty($$SELECT FROM gross.cohort_retention WHERE cohort = '2010-12-01' AND active IS NULL AND month < '2012-01-01'$$, 'a past month is ripe');

SELECT * FROM finish();
