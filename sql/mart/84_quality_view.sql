-- Can the mart be trusted just now?

CREATE FUNCTION crm.mart_create_quality_view(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_create_view(mart, 'data_quality', $sql$
		SELECT q.check_name, q.subject COLLATE "default" AS subject, q.value, q.status, q.note
		FROM (
			SELECT 1 AS place, 'rows not counted' AS check_name, concat_ws(': ', s.relation, b.reason) AS subject, b.rows AS value,
				'warning' AS status, format('since %s at the earliest; the table quarantine has the orders', b.first_seen::date) AS note
			FROM (SELECT source_id, reason, sum(rows)::bigint AS rows, min(first_seen) AS first_seen FROM @mart@.quarantine WHERE rows > 0 GROUP BY 1, 2) AS b
			JOIN @mart@.source AS s USING (source_id)
			UNION ALL
			SELECT 1, 'rows not counted', NULL, 0, 'ok', 'every row of the sources is counted'
			WHERE NOT EXISTS (SELECT FROM @mart@.quarantine WHERE rows > 0)
			UNION ALL
			SELECT 2, 'triggers', concat_ws(': ', s.relation, CASE WHEN g.gone THEN 'table or trigger is gone' ELSE t.problem END, nullif(o.name, s.relation)),
				CASE WHEN g.gone THEN 1 ELSE count(t.problem) END, CASE WHEN g.gone OR t.problem IS NOT NULL THEN 'problem' ELSE 'ok' END,
				CASE WHEN g.gone THEN 'crm.remove_source takes what came from it out of the mart'
				     WHEN t.problem IS NOT NULL THEN 'changes of this table may be missing in the mart; crm.rebuild mends it, crm.verify finds what is missing'
				     ELSE 'every change of the table reaches the mart' END
			FROM @mart@.source AS s
			-- The name that the schema has now.
			CROSS JOIN (SELECT n.nspname::text AS name FROM @mart@.settings AS x JOIN pg_class AS r ON r.oid = x.tableoid JOIN pg_namespace AS n ON n.oid = r.relnamespace LIMIT 1) AS m
			CROSS JOIN LATERAL (SELECT crm.mart_source_table(m.name, s.source_id) IS NULL AS gone OFFSET 0) AS g
			LEFT JOIN LATERAL crm.mart_trigger_problems(m.name, s.source_id) AS t ON true
			LEFT JOIN LATERAL (SELECT format('%I.%I', n.nspname, r.relname) AS name FROM pg_class AS r JOIN pg_namespace AS n ON n.oid = r.relnamespace WHERE r.oid = t.relation) AS o ON true
			GROUP BY s.source_id, s.relation, g.gone, t.problem, o.name
			UNION ALL
			SELECT v.place, v.check_name, NULL, v.value, CASE WHEN v.value = 0 THEN 'ok' ELSE v.status END, v.note
			FROM (SELECT count(*) FILTER (WHERE NOT crm.is_valid(h.history)) AS impossible, count(*) FILTER (WHERE crm.last_order(h.history) > s.today) AS ahead,
			             count(*) FILTER (WHERE crm.revenue(h.history) < 0) AS negative, count(*) FILTER (WHERE crm.first_order(h.history) IS NULL AND h.history OPERATOR(crm.<>) '') AS refunds
			      FROM @mart@.customer_history AS h
			      CROSS JOIN @settings@ AS s) AS c
			CROSS JOIN LATERAL (VALUES
				(3, 'customers with an impossible past', c.impossible, 'problem', 'more orders taken back than made on some day; crm.verify finds what is missing'),
				(4, 'customers with orders in the future', c.ahead, 'warning', 'orders dated after today: they count in sums, not in recency'),
				(5, 'customers with revenue below zero', c.negative, 'warning', 'more was refunded than bought: are refunds of older orders in a source whose orders are not?'),
				(6, 'customers with refunds only', c.refunds, 'warning', 'refunds without an order: as above')) AS v (place, check_name, value, status, note)
			UNION ALL
			SELECT 7, 'changes waiting in the queue', NULL, count(*), CASE WHEN count(*) > 100000 THEN 'warning' ELSE 'ok' END, 'the views count them already; crm.drain adds them to the history'
			FROM @mart@.queue
			UNION ALL
			SELECT 8, 'days since the last refresh', n.as_of::text, s.today - n.as_of, CASE WHEN s.today - n.as_of <= 1 THEN 'ok' ELSE 'warning' END,
				CASE WHEN n.as_of IS NULL THEN 'never refreshed: no scores, no segments; SELECT * FROM crm.refresh(...)' ELSE 'scores and downgrades are of that day' END
			FROM (SELECT @newest@ AS as_of) AS n
			CROSS JOIN @settings@ AS s
			UNION ALL
			SELECT 9, 'days since the model was fitted', n.model_as_of::text, s.today - n.model_as_of, CASE WHEN n.note IS NULL AND crm.clv_has_spend(f.model) THEN 'ok' ELSE 'warning' END,
				CASE WHEN n.note IS NOT NULL THEN n.note
				     WHEN NOT crm.clv_has_spend(f.model) THEN 'no clv: what these customers spend does not determine a model of spend; crm.clv_diagnostics tells more'
				     ELSE concat('predictions come from ', coalesce(f.why, 'this model')) END
			FROM @mart@.snapshot AS n
			CROSS JOIN @settings@ AS s
			LEFT JOIN @mart@.model AS f ON f.fitted_as_of = n.model_as_of
			WHERE n.as_of = @newest@
			UNION ALL
			SELECT 10, 'version of the mart', NULL, s.mart_version, CASE WHEN s.mart_version = crm.mart_current_version() THEN 'ok' ELSE 'problem' END,
				CASE WHEN s.mart_version = crm.mart_current_version() THEN 'fits this crm' ELSE 'SELECT crm.upgrade_mart(...)' END
			FROM @settings@ AS s
		) AS q
		ORDER BY q.place, subject
		$sql$, ARRAY[
		'can the mart be trusted just now: one row for each check, status ok, warning or problem. Live; depends on the clock. It reads all histories, not the sources: crm.verify compares with these',
		'check_name', 'what is looked at',
		'subject', 'table and reason, or the day meant; empty where the check is of the whole mart',
		'value', 'how many: rows, triggers, customers, changes or days, as check_name says; empty if never',
		'status', 'ok, warning (look at it) or problem (figures may be wrong)',
		'note', 'what it means and what to do']);
END
$$;
COMMENT ON FUNCTION crm.mart_create_quality_view(text) IS
	'makes the view data_quality';
