-- One row a customer.

-- The figure that the thresholds of the tiers are compared with, from a history h.history, the settings s
-- with s.today, and a predicted value r.clv: what mart_figure is to the triggers, but told the rules by the
-- settings of the moment. Cut to cents, not rounded: no threshold is reached by it that is not reached.
CREATE FUNCTION crm.mart_figure_sql() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT $sql$CASE
		WHEN s.tier_measure = 'predicted' THEN coalesce(trunc(r.clv::numeric, 2), 0)
		WHEN s.tier_calendar_year AND s.tier_measure = 'orders' THEN greatest(
			crm.orders(crm.slice(h.history, make_date(date_part('year', s.today)::integer, 1, 1), s.today)),
			crm.orders(crm.slice(h.history, make_date(date_part('year', s.today)::integer - 1, 1, 1), make_date(date_part('year', s.today)::integer - 1, 12, 31))))::numeric
		WHEN s.tier_calendar_year THEN greatest(
			crm.revenue(crm.slice(h.history, make_date(date_part('year', s.today)::integer, 1, 1), s.today)),
			crm.revenue(crm.slice(h.history, make_date(date_part('year', s.today)::integer - 1, 1, 1), make_date(date_part('year', s.today)::integer - 1, 12, 31))))
		WHEN s.tier_measure = 'orders' THEN crm.orders(crm.slice(h.history, coalesce(s.today - (s.tier_window_days - 1), '-infinity'), s.today))::numeric
		ELSE crm.revenue(crm.slice(h.history, coalesce(s.today - (s.tier_window_days - 1), '-infinity'), s.today))
	END$sql$
$$;
COMMENT ON FUNCTION crm.mart_figure_sql() IS
	'SQL for the views: the figure that tiers are measured by, of a history h.history, settings s with s.today and a score r';

CREATE FUNCTION crm.mart_create_customer_views(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- Everything hangs on h.customer_id: a condition on it reaches the indexes of every table.
	PERFORM crm.mart_create_view(mart, 'customer_360', format($sql$
		SELECT h.customer_id,
			crm.first_order(h.history) AS first_order,
			crm.last_order(h.history) AS last_order,
			crm.orders(h.history) AS orders,
			crm.purchase_days(h.history) AS purchase_days,
			crm.revenue(h.history) AS revenue,
			round(crm.average_order_value(h.history), 2) AS average_order_value,
			round(crm.days_between_orders(h.history)::numeric, 1) AS days_between_orders,
			crm.recency_days(h.history, s.today) AS recency_days,
			crm.age_days(h.history, s.today) AS age_days,
			crm.revenue(crm.slice(h.history, s.today - 364, s.today)) AS revenue_365d,
			crm.tier_label(c.tier) AS tier,
			crm.tier_rank(c.tier) AS tier_rank,
			c.tier_since,
			f.figure AS tier_figure,
			crm.tier_label(n.next_tier) AS next_tier,
			CASE WHEN f.figure < n.threshold THEN n.threshold - f.figure WHEN f.figure >= n.threshold THEN 0 END AS missing_to_next_tier,
			r.rfm::text AS rfm,
			crm.recency_score(r.rfm) AS recency_score,
			crm.frequency_score(r.rfm) AS frequency_score,
			crm.monetary_score(r.rfm) AS monetary_score,
			r.segment,
			round(r.p_alive::numeric, 4) AS p_alive,
			round(r.churn_probability::numeric, 4) AS churn_probability,
			round(r.expected_orders::numeric, 2) AS expected_orders,
			round(r.clv::numeric, 2) AS clv,
			r.next_order_date,
			r.as_of AS score_as_of
		FROM @mart@.customer_history AS h
		CROSS JOIN @settings@ AS s
		LEFT JOIN @mart@.customer AS c ON c.customer_id @equals@ h.customer_id
		LEFT JOIN @mart@.score AS r ON r.as_of = @newest@ AND r.customer_id @equals@ h.customer_id
		CROSS JOIN LATERAL (SELECT %s AS figure) AS f
		LEFT JOIN (SELECT rank, lead(tier) OVER (ORDER BY rank) AS next_tier, lead(threshold) OVER (ORDER BY rank) AS threshold
		           FROM (SELECT -1 AS rank, NULL::crm.tier AS tier, NULL::numeric AS threshold
		                 UNION ALL
		                 SELECT t.rank, t.tier, t.threshold FROM @settings@ AS l, crm.tiers(l.ladder) AS t) AS rungs) AS n
			ON n.rank = coalesce(crm.tier_rank(c.tier), -1)
		WHERE h.history OPERATOR(crm.<>) ''
		$sql$, crm.mart_figure_sql()), ARRAY[
		'everything about a customer in one row: what was bought (live), the tier (live), scores (from the newest snapshot of crm.refresh). Depends on the clock: today is the day in the zone of the mart',
		'customer_id', 'the customer, as the source names it',
		'first_order', 'day of the first order; empty if there are only refunds',
		'last_order', 'day of the last order; empty if there are only refunds',
		'orders', 'number of orders; refunds are none',
		'purchase_days', 'days with at least one order: several orders on one day count once',
		'revenue', 'money received, refunds taken off, in the currency of the mart; all time',
		'average_order_value', 'revenue divided by orders, to the cent; empty without orders',
		'days_between_orders', 'usual gap: mean days from one purchase day to the next; empty with fewer than two',
		'recency_days', 'days since the last order up to today; 0 is today, smaller is better',
		'age_days', 'days since the first order',
		'revenue_365d', 'revenue of the last 365 days, today included, refunds taken off',
		'tier', 'the tier held now; empty below the lowest threshold, and where the mart has no tiers',
		'tier_rank', 'rank of the tier, 0 to 9, higher is better: sort by this, not by the name',
		'tier_since', 'day on which the tier was given',
		'tier_figure', 'what the thresholds of the tiers are compared with: revenue, orders or predicted value, in the window of the mart''s tier rules, as of today',
		'next_tier', 'the tier above; empty on the highest',
		'missing_to_next_tier', 'how much the figure still lacks to the threshold of the next tier, in the unit of tier_figure; 0 if it is reached; empty on the highest tier',
		'rfm', 'the three scores together: recency, frequency, monetary value; 555 is best',
		'recency_score', 'how recently the customer bought: 1 longest ago, the highest score (5 by default) most recently',
		'frequency_score', 'how often: 1 seldom, the highest score most often',
		'monetary_score', 'for how much: 1 least, the highest score most',
		'segment', 'name of the segment; empty where the scheme names none',
		'p_alive', 'probability that the customer is still one, 0 to 1; higher is better; empty without a usable model',
		'churn_probability', 'probability of no order in the next days (churn_days in the settings, 90 by default), 0 to 1; lower is better',
		'expected_orders', 'days with an order that are expected within the horizon (horizon_days in the settings, 365 by default)',
		'clv', 'expected revenue within the horizon, discounted, in the currency of the mart; past revenue is not in it',
		'next_order_date', 'day by which the next order is more likely than not; empty if more likely never',
		'score_as_of', 'the day for which rfm, segment and the predictions were computed; empty for a customer who came later']);
END
$$;
COMMENT ON FUNCTION crm.mart_create_customer_views(text) IS
	'makes the view customer_360';
