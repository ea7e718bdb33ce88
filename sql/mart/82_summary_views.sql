-- What is true of many customers at once.

CREATE FUNCTION crm.mart_create_summary_views(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_create_view(mart, 'segment_summary', $sql$
		SELECT r.segment,
			count(*) AS customers,
			round(count(*) / sum(count(*)) OVER (), 4) AS customer_share,
			sum(r.revenue) AS revenue,
			round(sum(r.revenue) / nullif(sum(sum(r.revenue)) OVER (), 0), 4) AS revenue_share,
			round(sum(r.revenue) / nullif(sum(r.orders), 0), 2) AS average_order_value,
			round(avg(r.purchase_days), 2) AS average_purchase_days,
			round(avg(r.as_of - r.last_order), 1) AS average_recency_days,
			round(avg(r.churn_probability)::numeric, 4) AS average_churn_probability,
			round(sum(r.clv)::numeric, 2) AS clv,
			r.as_of
		FROM @mart@.score AS r
		WHERE r.as_of = @newest@
		GROUP BY r.segment, r.as_of
		ORDER BY revenue DESC
		$sql$, ARRAY[
		'the segments: how many customers, what they brought, how likely they are to leave. From the newest snapshot of crm.refresh; empty before the first',
		'segment', 'name of the segment; empty: customers whom the scheme gives no name',
		'customers', 'number of customers',
		'customer_share', 'their share of all customers, 0 to 1',
		'revenue', 'their revenue up to as_of, refunds taken off, in the currency of the mart',
		'revenue_share', 'their share of all revenue, 0 to 1',
		'average_order_value', 'revenue divided by orders',
		'average_purchase_days', 'mean number of days with an order',
		'average_recency_days', 'mean days since the last order, as of the snapshot; smaller is better',
		'average_churn_probability', 'mean probability of no order in the next churn_days days (90 by default), 0 to 1; lower is better; empty without a usable model',
		'clv', 'sum of the expected, discounted revenue within the horizon (365 days by default), in the currency of the mart',
		'as_of', 'the day of the snapshot']);

	PERFORM crm.mart_create_view(mart, 'rfm_heatmap', $sql$
		SELECT a.recency_score,
			f.frequency_score,
			count(r.rfm) AS customers,
			round(count(r.rfm) / nullif(sum(count(r.rfm)) OVER (), 0), 4) AS customer_share,
			coalesce(sum(r.revenue), 0) AS revenue,
			round(avg(r.revenue), 2) AS average_revenue,
			round(avg(r.monetary_score), 2) AS average_monetary_score,
			a.as_of
		FROM (SELECT n.as_of, crm.rfm_levels(n.cuts) AS levels, score AS recency_score
		      FROM @mart@.snapshot AS n, generate_series(1, crm.rfm_levels(n.cuts)) AS score
		      WHERE n.as_of = @newest@) AS a
		CROSS JOIN LATERAL generate_series(1, a.levels) AS f (frequency_score)
		LEFT JOIN (SELECT rfm, crm.recency_score(rfm) AS recency_score, crm.frequency_score(rfm) AS frequency_score, crm.monetary_score(rfm) AS monetary_score, revenue
		           FROM @mart@.score
		           WHERE as_of = @newest@) AS r
			ON r.recency_score = a.recency_score AND r.frequency_score = f.frequency_score
		GROUP BY a.as_of, a.recency_score, f.frequency_score
		ORDER BY a.recency_score DESC, f.frequency_score
		$sql$, ARRAY[
		'customers with an order by recency and frequency score: one row for each cell of the grid, also the empty ones. From the newest snapshot of crm.refresh; empty before the first',
		'recency_score', 'row of the grid: 1 bought longest ago, the highest score (5 by default) most recently',
		'frequency_score', 'column of the grid: 1 seldom, the highest score most often',
		'customers', 'number of customers in the cell',
		'customer_share', 'their share of all customers with an order, 0 to 1',
		'revenue', 'their revenue up to as_of, refunds taken off, in the currency of the mart',
		'average_revenue', 'revenue a customer; empty in an empty cell',
		'average_monetary_score', 'mean monetary score, 1 (least) to the highest; empty in an empty cell',
		'as_of', 'the day of the snapshot']);

	PERFORM crm.mart_create_view(mart, 'tier_summary', $sql$
		SELECT crm.tier_label(coalesce(t.tier, c.tier)) AS tier,
			crm.tier_rank(coalesce(t.tier, c.tier)) AS tier_rank,
			nullif(t.threshold, '-infinity') AS threshold,
			coalesce(c.customers, 0) AS customers,
			round(c.customers / sum(c.customers) OVER (), 4) AS customer_share,
			coalesce(c.orders, 0) AS orders,
			coalesce(c.revenue, 0) AS revenue,
			round(c.revenue / nullif(sum(c.revenue) OVER (), 0), 4) AS revenue_share,
			coalesce(c.revenue_365d, 0) AS revenue_365d,
			round(c.revenue_365d / nullif(sum(c.revenue_365d) OVER (), 0), 4) AS revenue_365d_share,
			round(c.revenue / nullif(c.orders, 0), 2) AS average_order_value,
			round(c.revenue_365d / c.customers, 2) AS average_revenue_365d
		FROM (SELECT x.tier, x.threshold FROM @settings@ AS l, crm.tiers(l.ladder) AS x) AS t
		FULL JOIN (SELECT m.tier, count(*) AS customers, sum(crm.orders(h.history))::bigint AS orders, sum(crm.revenue(h.history)) AS revenue,
		                  sum(crm.revenue(crm.slice(h.history, s.today - 364, s.today))) AS revenue_365d
		           FROM @mart@.customer_history AS h
		           CROSS JOIN @settings@ AS s
		           LEFT JOIN @mart@.customer AS m ON m.customer_id @equals@ h.customer_id
		           WHERE h.history OPERATOR(crm.<>) ''
		           GROUP BY m.tier) AS c
			ON c.tier OPERATOR(crm.=) t.tier
		ORDER BY tier_rank
		$sql$, ARRAY[
		'the tiers: how many customers hold each, and what they bring. Live; depends on the clock by the last 365 days',
		'tier', 'name of the tier; empty: customers without a tier',
		'tier_rank', 'rank of the tier, 0 to 9, higher is better: sort by this',
		'threshold', 'from this figure on the tier holds (inclusive), in the unit of the mart''s tier measure; empty: no lower bound, or a tier that is not on the ladder',
		'customers', 'number of customers who hold it now',
		'customer_share', 'their share of all customers, 0 to 1; empty if nobody holds it',
		'orders', 'their orders, all time',
		'revenue', 'their revenue, all time, refunds taken off, in the currency of the mart',
		'revenue_share', 'their share of all revenue, 0 to 1',
		'revenue_365d', 'their revenue of the last 365 days, today included',
		'revenue_365d_share', 'their share of the revenue of the last 365 days, 0 to 1',
		'average_order_value', 'revenue divided by orders, all time',
		'average_revenue_365d', 'revenue of the last 365 days a customer']);

	PERFORM crm.mart_create_view(mart, 'tier_migration', $sql$
		SELECT m.month,
			crm.tier_label(m.old_tier) AS from_tier,
			crm.tier_rank(m.old_tier) AS from_rank,
			crm.tier_label(m.new_tier) AS to_tier,
			crm.tier_rank(m.new_tier) AS to_rank,
			CASE sign(coalesce(crm.tier_rank(m.new_tier), -1) - coalesce(crm.tier_rank(m.old_tier), -1)) WHEN 1 THEN 'up' WHEN -1 THEN 'down' ELSE 'same' END AS direction,
			count(DISTINCT m.customer_id) AS customers,
			count(*) AS changes
		FROM (SELECT customer_id, old_tier, new_tier, as_of - (date_part('day', as_of)::integer - 1) AS month FROM @mart@.tier_history) AS m
		GROUP BY m.month, m.old_tier, m.new_tier
		ORDER BY m.month, from_rank NULLS FIRST, to_rank NULLS FIRST
		$sql$, ARRAY[
		'who rose and who fell: changes of tier by month, from which tier to which. Live',
		'month', 'first day of the month',
		'from_tier', 'the tier before; empty: none',
		'from_rank', 'its rank, 0 to 9; empty: none',
		'to_tier', 'the tier after; empty: none',
		'to_rank', 'its rank, 0 to 9; empty: none',
		'direction', 'up, down, or same (another name with the same rank)',
		'customers', 'number of different customers who made this change in that month',
		'changes', 'number of changes; more than customers if somebody made it twice']);

	-- One pass: each history is laid out by month, then summed by cohort. A history begins with its first
	-- order; money before that (a refund of an order from before) belongs to the first month. OFFSET 0
	-- keeps the cohort from being computed again for each day of a customer.
	PERFORM crm.mart_create_view(mart, 'cohort_retention', $sql$
		WITH cell AS (
			SELECT c.cohort, m.month, count(*) FILTER (WHERE m.ordered) AS active, sum(m.amount) AS revenue
			FROM (SELECT h.history, s.today, f.first - (date_part('day', f.first)::integer - 1) AS cohort
			      FROM @mart@.customer_history AS h
			      CROSS JOIN @settings@ AS s
			      CROSS JOIN LATERAL (SELECT crm.first_order(h.history, s.today) AS first) AS f
			      WHERE f.first IS NOT NULL
			      OFFSET 0) AS c
			CROSS JOIN LATERAL (
				SELECT greatest(a.day - (date_part('day', a.day)::integer - 1), c.cohort) AS month, bool_or(a.orders > 0) AS ordered, sum(a.amount) AS amount
				FROM crm.activity(c.history) AS a
				WHERE a.day <= c.today
				GROUP BY 1) AS m
			GROUP BY c.cohort, m.month
		)
		SELECT g.cohort,
			g.months_since,
			g.month,
			g.customers,
			CASE WHEN g.over THEN coalesce(cell.active, 0) END AS active,
			CASE WHEN g.over THEN round(coalesce(cell.active, 0)::numeric / g.customers, 4) END AS retention_rate,
			CASE WHEN g.over THEN coalesce(cell.revenue, 0) END AS revenue,
			CASE WHEN g.over THEN round(coalesce(cell.revenue, 0) / g.customers, 2) END AS revenue_per_customer
		FROM (SELECT o.cohort, o.active AS customers, k AS months_since,
		             (o.cohort + make_interval(months => k))::date AS month, (o.cohort + make_interval(months => k + 1))::date <= s.today AS over
		      FROM cell AS o
		      CROSS JOIN @settings@ AS s
		      CROSS JOIN LATERAL generate_series(0, ((date_part('year', s.today) - date_part('year', o.cohort)) * 12 + date_part('month', s.today) - date_part('month', o.cohort))::integer) AS k
		      WHERE o.month = o.cohort) AS g
		LEFT JOIN cell ON cell.cohort = g.cohort AND cell.month = g.month
		ORDER BY g.cohort, g.months_since
		$sql$, ARRAY[
		'of the customers who first bought in a month, how many came back in each later month, and for how much. One row for each cohort and month up to the present one. Live; depends on the clock: a month that is not yet over in the zone of the mart has empty figures, not low ones',
		'cohort', 'month of the first order, by its first day',
		'months_since', 'months after the month of the first order; 0 is that month itself',
		'month', 'the month looked at, by its first day',
		'customers', 'size of the cohort: customers whose first order was in that month; still growing in the present month',
		'active', 'how many of them ordered in the month; empty if it is not yet over',
		'retention_rate', 'active divided by customers, 0 to 1; 1 in month 0; higher is better; empty if the month is not yet over',
		'revenue', 'what they brought in the month, refunds taken off, in the currency of the mart; empty if it is not yet over',
		'revenue_per_customer', 'revenue divided by the customers of the cohort, active or not; empty if the month is not yet over']);

	-- Percentile p holds the customers ranked up to ceil(p * n / 100), by revenue from the top. Sums by
	-- percentile are all that the curve and the Gini coefficient need.
	PERFORM crm.mart_create_view(mart, 'revenue_concentration', $sql$
		WITH ranked AS (
			SELECT greatest(crm.revenue(h.history), 0) AS revenue, row_number() OVER (ORDER BY crm.revenue(h.history) DESC) AS place, count(*) OVER () AS total
			FROM @mart@.customer_history AS h
			WHERE crm.orders(h.history) > 0
		),
		bucket AS (
			SELECT ((place - 1) * 100 / total + 1)::integer AS percentile, total, count(*) AS customers, sum(revenue) AS revenue, sum(place * revenue) AS weighted
			FROM ranked GROUP BY 1, 2
		),
		curve AS (
			SELECT p AS percentile, max(b.total) OVER () AS total,
				coalesce(sum(b.customers) OVER up_to, 0)::bigint AS customers, coalesce(sum(b.revenue) OVER up_to, 0) AS revenue,
				nullif(sum(b.revenue) OVER (), 0) AS all_revenue, sum(b.weighted) OVER () AS weighted
			FROM generate_series(1, 100) AS p LEFT JOIN bucket AS b ON b.percentile = p
			WINDOW up_to AS (ORDER BY p)
		)
		SELECT c.percentile,
			c.customers,
			c.revenue,
			round(c.revenue / c.all_revenue, 4) AS revenue_share,
			round(1 - coalesce(rest.revenue, 0) / c.all_revenue, 4) AS lorenz_share,
			round((SELECT t.revenue / t.all_revenue FROM curve AS t WHERE t.percentile = 20), 4) AS top_20_share,
			round((c.total + 1.0) / c.total - 2 * c.weighted / (c.total * c.all_revenue), 4) AS gini
		FROM curve AS c
		LEFT JOIN curve AS rest ON rest.percentile = 100 - c.percentile
		WHERE c.total > 0
		ORDER BY c.percentile
		$sql$, ARRAY[
		'how much of the revenue comes from how few customers: the Lorenz curve in 100 steps, the Gini coefficient, the share of the top 20 %. Counted are customers with an order; whoever took more back than he bought counts as 0. Live',
		'percentile', 'the top 1, 2, ... 100 % of customers by revenue',
		'customers', 'how many customers that is, rounded up',
		'revenue', 'what they brought together, refunds taken off, in the currency of the mart',
		'revenue_share', 'their share of all revenue, 0 to 1: at percentile 20, what the top fifth brings',
		'lorenz_share', 'the Lorenz curve: share of all revenue that the bottom 1, 2, ... 100 % of customers bring, 0 to 1',
		'top_20_share', 'revenue_share at percentile 20, the same on each row: 0.8 is the 20/80 rule',
		'gini', 'Gini coefficient, the same on each row: 0 if all bring the same, towards 1 if one brings everything']);
END
$$;
COMMENT ON FUNCTION crm.mart_create_summary_views(text) IS
	'makes the views segment_summary, rfm_heatmap, tier_summary, tier_migration, cohort_retention, revenue_concentration';
