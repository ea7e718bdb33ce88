-- Lists of customers to do something about.

CREATE FUNCTION crm.mart_create_list_views(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	-- Valuable customers of the newest snapshot who have not ordered since, with what both lists tell.
	-- Lost: hardly still a customer for the model; without a model, quiet for longer than churn_days and
	-- than one in a hundred who buys at random would be. A gap or two say little of the rhythm: hence the
	-- limits that the number of gaps sets, and a mark.
	_valuable text := $sql$
		(SELECT h.customer_id, h.history, r.segment, r.p_alive, r.churn_probability, r.clv, r.as_of, s.today, s.churn_days, d.last_order, d.gap, d.gaps_seen, d.silence_limit, d.lost_limit,
			s.today - d.last_order AS quiet,
			CASE d.gaps_seen WHEN 0 THEN 'only one purchase day so far'
			                 WHEN 1 THEN 'only 1 gap seen so far'
			                 WHEN 2 THEN 'only 2 gaps seen so far' END AS few_gaps,
			CASE WHEN r.p_alive IS NOT NULL THEN r.p_alive < 0.2
			     ELSE d.gaps_seen > 0 AND s.today - d.last_order > greatest(s.churn_days, d.lost_limit) END AS lost
		FROM @mart@.score AS r
		CROSS JOIN @settings@ AS s
		JOIN @mart@.snapshot AS n ON n.as_of = r.as_of
		JOIN @mart@.customer_history AS h ON h.customer_id @equals@ r.customer_id
		CROSS JOIN LATERAL (SELECT o.last_order, crm.days_between_orders(h.history) AS gap, crm.purchase_days(h.history) - 1 AS gaps_seen,
		                           crm.silence_limit(h.history, o.last_order) AS silence_limit, crm.silence_limit(h.history, o.last_order, 0.01) AS lost_limit
		                    FROM (SELECT crm.last_order(h.history) AS last_order) AS o) AS d
		WHERE r.as_of = @newest@
			AND crm.monetary_score(r.rfm) > 0.6 * crm.rfm_levels(n.cuts)
			AND d.last_order <= r.as_of) AS v$sql$;
BEGIN
	PERFORM crm.mart_create_view(mart, 'churn_watchlist', format($sql$
		SELECT v.customer_id,
			crm.tier_label(c.tier) AS tier,
			v.segment,
			crm.revenue(v.history) AS revenue,
			crm.revenue(crm.slice(v.history, v.today - 364, v.today)) AS revenue_365d,
			round(v.clv::numeric, 2) AS clv,
			v.last_order,
			v.quiet AS recency_days,
			round(v.gap::numeric, 1) AS days_between_orders,
			round((v.quiet / nullif(v.gap, 0))::numeric, 1) AS gaps_missed,
			v.gaps_seen,
			ceil(v.silence_limit)::bigint AS silence_limit,
			round(v.churn_probability::numeric, 4) AS churn_probability,
			concat_ws('; ',
				CASE WHEN v.quiet >= v.silence_limit THEN format('no order for %%s days, usually one every %%s; %%s and more are 5 %%%% likely by chance', v.quiet, round(v.gap), ceil(v.silence_limit)) END,
				CASE WHEN v.churn_probability >= 0.5 THEN format('no order within %%s days: %%s %%%% likely', v.churn_days, round(100 * v.churn_probability)) END,
				v.few_gaps) AS reasons,
			v.as_of AS score_as_of
		FROM %s
		LEFT JOIN @mart@.customer AS c ON c.customer_id @equals@ v.customer_id
		WHERE NOT v.lost AND (v.quiet >= v.silence_limit OR v.churn_probability >= 0.5)
		ORDER BY revenue_365d DESC
		$sql$, _valuable), ARRAY[
		'valuable customers who may be leaving, the greatest revenue of the last 365 days first. Valuable: a monetary score in the upper two fifths (4 or 5 of 5). On the list: quiet for silence_limit days or longer, or churn_probability 0.5 or more; not on it: those already lost (win_back), and who has ordered since the snapshot. Scores from the newest snapshot of crm.refresh, the rest live; depends on the clock',
		'customer_id', 'the customer, as the source names it',
		'tier', 'the tier held now',
		'segment', 'name of the segment',
		'revenue', 'all revenue so far, refunds taken off, in the currency of the mart',
		'revenue_365d', 'revenue of the last 365 days',
		'clv', 'expected revenue within the horizon (365 days by default), discounted: what there is to lose',
		'last_order', 'day of the last order',
		'recency_days', 'days since then, up to today',
		'days_between_orders', 'usual gap: mean days from one purchase day to the next; empty after a single one',
		'gaps_missed', 'recency_days divided by the usual gap: 1 is when the next order was due',
		'gaps_seen', 'gaps between purchase days seen so far; with fewer than three the usual gap is a guess, and reasons say so',
		'silence_limit', 'days without an order that a customer who buys at random exceeds with 5 percent chance, given so many gaps: 19 usual gaps after one, 5.1 after three, 3 after very many; empty after a single purchase day',
		'churn_probability', 'probability of no order in the next churn_days days (90 by default), 0 to 1; lower is better',
		'reasons', 'why the customer is on the list, in words',
		'score_as_of', 'the day of the snapshot']);

	PERFORM crm.mart_create_view(mart, 'win_back', format($sql$
		SELECT v.customer_id,
			crm.tier_label(c.tier) AS tier,
			v.segment,
			crm.revenue(v.history) AS revenue,
			crm.orders(v.history) AS orders,
			round(crm.average_order_value(v.history), 2) AS average_order_value,
			round(365 * crm.revenue(v.history) / greatest(v.last_order - crm.first_order(v.history), 365), 2) AS revenue_per_year,
			v.last_order,
			v.quiet AS recency_days,
			round(v.gap::numeric, 1) AS days_between_orders,
			v.gaps_seen,
			round(v.p_alive::numeric, 4) AS p_alive,
			concat_ws('; ',
				CASE WHEN v.p_alive IS NOT NULL THEN format('still a customer: %%s %%%% likely', round((100 * v.p_alive)::numeric, 1))
				     ELSE format('no order for %%s days, usually one every %%s; %%s and more are 1 %%%% likely by chance', v.quiet, round(v.gap), ceil(v.lost_limit)) END,
				v.few_gaps) AS reasons,
			v.as_of AS score_as_of
		FROM %s
		LEFT JOIN @mart@.customer AS c ON c.customer_id @equals@ v.customer_id
		WHERE v.lost
		ORDER BY revenue DESC
		$sql$, _valuable), ARRAY[
		'valuable customers who are lost: whom to call first to win back, the greatest revenue first. Valuable: a monetary score in the upper two fifths (4 or 5 of 5). Lost: p_alive below 0.2; without a usable model, quiet for longer than churn_days (90 by default) and than 1 percent of customers who buy at random would be, given the gaps seen; then a single purchase day says nothing. Who has ordered since the snapshot is not on the list. Scores from the newest snapshot of crm.refresh, the rest live; depends on the clock',
		'customer_id', 'the customer, as the source names it',
		'tier', 'the tier held now',
		'segment', 'name of the segment',
		'revenue', 'all revenue so far, refunds taken off, in the currency of the mart',
		'orders', 'number of orders',
		'average_order_value', 'revenue divided by orders',
		'revenue_per_year', 'revenue a year, from the first order to the last; less than a year counts as a year',
		'last_order', 'day of the last order',
		'recency_days', 'days since then, up to today',
		'days_between_orders', 'usual gap while the customer bought: mean days from one purchase day to the next; empty after a single one',
		'gaps_seen', 'gaps between purchase days seen so far; with fewer than three the usual gap is a guess, and reasons say so',
		'p_alive', 'probability that the customer is still one, 0 to 1; empty without a usable model',
		'reasons', 'why the customer is on the list, in words',
		'score_as_of', 'the day of the snapshot']);
	PERFORM crm.mart_create_downgrade_view(mart);
END
$$;
COMMENT ON FUNCTION crm.mart_create_list_views(text) IS
	'makes the views churn_watchlist, win_back, at_risk_of_downgrade';

-- What leaves the window leaves the figure: each purchase day in the window has the day on which it is no
-- longer in it, and the figure that is left then. The first of them below the threshold is the day.
CREATE FUNCTION crm.mart_create_downgrade_view(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_create_view(mart, 'at_risk_of_downgrade', format($sql$
		SELECT x.customer_id,
			crm.tier_label(x.tier) AS tier,
			crm.tier_rank(x.tier) AS tier_rank,
			x.threshold,
			x.figure AS tier_figure,
			x.falls_below_on,
			x.left_then AS figure_then,
			x.threshold - x.left_then AS amount_to_stay,
			x.downgrade_on,
			x.downgrade_on - x.today AS days_left,
			crm.tier_label(CASE WHEN x.tier_step = 'one' AND x.override_until IS NULL THEN x.tier_below ELSE crm.tier_for(x.ladder, x.left_then) END) AS falls_to
		FROM (
			SELECT h.customer_id, c.tier, c.override_until, t.threshold, t.tier_below, f.figure, fall.day AS falls_below_on, fall.left_then, s.today, s.tier_step, s.ladder,
				CASE WHEN c.override_until IS NOT NULL THEN greatest(c.override_until + 1, fall.day)
				     ELSE greatest(s.today, CASE WHEN fall.day <= s.today THEN coalesce(c.below_since, fall.day) ELSE fall.day END + s.tier_grace_days) END AS downgrade_on
			FROM @mart@.customer AS c
			CROSS JOIN @settings@ AS s
			JOIN (SELECT r.rank, r.threshold, lag(r.tier) OVER (ORDER BY r.rank) AS tier_below
			      FROM @settings@ AS l, crm.tiers(l.ladder) AS r) AS t ON t.rank = crm.tier_rank(c.tier) AND t.threshold > '-infinity'
			JOIN @mart@.customer_history AS h ON h.customer_id @equals@ c.customer_id
			LEFT JOIN @mart@.score AS r ON r.as_of = @newest@ AND r.customer_id @equals@ c.customer_id
			CROSS JOIN LATERAL (SELECT %s AS figure) AS f
			CROSS JOIN LATERAL (
				SELECT e.day, e.left_then
				FROM (SELECT s.today AS day, f.figure AS left_then
				      UNION ALL
				      SELECT make_date(date_part('year', s.today)::integer + 1, 1, 1),
				             CASE s.tier_measure WHEN 'orders' THEN crm.orders(y.this_year)::numeric ELSE crm.revenue(y.this_year) END
				      FROM (SELECT crm.slice(h.history, make_date(date_part('year', s.today)::integer, 1, 1), s.today) AS this_year) AS y
				      WHERE s.tier_calendar_year AND s.tier_measure <> 'predicted'
				      UNION ALL
				      SELECT a.day + s.tier_window_days, f.figure - sum(CASE s.tier_measure WHEN 'orders' THEN a.orders ELSE a.amount END) OVER (ORDER BY a.day)
				      FROM crm.activity(crm.slice(h.history, s.today - (s.tier_window_days - 1), s.today)) AS a
				      WHERE NOT s.tier_calendar_year AND s.tier_measure <> 'predicted') AS e
				WHERE e.left_then < t.threshold
				ORDER BY e.day LIMIT 1) AS fall
		) AS x
		WHERE x.downgrade_on <= x.today + 90
		ORDER BY x.downgrade_on, x.threshold DESC
		$sql$, crm.mart_figure_sql()), ARRAY[
		'customers who will lose their tier within 90 days if they buy nothing more, and what keeps them: buying amount_to_stay before falls_below_on. The first to fall come first. Live; depends on the clock: today is the day in the zone of the mart. A tier is taken by crm.refresh, not before',
		'customer_id', 'the customer, as the source names it',
		'tier', 'the tier held now',
		'tier_rank', 'its rank, 0 to 9, higher is better',
		'threshold', 'the figure that holds the tier (inclusive), in the unit of the mart''s tier measure: money or orders',
		'tier_figure', 'the figure as of today',
		'falls_below_on', 'first day on which the figure is below the threshold because purchases have left the window; today if it is below already',
		'figure_then', 'what is left of the figure on that day',
		'amount_to_stay', 'threshold minus figure_then: what must be bought before falls_below_on to hold the tier through that day',
		'downgrade_on', 'first day on which crm.refresh may take the tier: days of grace and a tier given by hand are reckoned in',
		'days_left', 'days from today to downgrade_on; 0: the next refresh takes it',
		'falls_to', 'the tier that follows; empty: none']);
END
$$;
COMMENT ON FUNCTION crm.mart_create_downgrade_view(text) IS
	'makes the view at_risk_of_downgrade';
