-- The views of a mart, against plain SQL over the tables that feed it; nothing of crm is in the second column.
\set ON_ERROR_STOP 1
BEGIN;
SET LOCAL client_min_messages = warning;
SET search_path = public, pg_catalog;
SELECT no_plan();

-- Two queries give the same rows, in whatever order.
CREATE FUNCTION same(have text, want text, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	_rows bigint;
	_odd text;
BEGIN
	EXECUTE format('WITH h AS (%s), w AS (%s), x AS (SELECT * FROM h EXCEPT ALL SELECT * FROM w), m AS (SELECT * FROM w EXCEPT ALL SELECT * FROM h)
		SELECT (SELECT count(*) FROM h), (SELECT string_agg(l, E''\n'') FROM ((SELECT ''extra:   '' || x::text FROM x LIMIT 5) UNION ALL (SELECT ''missing: '' || m::text FROM m LIMIT 5)) AS o (l))', have, want) INTO _rows, _odd;
	RETURN ok(_odd IS NULL AND _rows > 0, format('%s (%s rows)', name, _rows)) || coalesce(E'\n' || diag(_odd), '');
END $$;

-- ---------------------------------------------------------------- a shop

-- 300 customers over two years up to today in Tokyo, where it is another day for nine hours. They come and
-- go, and differ in rate and basket. Times of day differ, so that the zone matters; three orders on some
-- days; refunds, some whole.
\set zone Asia/Tokyo
CREATE TABLE today AS SELECT (now() AT TIME ZONE :'zone')::date AS day;
CREATE FUNCTION dice(key text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT ((('x' || substr(md5(key), 1, 8))::bit(32)::bigint) + 0.5) / 4294967296.0 $$;
CREATE TABLE orders (id int PRIMARY KEY, customer int, ordered_at timestamptz, total numeric(10,2), status text);
INSERT INTO orders
SELECT row_number() OVER (), c, now() - joined * interval '1 day' + (least(joined, stays) * dice(format('%s/%s/b', c, n))) * interval '1 day', round(((10 + 300 * dice(format('%s/m', c)) ^ 3) * -ln(dice(format('%s/%s/c', c, n))))::numeric, 2),
	CASE WHEN dice(format('%s/%s/d', c, n)) < 0.05 THEN 'cancelled' ELSE 'paid' END
FROM (SELECT c, 700 * dice(format('%s/a', c)) AS joined, -250 * ln(dice(format('%s/s', c))) AS stays FROM generate_series(1, 300) AS c) AS character,
	LATERAL generate_series(1, 1 + floor(least(joined, stays) / 365 * 20 * dice(format('%s/n', c)) ^ 2)::int) AS n;
INSERT INTO orders SELECT 100000 + i, i % 7 + 1, now() - interval '40 days', 5, 'paid' FROM generate_series(1, 20) AS i;
CREATE TABLE refunds (id int PRIMARY KEY, customer int, at timestamptz, amount numeric(10,2));
INSERT INTO refunds SELECT id, customer, least(ordered_at + interval '5 days', now()), CASE WHEN id % 3 = 0 THEN total ELSE round(total / 3, 2) END FROM orders WHERE status = 'paid' AND dice('r' || id) < 0.08;
-- Refunds and nothing else.
INSERT INTO refunds VALUES (900001, 998, now() - interval '3 days', 12.5), (900002, 998, now() - interval '2 days', 1);

CREATE TABLE fact AS
	SELECT customer, (ordered_at AT TIME ZONE :'zone')::date AS day, total AS amount, 1 AS orders FROM orders WHERE status <> 'cancelled'
	UNION ALL
	SELECT customer, (at AT TIME ZONE :'zone')::date, -amount, 0 FROM refunds;
CREATE TABLE per_customer AS
	SELECT customer, min(day) FILTER (WHERE orders > 0) AS first, max(day) FILTER (WHERE orders > 0) AS last, sum(orders) AS orders, count(DISTINCT day) FILTER (WHERE orders > 0) AS days,
		sum(amount) AS revenue, coalesce(sum(amount) FILTER (WHERE day > (SELECT day FROM today) - 365), 0) AS year
	FROM fact GROUP BY 1;

SELECT crm.create_mart('shop', :'zone', 'JPY');
SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer', at => 'ordered_at', amount => 'total', condition => $$status <> 'cancelled'$$);
SELECT crm.add_source('shop', 'refunds', order_id => 'id', customer_id => 'customer', at => 'at', amount => 'amount', refunds => true, queued => true);

-- ---------------------------------------------------------------- shape

CREATE FUNCTION columns_of(mart text) RETURNS TABLE (view name, attname name, type regtype, comment text) LANGUAGE sql AS $$
	SELECT c.relname, a.attname, a.atttypid::regtype, CASE WHEN a.attcollation = '"default"'::regcollation OR a.atttypid <> 'text'::regtype THEN col_description(c.oid, a.attnum) END
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE n.nspname = mart AND c.relname = ANY (crm.mart_views())
$$;
SELECT set_eq($$SELECT DISTINCT view FROM columns_of('shop')$$,
	ARRAY['customer_360', 'segment_summary', 'rfm_heatmap', 'tier_summary', 'tier_migration', 'cohort_retention', 'revenue_concentration', 'churn_watchlist', 'win_back', 'at_risk_of_downgrade', 'data_quality']::name[],
	'all views are there');
SELECT is_empty($$SELECT view, attname, type FROM columns_of('shop') WHERE type NOT IN ('text'::regtype, 'integer'::regtype, 'bigint'::regtype, 'numeric'::regtype, 'date'::regtype, 'double precision'::regtype, 'timestamptz'::regtype)$$,
	'plain types only');
SELECT is_empty($$SELECT view, attname FROM columns_of('shop') WHERE comment IS NULL OR length(comment) < 8$$, 'every column has a comment, and no odd collation');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind = 'v' AND obj_description(c.oid, 'pg_class') IS NULL$$, 'every view has a comment');
SELECT is_empty($$SELECT attname FROM columns_of('shop') WHERE attname !~ '^[a-z][a-z0-9_]*$'$$, 'names in snake_case');
SELECT is_empty($$SELECT attname FROM columns_of('shop') GROUP BY attname HAVING count(DISTINCT type) > 1 AND attname <> 'customers'$$, 'a name has one type in all views');

-- ---------------------------------------------------------------- before the first refresh, without tiers

SELECT lives_ok(format('SELECT * FROM shop.%I', v), v || ' can be read before the first refresh') FROM unnest(crm.mart_views()) AS v;
SELECT is_empty('SELECT * FROM shop.' || v, v || ' is empty before the first refresh') FROM unnest(ARRAY['segment_summary', 'rfm_heatmap', 'tier_migration', 'churn_watchlist', 'win_back', 'at_risk_of_downgrade']) AS v;
SELECT results_eq($$SELECT tier, customers FROM shop.tier_summary$$, $$SELECT NULL::text, count(*) FROM per_customer$$, 'without tiers all customers have none');

-- ---------------------------------------------------------------- customer_360

SELECT same(
	'SELECT customer_id, first_order, last_order, orders, purchase_days, revenue, average_order_value, days_between_orders, recency_days, age_days, revenue_365d FROM shop.customer_360',
	$$SELECT customer, first, last, orders::bigint, days::int, revenue, round(revenue / nullif(orders, 0), 2), round((last - first) / nullif(days - 1, 0)::numeric, 1), t.day - last, t.day - first, year
	  FROM per_customer, today t$$,
	'customer_360: the facts of every customer');
SELECT results_eq($$SELECT first_order, orders, revenue, average_order_value, recency_days FROM shop.customer_360 WHERE customer_id = 998$$, $$VALUES (NULL::date, 0::bigint, -13.50, NULL::numeric, NULL::int)$$,
	'customer_360: a customer of refunds only');
SELECT cmp_ok((SELECT count(*) FROM shop.queue), '=', 0::bigint, 'the first filling does not wait in the queue');

-- ---------------------------------------------------------------- tiers

SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:100, 2-silver:500, 5-gold:1500', step => 'all');
CREATE TABLE tiers (rank int, label text, threshold numeric);
INSERT INTO tiers VALUES (0, 'none', '-infinity'), (1, 'bronze', 100), (2, 'silver', 500), (5, 'gold', 1500);
CREATE VIEW held AS SELECT p.*, t.rank, t.label FROM per_customer p, LATERAL (SELECT * FROM tiers WHERE threshold <= p.year ORDER BY rank DESC LIMIT 1) t;
SELECT same('SELECT customer_id, tier, tier_rank, tier_since, tier_figure, next_tier, missing_to_next_tier FROM shop.customer_360',
	$$SELECT customer, h.label, h.rank, day, year, n.label, n.threshold - year FROM held h CROSS JOIN today LEFT JOIN LATERAL (SELECT * FROM tiers WHERE tiers.rank > h.rank ORDER BY tiers.rank LIMIT 1) n ON true$$,
	'customer_360: tiers, and what is missing to the next');
SELECT results_eq('SELECT tier, tier_rank, threshold, customers, customer_share, orders, revenue, revenue_share, revenue_365d, revenue_365d_share, average_order_value, average_revenue_365d FROM shop.tier_summary',
	$$SELECT t.label, t.rank, nullif(t.threshold, '-infinity'), count(customer), round(count(customer)::numeric / (SELECT count(*) FROM held), 4), sum(orders)::bigint, sum(revenue), round(sum(revenue) / (SELECT sum(revenue) FROM held), 4),
	  sum(year), round(sum(year) / (SELECT sum(year) FROM held), 4), round(sum(revenue) / sum(orders), 2), round(avg(year), 2)
	  FROM tiers t LEFT JOIN held h USING (rank) GROUP BY 1, 2, 3 ORDER BY 2$$, 'tier_summary');

-- What falls out of the window, day by day, by looking at each of the next 90 days.
CREATE VIEW falling AS
	SELECT customer, label, rank, threshold, d AS day, figure, row_number() OVER (PARTITION BY customer ORDER BY d) AS nth
	FROM (SELECT h.customer, h.label, h.rank, t.threshold, d, (SELECT coalesce(sum(f.amount), 0) FROM fact f WHERE f.customer = h.customer AND f.day BETWEEN d - 364 AND x.day) AS figure
	      FROM held h JOIN tiers t USING (rank) CROSS JOIN today x CROSS JOIN LATERAL (SELECT x.day + i AS d FROM generate_series(0, 90) i) n WHERE h.rank > 0) q
	WHERE figure < threshold;
SELECT cmp_ok(count(*), '>', 15::bigint, 'there are customers who will fall') FROM falling WHERE nth = 1;
SELECT same('SELECT customer_id, tier, tier_rank, threshold, falls_below_on, figure_then, amount_to_stay, downgrade_on, falls_to FROM shop.at_risk_of_downgrade',
	$$SELECT customer, label, rank, threshold, day, figure, threshold - figure, day, (SELECT tiers.label FROM tiers WHERE tiers.threshold <= figure ORDER BY tiers.rank DESC LIMIT 1) FROM falling WHERE nth = 1$$,
	'at_risk_of_downgrade: rolling window, day by day');
SELECT is_empty('SELECT FROM shop.at_risk_of_downgrade WHERE days_left <> downgrade_on - (SELECT day FROM today) OR days_left NOT BETWEEN 0 AND 90', 'at_risk_of_downgrade: days left');
SAVEPOINT rules;
SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:100, 2-silver:500, 5-gold:1500', grace_days => 10);
SELECT same('SELECT customer_id, falls_below_on, downgrade_on, falls_to FROM shop.at_risk_of_downgrade',
	$$SELECT customer, falling.day, falling.day + 10, CASE rank WHEN 5 THEN 'silver' WHEN 2 THEN 'bronze' ELSE 'none' END FROM falling, today t WHERE nth = 1 AND falling.day + 10 <= t.day + 90$$, 'at_risk_of_downgrade: grace, one step');
-- Bought in time, the tier stays through that day.
CREATE TABLE at_risk AS SELECT * FROM shop.at_risk_of_downgrade WHERE falls_below_on > (SELECT day FROM today);
INSERT INTO orders SELECT 200000 + customer_id, customer_id, now(), amount_to_stay, 'paid' FROM at_risk;
SELECT is_empty('SELECT customer_id FROM shop.at_risk_of_downgrade n JOIN at_risk o USING (customer_id) WHERE n.tier = o.tier AND n.falls_below_on <= o.falls_below_on', 'at_risk_of_downgrade: amount_to_stay is enough');
-- Below for four days already: six of grace are left. Above again: none of it counts. By hand: not before.
UPDATE shop.customer SET below_since = day - 4 FROM today WHERE tier IS NOT NULL;
INSERT INTO orders SELECT 300000 + customer_id, customer_id, now() - interval '300 days', -5000, 'paid' FROM (SELECT customer_id FROM shop.customer_360 WHERE tier = 'silver' ORDER BY 1 LIMIT 4) s;
SELECT results_eq($$SELECT DISTINCT falls_below_on, downgrade_on, falls_to FROM shop.at_risk_of_downgrade r JOIN orders o ON o.customer = r.customer_id AND o.total = -5000$$, $$SELECT day, day + 6, 'bronze' FROM today$$,
	'at_risk_of_downgrade: below already, the days of grace are counted from below_since');
SELECT is_empty('SELECT FROM shop.at_risk_of_downgrade WHERE falls_below_on > (SELECT day FROM today) AND downgrade_on <> falls_below_on + 10', 'at_risk_of_downgrade: for the others from the day');
SELECT count(crm.set_tier_override('shop', customer::text, 'silver', day + 20, 'test')) > 0 FROM orders, today WHERE total = -5000;
SELECT results_eq($$SELECT DISTINCT falls_below_on, downgrade_on, falls_to FROM shop.at_risk_of_downgrade r JOIN orders o ON o.customer = r.customer_id AND o.total = -5000$$, $$SELECT day, day + 21, 'none' FROM today$$,
	'at_risk_of_downgrade: a tier given by hand falls the day after, all the way');
DO $$ BEGIN PERFORM crm.refresh('shop', (SELECT day + 20 FROM today)); END $$;
SELECT is((SELECT count(*) FROM shop.customer c JOIN orders o ON o.customer = c.customer_id WHERE o.total = -5000 AND crm.tier_label(c.tier) = 'silver'), 4::bigint, 'refresh agrees on the last day');
DO $$ BEGIN PERFORM crm.refresh('shop', (SELECT day + 21 FROM today)); END $$;
SELECT is((SELECT count(*) FROM shop.customer c JOIN orders o ON o.customer = c.customer_id WHERE o.total = -5000 AND crm.tier_label(c.tier) = 'none'), 4::bigint, 'and on the day after');
ROLLBACK TO rules;
-- What the view foresees is what refresh does: day by day for a month, with grace and single steps.
SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:100, 2-silver:500, 5-gold:1500', grace_days => 3);
CREATE TABLE foreseen AS SELECT customer_id, downgrade_on, falls_to FROM shop.at_risk_of_downgrade, today WHERE downgrade_on <= day + 30;
DO $$ BEGIN
	PERFORM crm.set_model('shop', process => NULL);
	FOR i IN 0 .. 30 LOOP PERFORM crm.refresh('shop', (SELECT day + i FROM today)); END LOOP;
END $$;
SELECT same('SELECT customer_id, downgrade_on, falls_to FROM foreseen', $$SELECT DISTINCT ON (customer_id) customer_id, as_of, crm.tier_label(new_tier) FROM shop.tier_history WHERE why = 'downgrade' ORDER BY customer_id, as_of$$,
	'at_risk_of_downgrade: a month of refreshes does what was foreseen');
ROLLBACK TO rules;
SELECT crm.set_tiers('shop', '0-none:-infinity, 1-few:2, 2-some:5, 5-many:10', measure => 'orders', window_days => 100, step => 'all');
SELECT same($$SELECT customer_id, falls_below_on, amount_to_stay FROM shop.at_risk_of_downgrade$$,
	$$WITH t (rank, threshold) AS (VALUES (1, 2), (2, 5), (5, 10)),
	  h AS (SELECT customer, (SELECT max(t.threshold) FROM t WHERE t.threshold <= sum(f.orders)) AS threshold FROM fact f, today x WHERE f.day > x.day - 100 GROUP BY customer),
	  d AS (SELECT h.*, x.day + i AS d, (SELECT coalesce(sum(f.orders), 0) FROM fact f WHERE f.customer = h.customer AND f.day BETWEEN x.day + i - 99 AND x.day) AS figure FROM h, today x, generate_series(0, 90) i)
	  SELECT DISTINCT ON (customer) customer, d, (threshold - figure)::numeric FROM d WHERE figure < threshold ORDER BY customer, d$$, 'at_risk_of_downgrade: orders in 100 days');
SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:100, 2-silver:500, 5-gold:1500', calendar_year => true, step => 'all');
SELECT same($$SELECT customer_id, tier_figure FROM shop.customer_360$$,
	$$SELECT customer, greatest(coalesce(sum(amount) FILTER (WHERE date_part('year', f.day) = date_part('year', t.day)), 0), coalesce(sum(amount) FILTER (WHERE date_part('year', f.day) = date_part('year', t.day) - 1), 0)) FROM fact f, today t GROUP BY 1$$,
	'customer_360: the better of two calendar years');
SELECT is_empty($$SELECT customer_id FROM shop.at_risk_of_downgrade, today WHERE falls_below_on <> make_date(date_part('year', day)::int + 1, 1, 1)$$, 'at_risk_of_downgrade: a calendar year falls at its end');
SELECT same($$SELECT customer_id, tier_rank FROM shop.customer_360$$, 'SELECT customer_id, crm.tier_rank(tier) FROM shop.customer', 'customer_360: the tier is the one held');
SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:100, 2-silver:500, 5-gold:1500', step => 'all');
SELECT same($$SELECT month, from_tier, to_tier, direction, customers, changes FROM shop.tier_migration$$,
	$$SELECT date_trunc('month', as_of::timestamp)::date, substr(old_tier::text, 3), substr(new_tier::text, 3),
		CASE WHEN coalesce(left(new_tier::text, 1), '!') > coalesce(left(old_tier::text, 1), '!') THEN 'up' WHEN coalesce(left(new_tier::text, 1), '!') < coalesce(left(old_tier::text, 1), '!') THEN 'down' ELSE 'same' END,
		count(DISTINCT customer_id), count(*) FROM shop.tier_history GROUP BY 1, 2, 3, 4$$, 'tier_migration');

-- ---------------------------------------------------------------- cohorts

CREATE FUNCTION month(date) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT date_trunc('month', $1::timestamp)::date $$;
SELECT same('SELECT cohort, months_since, month, customers, active, retention_rate, revenue, revenue_per_customer FROM shop.cohort_retention',
	$$WITH member AS (SELECT customer, month(first) AS cohort FROM per_customer WHERE first IS NOT NULL),
	  grid AS (SELECT cohort, count(*) AS customers, m::date AS month FROM member, today, generate_series(cohort, month(day), interval '1 month') m GROUP BY cohort, m),
	  cell AS (SELECT cohort, greatest(month(f.day), cohort) AS month, count(DISTINCT customer) FILTER (WHERE f.orders > 0) AS active, sum(amount) AS revenue FROM member JOIN fact f USING (customer) GROUP BY 1, 2)
	  SELECT g.cohort, ((date_part('year', g.month) - date_part('year', g.cohort)) * 12 + date_part('month', g.month) - date_part('month', g.cohort))::int, g.month, customers,
		CASE WHEN over THEN coalesce(active, 0) END, CASE WHEN over THEN round(coalesce(active, 0) / customers::numeric, 4) END, CASE WHEN over THEN coalesce(revenue, 0) END, CASE WHEN over THEN round(coalesce(revenue, 0) / customers, 2) END
	  FROM grid g LEFT JOIN cell USING (cohort, month), LATERAL (SELECT g.month < month(day) AS over FROM today) o$$, 'cohort_retention');
SELECT is_empty('SELECT FROM shop.cohort_retention, today WHERE month = month(day) AND (active IS NOT NULL OR retention_rate IS NOT NULL OR revenue IS NOT NULL)', 'cohort_retention: the present month is not yet ripe');
SELECT is_empty('SELECT FROM shop.cohort_retention WHERE months_since = 0 AND retention_rate <> 1', 'cohort_retention: month 0 is 1');

-- ---------------------------------------------------------------- concentration

-- The Gini coefficient as half the mean difference of all pairs over the mean.
CREATE VIEW v AS SELECT greatest(revenue, 0) AS v FROM per_customer WHERE orders > 0;
SELECT is(gini, (SELECT round(sum(abs(a.v - b.v)) / (2 * count(*) * (SELECT avg(v) FROM v)), 4) FROM v a, v b), 'revenue_concentration: Gini') FROM shop.revenue_concentration LIMIT 1;
SELECT same('SELECT percentile, customers, revenue, revenue_share, lorenz_share FROM shop.revenue_concentration',
	$$SELECT p, k, (SELECT sum(v) FROM (SELECT v FROM v ORDER BY v DESC LIMIT k) t), round((SELECT sum(v) FROM (SELECT v FROM v ORDER BY v DESC LIMIT k) t) / s, 4),
		round(coalesce((SELECT sum(v) FROM (SELECT v FROM v ORDER BY v LIMIT floor(p * n / 100.0)) t), 0) / s, 4)
	  FROM generate_series(1, 100) p, (SELECT count(*) AS n, sum(v) AS s FROM v) x, LATERAL (SELECT ceil(p * n / 100.0)::bigint AS k) y$$, 'revenue_concentration: the curve');
SELECT is(top_20_share, revenue_share, 'revenue_concentration: 20/80') FROM shop.revenue_concentration WHERE percentile = 20;

-- ---------------------------------------------------------------- scores

SELECT lives_ok($$SELECT * FROM crm.refresh('shop')$$, 'refresh');
-- the rule of doc/segment.md
CREATE VIEW rfm AS
	WITH fresh AS (SELECT ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)) AS days
		FROM (SELECT day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap FROM (SELECT DISTINCT customer, day FROM fact WHERE orders > 0) d) g),
	midrank AS (SELECT customer, p.revenue, p.orders, p.last, p.days, x.day - p.last AS quiet,
			1 + floor(5 * (rank() OVER (ORDER BY last) - 1 + count(*) OVER (PARTITION BY last) / 2.0) / count(*) OVER ()) AS r,
			1 + floor(5 * (rank() OVER (ORDER BY days) - 1 + count(*) OVER (PARTITION BY days) / 2.0) / count(*) OVER ()) AS f,
			1 + floor(5 * (rank() OVER (ORDER BY p.revenue) - 1 + count(*) OVER (PARTITION BY p.revenue) / 2.0) / count(*) OVER ()) AS m
		FROM per_customer p CROSS JOIN today x WHERE orders > 0)
	SELECT customer, revenue, orders, last, m::int,
		greatest(r, CASE WHEN last = max(last) OVER () THEN 5 WHEN quiet <= fresh.days THEN 4 WHEN quiet <= 2 * fresh.days THEN 3 END)::int AS r,
		CASE WHEN m.days = 1 THEN 1 ELSE f END::int AS f
	FROM midrank m CROSS JOIN fresh;
SELECT same('SELECT customer_id, rfm, recency_score, frequency_score, monetary_score FROM shop.customer_360 WHERE orders > 0', 'SELECT customer, concat(r, f, m), r, f, m FROM rfm', 'customer_360: RFM by the rule');
SELECT results_eq('SELECT recency_score, frequency_score, customers, customer_share, revenue, average_revenue, average_monetary_score FROM shop.rfm_heatmap',
	$$SELECT a, b, count(customer), round(count(customer)::numeric / (SELECT count(*) FROM rfm), 4), coalesce(sum(revenue), 0), round(avg(revenue), 2), round(avg(m), 2)
	  FROM generate_series(1, 5) a CROSS JOIN generate_series(1, 5) b LEFT JOIN rfm ON r = a AND f = b GROUP BY 1, 2 ORDER BY 1 DESC, 2$$, 'rfm_heatmap');
SELECT same('SELECT segment, customers, customer_share, revenue, revenue_share, average_order_value, average_recency_days, average_churn_probability, clv FROM shop.segment_summary',
	$$SELECT segment, count(*), round(count(*)::numeric / (SELECT count(*) FROM per_customer), 4), sum(p.revenue), round(sum(p.revenue) / (SELECT sum(revenue) FROM per_customer), 4),
		round(sum(p.revenue) / nullif(sum(p.orders), 0), 2), round(avg(day - last), 1), round(avg(churn_probability)::numeric, 4), round(sum(clv)::numeric, 2)
	  FROM per_customer p JOIN shop.score ON customer_id = customer CROSS JOIN today GROUP BY segment$$, 'segment_summary');
SELECT same('SELECT customer_id, segment, p_alive, churn_probability, expected_orders, clv, next_order_date, score_as_of FROM shop.customer_360',
	$$SELECT customer_id, segment, round(p_alive::numeric, 4), round(churn_probability::numeric, 4), round(expected_orders::numeric, 2), round(clv::numeric, 2), next_order_date, as_of FROM shop.score$$, 'customer_360: scores of the snapshot');
SELECT cmp_ok(count(*), '>', 250::bigint, 'most have a prediction') FROM shop.customer_360 WHERE clv IS NOT NULL AND p_alive BETWEEN 0 AND 1;
SELECT is_empty($$SELECT customer_id FROM shop.score s JOIN shop.customer_history USING (customer_id), shop.model m JOIN shop.snapshot n ON m.fitted_as_of = n.model_as_of
	WHERE n.as_of = s.as_of AND crm.is_valid(history, s.as_of) AND (s.p_alive, s.churn_probability, s.expected_orders, s.clv, s.next_order_date) IS DISTINCT FROM
		(crm.p_alive(model, history, s.as_of), crm.churn_probability(model, history, s.as_of, 90), crm.expected_orders(model, history, s.as_of, 365),
		 crm.clv(model, history, s.as_of, 365, 0.1), crm.next_order_date(model, history, s.as_of))$$, 'scores: predictions as the single functions give them');

SAVEPOINT predicted;
SELECT crm.set_tiers('shop', '0-none:0, 1-bronze:20, 2-silver:100', measure => 'predicted');
SELECT same('SELECT customer_id, tier_figure, tier_rank FROM shop.customer_360', $$SELECT customer_id, trunc(coalesce(clv, 0)::numeric, 2), CASE WHEN clv >= 100 THEN 2 WHEN clv >= 20 THEN 1 ELSE 0 END FROM shop.score$$, 'customer_360: tiers by predicted value');
SELECT is_empty('SELECT * FROM shop.at_risk_of_downgrade', 'at_risk_of_downgrade: nobody is below, and prediction looks no further');
UPDATE shop.score SET clv = 50.019 WHERE customer_id = (SELECT min(customer_id) FROM shop.customer_360 WHERE tier = 'silver');
SELECT results_eq('SELECT figure_then, amount_to_stay, falls_below_on, falls_to FROM shop.at_risk_of_downgrade', $$SELECT 50.01, 49.99, day, 'bronze' FROM today$$, 'at_risk_of_downgrade: somebody is below');
ROLLBACK TO predicted;

-- ---------------------------------------------------------------- lists

CREATE VIEW valuable AS
	SELECT customer, last, p.revenue, s.p_alive, s.churn_probability, day - last AS quiet, (p.last - p.first) / nullif(p.days - 1, 0)::float8 AS gap, p.days - 1 AS gaps
	FROM rfm JOIN per_customer p USING (customer, last) JOIN shop.score s ON s.customer_id = customer AND s.as_of = (SELECT max(as_of) FROM shop.score) CROSS JOIN today WHERE m >= 4;
SELECT same('SELECT customer_id, revenue, last_order, recency_days FROM shop.win_back', 'SELECT customer, revenue, last, quiet FROM valuable WHERE p_alive < 0.2', 'win_back: valuable and lost');
SELECT same('SELECT customer_id, recency_days, gaps_missed, churn_probability FROM shop.churn_watchlist',
	'SELECT customer, quiet, round((quiet / nullif(gap, 0))::numeric, 1), round(churn_probability::numeric, 4) FROM valuable WHERE p_alive >= 0.2 AND (quiet >= gaps * (20 ^ (1.0 / nullif(gaps, 0)) - 1) * gap OR churn_probability >= 0.5)', 'churn_watchlist: valuable and leaving');
SELECT isnt_empty('SELECT FROM shop.churn_watchlist', 'churn_watchlist: somebody is on it');
SELECT isnt_empty('SELECT FROM shop.win_back', 'win_back: somebody is on it');
SELECT is_empty($$SELECT FROM shop.churn_watchlist WHERE reasons = '' OR reasons !~ '^no order '$$, 'churn_watchlist: reasons in words');
SELECT is_empty($$SELECT reasons FROM shop.churn_watchlist WHERE (gaps_seen < 3) <> (reasons ~ 'only (one purchase day|[12] gaps? seen) so far$')
	UNION ALL SELECT reasons FROM shop.win_back WHERE (gaps_seen < 3) <> (reasons ~ 'only (one purchase day|[12] gaps? seen) so far$')$$, 'few gaps are marked');
SELECT same('SELECT customer_id, gaps_seen, silence_limit FROM shop.churn_watchlist',
	'SELECT customer, gaps, ceil(gaps * (20 ^ (1.0 / nullif(gaps, 0)) - 1) * gap)::bigint FROM valuable JOIN shop.churn_watchlist ON customer_id = customer', 'churn_watchlist: gaps and what they allow');
CREATE TABLE lost AS SELECT customer_id FROM shop.win_back LIMIT 1;
INSERT INTO orders SELECT 300000, customer_id, now(), 1, 'paid' FROM lost;
SELECT results_eq('SELECT recency_days FROM shop.customer_360 JOIN lost USING (customer_id)', 'VALUES (0)', 'an order is seen at once');
SELECT is(crm.drain('shop'), 0::bigint, 'nothing waits');
DO $$ BEGIN
	PERFORM crm.set_model('shop', process => NULL);
	PERFORM crm.refresh('shop', (SELECT day + 1 FROM today));
END $$;
SELECT is_empty('SELECT FROM shop.customer_360 WHERE p_alive IS NOT NULL OR clv IS NOT NULL', 'without a model there are no predictions');
SELECT same('SELECT customer_id FROM shop.win_back', 'SELECT customer FROM valuable WHERE quiet > 90 AND quiet > gaps * (100 ^ (1.0 / nullif(gaps, 0)) - 1) * gap AND customer NOT IN (SELECT customer_id FROM lost)', 'win_back: without a model, by their own rhythm');

-- ---------------------------------------------------------------- numbers that any reader can take

CREATE FUNCTION odd_numbers(mart text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	c record;
	n bigint;
BEGIN
	FOR c IN SELECT * FROM columns_of(mart) WHERE type IN ('numeric'::regtype, 'double precision'::regtype) LOOP
		EXECUTE format('SELECT count(*) FROM %I.%I WHERE %I IN (''NaN'', ''infinity'', ''-infinity'')', mart, c.view, c.attname) INTO n;
		IF n > 0 THEN RETURN NEXT format('%s.%s', c.view, c.attname); END IF;
	END LOOP;
END $$;
SELECT is_empty($$SELECT odd_numbers('shop')$$, 'no NaN, no infinity');

-- ---------------------------------------------------------------- the queue is seen

INSERT INTO refunds VALUES (900003, 998, now(), 1000);
SELECT cmp_ok((SELECT count(*) FROM shop.queue), '=', 1::bigint, 'a refund waits');
SELECT results_eq('SELECT revenue FROM shop.customer_360 WHERE customer_id = 998', 'VALUES (-1013.50)', 'customer_360 counts it');
SELECT results_eq($$SELECT value FROM shop.data_quality WHERE check_name = 'changes waiting in the queue'$$, 'VALUES (1::bigint)', 'data_quality counts the queue');
DELETE FROM refunds WHERE customer = 998;
SELECT is_empty('SELECT FROM shop.customer_360 WHERE customer_id = 998', 'who has nothing left is no customer');

-- ---------------------------------------------------------------- data_quality

SELECT same($$SELECT check_name, status FROM shop.data_quality WHERE status <> 'ok'$$, $$VALUES ('days since the model was fitted', 'warning')$$, 'data_quality: all well but for the model that was switched off');
INSERT INTO orders VALUES (400001, NULL, now(), 1, 'paid'), (400002, 1, 'infinity', 1, 'paid'), (400003, 1, now() + interval '40 days', 1, 'paid');
SELECT same($$SELECT subject, value FROM shop.data_quality WHERE check_name = 'rows not counted'$$, $$VALUES ('public.orders: no customer', 1::bigint), ('public.orders: date out of range', 1)$$, 'data_quality: rows that are not counted, by reason');
SELECT results_eq($$SELECT value, status FROM shop.data_quality WHERE check_name = 'customers with orders in the future'$$, $$VALUES (1::bigint, 'warning')$$, 'data_quality: an order in the future');
DELETE FROM orders WHERE id > 400000;
ALTER TABLE orders DISABLE TRIGGER crm_delete_1_shop;
SELECT results_eq($$SELECT subject, value, status FROM shop.data_quality WHERE check_name = 'triggers' AND status <> 'ok'$$, $$VALUES ('public.orders: trigger is disabled', 1::bigint, 'problem')$$, 'data_quality: a disabled trigger');
ALTER TABLE orders ENABLE TRIGGER crm_delete_1_shop;
INSERT INTO shop.history VALUES (5, 2001, 1, '2001-01-01:-3:5');
SELECT results_eq($$SELECT value, status FROM shop.data_quality WHERE check_name = 'customers with an impossible past'$$, $$VALUES (1::bigint, 'problem')$$, 'data_quality: an impossible past');
DELETE FROM shop.history WHERE year = 2001;
UPDATE shop.settings SET mart_version = 0;
SELECT results_eq($$SELECT status FROM shop.data_quality WHERE check_name = 'version of the mart'$$, $$VALUES ('problem')$$, 'data_quality: an old mart');
UPDATE shop.settings SET mart_version = crm.mart_current_version();
SELECT is_empty($$SELECT * FROM crm.verify('shop')$$, 'verify');

-- ---------------------------------------------------------------- one customer by index

CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
INSERT INTO orders SELECT 500000 + i, 1000 + i, now(), 1, 'paid' FROM generate_series(1, 3000) AS i;
DO $$ BEGIN PERFORM crm.refresh('shop'); END $$;
ANALYZE shop.history, shop.customer, shop.score, shop.snapshot, shop.settings;
SELECT bag_has('SELECT btrim(regexp_replace(l, ''(->)|( on .*)'', '''', ''g'')) FROM plan_of(''SELECT * FROM shop.customer_360 WHERE customer_id = 42'') AS l',
	$$VALUES ('Index Scan using history_pkey'), ('Index Scan using customer_pkey'), ('Index Scan using score_pkey')$$, 'customer_360 by key: three indexes');
SELECT is_empty($$SELECT l FROM plan_of('SELECT * FROM shop.customer_360 WHERE customer_id = 42') AS l WHERE l ~ 'Seq Scan on (history|customer|score)'$$, 'customer_360 by key: no table is read whole');
-- In a join too, as a tool does it for a list of customers.
SELECT is_empty($$SELECT l FROM plan_of('SELECT c.* FROM shop.customer_360 c WHERE c.customer_id IN (1, 2, 3)') AS l WHERE l ~ 'Seq Scan on history'$$, 'customer_360 by a few keys: histories by index');
SELECT is(count(*), 1::bigint, v || ': history is read once')
FROM unnest(ARRAY['customer_360', 'tier_summary', 'cohort_retention', 'revenue_concentration', 'churn_watchlist', 'win_back', 'at_risk_of_downgrade', 'data_quality']) AS v, plan_of('SELECT * FROM shop.' || v) AS l
WHERE l ~ 'Scan.* on history' GROUP BY v;

-- ---------------------------------------------------------------- keys of every kind

CREATE EXTENSION citext SCHEMA public;
CREATE TYPE kind AS ENUM ('b', 'a');
CREATE TABLE keyed (id int PRIMARY KEY, u uuid, t text COLLATE "C", c citext, k kind, n numeric, at date, amount int);
INSERT INTO keyed SELECT g, md5((g % 5)::text)::uuid, 'x' || g % 5, chr(65 + g % 5 + 32 * (g % 2)), CASE WHEN g % 2 = 0 THEN 'a' ELSE 'b' END::kind, g % 5, current_date - g, g FROM generate_series(1, 100) g;
CREATE FUNCTION reads(key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v text; n bigint;
BEGIN
	PERFORM crm.create_mart('keyed', 'UTC');
	PERFORM crm.add_source('keyed', 'keyed', 'id', key, 'at', 'amount');
	PERFORM crm.set_tiers('keyed', '0-none:0, 1-bronze:1000', grace_days => 1);
	PERFORM crm.refresh('keyed');
	FOREACH v IN ARRAY crm.mart_views() LOOP EXECUTE 'SELECT count(*) FROM (SELECT * FROM keyed.' || v || ' OFFSET 0) x'; END LOOP;
	EXECUTE format('SELECT count(*) FROM keyed.customer_360 JOIN (SELECT DISTINCT %I FROM public.keyed) k ON k.%1$I = customer_id WHERE tier IS NOT NULL AND rfm IS NOT NULL', key) INTO n;
	PERFORM crm.drop_mart('keyed');
	RETURN n;
END $$;
SELECT is(reads(k), n, 'key: ' || k) FROM (VALUES ('u', 5::bigint), ('t', 5), ('c', 5), ('k', 2), ('n', 5)) x (k, n);

-- ---------------------------------------------------------------- other keys; nobody, one customer, refunds only

CREATE DOMAIN code AS text;
CREATE TABLE sale (id int PRIMARY KEY, "Who" code, at date, amount numeric);
SELECT crm.create_mart('Tea & "Co"', 'UTC');
SELECT crm.add_source('Tea & "Co"', 'sale', 'id', '"Who"', 'at', 'amount');
SET LOCAL search_path = "Tea & ""Co""", public;
SELECT lives_ok('SELECT * FROM ' || v, v || ': nobody there') FROM unnest(crm.mart_views()) AS v;
DO $$ BEGIN PERFORM crm.set_tiers('Tea & "Co"', '1-bronze:10, 2-silver:100', window_days => NULL); PERFORM crm.refresh('Tea & "Co"'); END $$;
SELECT lives_ok('SELECT * FROM ' || v, v || ': nobody there, refreshed, with tiers') FROM unnest(crm.mart_views()) AS v;
SELECT is_empty('SELECT * FROM ' || v, v || ': empty') FROM unnest(ARRAY['customer_360', 'segment_summary', 'rfm_heatmap', 'tier_migration', 'cohort_retention', 'revenue_concentration', 'churn_watchlist', 'win_back', 'at_risk_of_downgrade']) AS v;
INSERT INTO sale VALUES (1, 'me', current_date - 400, 50);
DO $$ BEGIN PERFORM crm.refresh('Tea & "Co"'); END $$;
SELECT lives_ok('SELECT * FROM ' || v, v || ': one customer') FROM unnest(crm.mart_views()) AS v;
SELECT results_eq('SELECT customer_id, tier, next_tier, missing_to_next_tier, revenue_365d FROM customer_360', $$VALUES ('me', 'bronze', 'silver', 50.0, 0.00)$$, 'one customer');
SELECT results_eq('SELECT DISTINCT gini, top_20_share FROM revenue_concentration', 'VALUES (0.0, 1.0)', 'one customer: no inequality');
UPDATE sale SET amount = 0;
SELECT lives_ok('SELECT * FROM ' || v, v || ': one customer who paid nothing') FROM unnest(crm.mart_views()) AS v;
UPDATE sale SET amount = -5;
DO $$ BEGIN PERFORM crm.refresh('Tea & "Co"'); END $$;
SELECT lives_ok('SELECT * FROM ' || v, v || ': refunds only') FROM unnest(crm.mart_views()) AS v;
SELECT results_eq('SELECT customer_id, orders, revenue, tier FROM customer_360', $$VALUES ('me', 0::bigint, -5.00, NULL::text)$$, 'refunds only');
SELECT is_empty('SELECT * FROM revenue_concentration', 'refunds only: no concentration');
SELECT is_empty('SELECT * FROM cohort_retention', 'refunds only: no cohort');
SELECT is_empty($$SELECT odd_numbers('Tea & "Co"')$$, 'no NaN, no infinity');
SET LOCAL search_path = public, pg_catalog;

-- ---------------------------------------------------------------- made anew

CREATE ROLE crm_test_reader;
CREATE ROLE crm_test_nobody;
SELECT crm.grant_reader('shop', 'crm_test_reader');
CREATE VIEW mine AS SELECT tier, customers FROM shop.tier_summary;
SELECT lives_ok($$SELECT crm.upgrade_mart('shop')$$, 'the views are made anew under a view of the user''s');
-- As an older version might have left them: with fewer columns, and with others.
CREATE OR REPLACE FUNCTION old_views() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	DROP VIEW shop.tier_migration;
	DROP VIEW shop.win_back;
	CREATE VIEW shop.tier_migration AS SELECT NULL::date AS month;
	CREATE VIEW shop.win_back AS SELECT 1 AS customer, 'x'::text AS was_here;
	GRANT SELECT ON shop.win_back, shop.tier_migration TO crm_test_reader;
END $$;
SELECT lives_ok($$SELECT old_views(), crm.upgrade_mart('shop')$$, 'upgrade_mart over views of an older version');
SELECT is_empty($$SELECT view, attname FROM columns_of('shop') WHERE comment IS NULL$$, 'all columns have their comments');
SELECT is_empty($$SELECT v FROM unnest(crm.mart_views()) AS v WHERE NOT has_table_privilege('crm_test_reader', 'shop.' || v, 'SELECT')$$, 'readers still read them all');
SELECT results_eq($$SELECT count(*) FROM columns_of('shop')$$, $$SELECT count(*) FROM columns_of('Tea & "Co"')$$, 'no column is lost');
DROP VIEW mine;
ALTER SCHEMA shop RENAME TO boutique;
SELECT lives_ok(format('SELECT * FROM boutique.%I', v), v || ' can be read under another name of the schema') FROM unnest(crm.mart_views()) AS v;
ALTER SCHEMA boutique RENAME TO shop;

-- ---------------------------------------------------------------- erasing a customer, as doc/mart_operations.md has it

DELETE FROM refunds WHERE customer = 42;
DELETE FROM orders WHERE customer = 42;
DELETE FROM shop.history WHERE customer_id = 42 AND history::text = '';
DELETE FROM shop.customer WHERE customer_id = 42;
DELETE FROM shop.tier_history WHERE customer_id = 42;
DELETE FROM shop.event WHERE customer_id = 42;
DELETE FROM shop.score WHERE customer_id = 42;
DO $$ BEGIN PERFORM crm.drain('shop'); PERFORM crm.refresh('shop'); END $$;
SELECT is_empty(format('SELECT FROM shop.%I WHERE customer_id = 42', c.relname), 'erased from ' || c.relname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id' WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind = 'r' AND c.relname <> 'source';
SELECT is_empty($$SELECT * FROM crm.verify('shop')$$, 'verify, after a customer was erased');

-- ---------------------------------------------------------------- a reader

GRANT USAGE ON SCHEMA public TO crm_test_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO crm_test_reader, crm_test_nobody;
CREATE FUNCTION as_reader(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL ROLE crm_test_reader;
	EXECUTE statement;
	RESET ROLE;
	RETURN 'allowed';
EXCEPTION WHEN insufficient_privilege THEN
	RETURN 'refused';
END $$;
SELECT is(as_reader(format('SELECT * FROM shop.%I', v)), 'allowed', 'a reader reads ' || v) FROM unnest(crm.mart_views()) AS v;
SELECT is(as_reader(s), 'refused', 'a reader may not: ' || s) FROM unnest(ARRAY['SELECT * FROM public.orders', 'SELECT * FROM public.refunds', 'SELECT * FROM shop.source_1', 'INSERT INTO public.orders VALUES (1)',
	'UPDATE shop.settings SET zone = zone', 'DELETE FROM shop.event', 'INSERT INTO shop.quarantine SELECT * FROM shop.quarantine', 'TRUNCATE shop.history', 'CREATE TABLE shop.x ()',
	'SELECT shop.drain(1)', 'SELECT * FROM crm.refresh(''shop'')', 'SELECT * FROM "Tea & ""Co""".customer_360']) AS s;
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace AND has_table_privilege('crm_test_reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') AND c.relkind IN ('r', 'v')$$, 'a reader has no right to write');
SELECT is_empty($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'shop'::regnamespace AND has_function_privilege('crm_test_reader', p.oid, 'EXECUTE')$$, 'nor to call the functions of the mart');
SELECT is(has_schema_privilege('crm_test_nobody', 'shop', 'USAGE'), false, 'somebody else cannot even look');
SELECT crm.revoke_reader('shop', 'crm_test_reader');
SELECT is(as_reader('SELECT * FROM shop.customer_360'), 'refused', 'revoke_reader takes it back');

DROP VIEW valuable;
SELECT lives_ok($$SELECT crm.drop_mart('shop')$$, 'drop_mart takes the views too');
SELECT * FROM finish();
ROLLBACK;
