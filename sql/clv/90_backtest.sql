-- clv: would a model have been right? Over an array, so that array_agg(history) collects the customers: of a table, or
-- of each group.

CREATE FUNCTION crm.clv_backtest(
	histories crm.history[], cut date, until date, process text DEFAULT 'mbgnbd'
)
	RETURNS TABLE (
		section text, bucket bigint, through date, predictor text, status text, customers bigint,
		actual_orders bigint, predicted_orders double precision, mae double precision, rmse double precision,
		actual_revenue numeric, predicted_revenue double precision
	)
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000000 ROWS 100 SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_column
DECLARE
	days integer;
	data crm.btyd_data;
	model crm.clv_model;
	fit_status text;
	usable boolean;
	money boolean;
BEGIN
	IF NOT isfinite($2) OR NOT isfinite($3) OR $2 >= $3 THEN
		RAISE EXCEPTION 'a backtest needs finite dates, cut before until'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'The model is fitted to what was known at the end of cut, and predicts the days after it up to and '
					'including until.';
	END IF;
	days := $3 - $2;
	data := (SELECT crm.btyd_agg(h, $2) FROM unnest($1) AS h WHERE h IS NOT NULL);
	model := crm.clv_fit(data, $4);
	usable := crm.clv_is_usable(model);
	money := crm.clv_has_spend(model);
	fit_status := (SELECT d.status FROM crm.clv_diagnostics(model) AS d);

	RETURN QUERY
	WITH customer AS (
		SELECT b.x, b.t_x, b.t, b.m_x,
			crm.purchase_days(h, $3) - crm.purchase_days(h, $2) AS orders,
			crm.revenue(h, $3) - crm.revenue(h, $2) AS revenue
		FROM unnest($1) AS h, LATERAL crm.btyd(h, $2, 7) AS b
		WHERE b.x IS NOT NULL AND crm.is_valid(h, $2)
	), predicted AS (
		SELECT 1 AS rank, $4 AS predictor, fit_status AS status, x, orders, revenue, p.expected,
			CASE WHEN money THEN p.expected * crm.btyd_expected_spend(model, x, m_x) END AS value
		FROM customer, LATERAL (
			SELECT CASE WHEN usable THEN crm.btyd_expected_orders(model, x, t_x, t, days) END AS expected OFFSET 0
		) AS p
		UNION ALL
		SELECT 2, 'same_pace', NULL, x, orders, revenue, p.expected, p.expected * coalesce(m_x, 0)
		FROM customer, LATERAL (SELECT CASE WHEN t > 0 THEN x * days / (7 * t) ELSE 0 END AS expected) AS p
	)
	SELECT CASE WHEN grouping(least(x, 7)) = 1 THEN 'total' ELSE 'repeat orders' END, least(x, 7), $3, predictor, status,
		count(*), sum(orders)::bigint, sum(expected), avg(abs(expected - orders)), sqrt(avg((expected - orders) ^ 2)),
		sum(revenue), sum(value)
	FROM predicted
	GROUP BY GROUPING SETS ((rank, predictor, status), (rank, predictor, status, least(x, 7)))
	ORDER BY grouping(least(x, 7)) DESC, least(x, 7), rank;

	RETURN QUERY
	WITH known AS MATERIALIZED (
		SELECT r.x, r.t_x, r.t, r.customers FROM crm.btyd_rows(data) AS r
	), actual AS (
		SELECT (a.day - $2 + 6) / 7 AS week, count(*) AS orders
		FROM unnest($1) AS h, LATERAL crm.activity(crm.slice(h, $2 + 1, $3)) AS a
		WHERE a.orders > 0 AND crm.purchase_days(h, $2) > 0 AND crm.is_valid(h, $2)
		GROUP BY 1
	), week AS (
		SELECT w AS number, least($2 + 7 * w, $3) AS through, least(7 * w, days) AS length,
			coalesce(sum(a.orders) OVER (ORDER BY w), 0)::bigint AS orders
		FROM generate_series(1, (days + 6) / 7) AS w LEFT JOIN actual AS a ON a.week = w
	)
	SELECT 'week', w.number::bigint, w.through, p.predictor, p.status, p.customers, w.orders, p.expected,
		NULL::float8, NULL::float8, NULL::numeric, NULL::float8
	FROM week AS w, LATERAL (
		SELECT 1 AS rank, $4 AS predictor, fit_status AS status, sum(k.customers)::bigint AS customers,
			CASE WHEN usable
				THEN sum(k.customers * crm.btyd_expected_orders(model, k.x, k.t_x, k.t, w.length)) END AS expected
		FROM known AS k
		UNION ALL
		SELECT 2, 'same_pace', NULL, sum(k.customers)::bigint,
			sum(k.customers * CASE WHEN k.t > 0 THEN k.x * w.length / (7 * k.t) ELSE 0 END)
		FROM known AS k
	) AS p
	ORDER BY w.number, p.rank;
END
$$;
COMMENT ON FUNCTION crm.clv_backtest(crm.history[], date, date, text) IS
	'would the model have been right? Fits the process to the customers as they stood at the end of cut and compares '
	'what it predicts for the days after, up to until, with what came. section total: all customers; repeat orders: '
	'by number of repeat orders at the cut (bucket, 7 is 7 or more); week: cumulative, by the end of through. Each '
	'for two predictors: the process, and same_pace, the naive rule that each customer goes on at the past pace x / t '
	'(Wuebben and Wangenheim 2008). mae and rmse: error of orders per customer. An order is a purchase day. '
	'Predictions are NULL, with the status beside, if the fit did not converge, revenue also without a spend model. '
	'No row for NULL; NULLs in the array are skipped; cut not before until is an error';
