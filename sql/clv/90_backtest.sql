-- clv: would the model have been right? Over an array, so that array_agg(history) collects the customers: of a table, or
-- of each group.

CREATE FUNCTION crm.clv_backtest(
	histories crm.history[], as_of date, days integer DEFAULT NULL, windows integer DEFAULT 4,
	process text DEFAULT 'auto', regularity integer DEFAULT NULL
)
	RETURNS TABLE (
		cut date, through date, section text, bucket bigint, label text, predictor text, fitted_process text, status text,
		customers bigint, actual_orders bigint, predicted_orders double precision, bias double precision,
		mae double precision, rmse double precision,
		actual_spend double precision, predicted_spend double precision, spend_mae double precision,
		actual_revenue numeric, predicted_revenue double precision, revenue_mae double precision,
		revenue_rmse double precision,
		actual_silent double precision, predicted_silent double precision, brier double precision, auc double precision
	)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000000 ROWS 400 SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_column
DECLARE
	since date;
	length integer := $3;
	number integer := $4;
	unit text;
BEGIN
	IF $1 IS NULL OR $2 IS NULL OR $4 IS NULL OR $5 IS NULL THEN
		RETURN;
	END IF;
	IF NOT isfinite($2) OR NOT $3 BETWEEN 1 AND 36525 OR NOT $4 BETWEEN 1 AND 1000 THEN
		RAISE EXCEPTION 'a backtest needs a finite as_of, 1 to 36525 days, and 1 to 1000 windows'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Windows of so many days follow each other; the last ends with as_of.';
	END IF;
	-- what fit does not know is an error also where there is nobody to fit to
	PERFORM crm.clv_fit((SELECT crm.btyd_agg(h, $2) FROM unnest('{}'::crm.history[]) AS h), $5, false, $6);

	-- Half of the time, or more, to learn from; and nobody is known before the first purchase of all.
	SELECT min(crm.first_order(h, $2)) INTO since FROM unnest($1) AS h WHERE crm.is_valid(h, $2);
	length := coalesce(length, greatest(1, least(91, ($2 - since) / 8)));
	number := least(number, ($2 - since) / length);
	IF number IS NULL OR number < 1 THEN
		RETURN;
	END IF;
	unit := CASE WHEN $2 - since < 731 THEN 'month' WHEN $2 - since < 2200 THEN 'quarter' ELSE 'year' END;

	RETURN QUERY
	WITH setup AS MATERIALIZED (
		-- windows count back from as_of; one more, the oldest, serves only to teach the naive rules
		SELECT w, w <= number AS tested, $2 - w * length AS cut, $2 - (w - 1) * length AS through, f.model,
			concat(d.process, ', regularity ' || nullif(d.regularity, 1)) AS process,
			d.status, crm.clv_is_usable(f.model) AS usable, crm.clv_has_spend(f.model) AS money
		FROM generate_series(1, least(number + 1, ($2 - since) / length)) AS w
			LEFT JOIN LATERAL (
				SELECT crm.clv_fit(crm.btyd_agg(h, $2 - w * length), $5, regularity => $6) AS model
				FROM unnest($1) AS h WHERE w <= number AND h IS NOT NULL
			) AS f ON f.model IS NOT NULL
			LEFT JOIN LATERAL crm.clv_diagnostics(f.model) AS d ON true
	), customer AS MATERIALIZED (
		SELECT s.w, s.tested, least(k.past - 1, 7) AS repeats,
			CASE unit WHEN 'month' THEN extract(year FROM k.first) * 100 + extract(month FROM k.first)
				WHEN 'quarter' THEN extract(year FROM k.first) * 10 + extract(quarter FROM k.first)
				ELSE extract(year FROM k.first) END::bigint AS cohort,
			s.cut - k.last AS recency, k.orders, k.revenue, k.revenue::float8 AS money,
			coalesce((k.past - 1) * length / nullif(s.cut - k.first, 0)::float8, 0) AS pace,
			CASE WHEN k.past > 1 THEN (k.past_revenue - crm.revenue(h, k.first)) / (k.past - 1) ELSE k.past_revenue
				END::float8 AS own_spend,
			m.expected, m.silent, m.spend,
			CASE WHEN m.soon <= s.through THEN crm.purchase_days(h, m.soon) > k.past END AS soon,
			CASE WHEN m.half <= s.through THEN crm.purchase_days(h, m.half) > k.past END AS half,
			CASE WHEN m.late <= s.through THEN crm.purchase_days(h, m.late) > k.past END AS late
		FROM setup AS s, unnest($1) AS h,
			LATERAL (
				SELECT crm.purchase_days(h, s.cut) AS past, crm.first_order(h, s.cut) AS first,
					crm.last_order(h, s.cut) AS last, crm.revenue(h, s.cut) AS past_revenue,
					crm.purchase_days(h, s.through) - crm.purchase_days(h, s.cut) AS orders,
					crm.revenue(h, s.through) - crm.revenue(h, s.cut) AS revenue
				OFFSET 0
			) AS k,
			LATERAL (
				SELECT CASE WHEN s.usable THEN crm.expected_orders(s.model, h, s.cut, length) END AS expected,
					CASE WHEN s.usable THEN crm.churn_probability(s.model, h, s.cut, length) END AS silent,
					CASE WHEN s.money THEN crm.expected_spend(s.model, h, s.cut) END AS spend,
					CASE WHEN s.usable THEN crm.next_order_date(s.model, h, s.cut, 0.25) END AS soon,
					CASE WHEN s.usable THEN crm.next_order_date(s.model, h, s.cut, 0.5) END AS half,
					CASE WHEN s.usable THEN crm.next_order_date(s.model, h, s.cut, 0.75) END AS late
				OFFSET 0
			) AS m
		WHERE k.past > 0 AND crm.is_valid(h, s.cut)
	), by_recency AS (
		-- those who ordered within the last `recency` days, and the rest: how many there are, were silent, ordered
		SELECT w, recency, sum(count(*)) OVER up AS n, sum(count(*)) OVER everybody AS all_n,
			sum(count(*) FILTER (WHERE orders = 0)) OVER up AS silent,
			sum(count(*) FILTER (WHERE orders = 0)) OVER everybody AS all_silent,
			sum(sum(orders)) OVER up AS orders, sum(sum(orders)) OVER everybody AS all_orders,
			sum(sum(revenue)) OVER everybody AS all_revenue
		FROM customer
		GROUP BY w, recency
		WINDOW up AS (PARTITION BY w ORDER BY recency), everybody AS (PARTITION BY w)
	), rule AS MATERIALIZED (
		-- what the naive rules say in a window, as learned in the one before it; k by the Brier score
		SELECT DISTINCT ON (w) w - 1 AS w, recency AS k, (orders / n)::float8 AS orders, (silent / n)::float8 AS silent,
			coalesce((all_orders - orders) / nullif(all_n - n, 0), orders / n)::float8 AS rest_orders,
			coalesce((all_silent - silent) / nullif(all_n - n, 0), silent / n)::float8 AS rest_silent,
			(all_orders / all_n)::float8 AS mean_orders, (all_silent / all_n)::float8 AS mean_silent,
			(all_revenue / nullif(all_orders, 0))::float8 AS mean_spend
		FROM by_recency
		ORDER BY w, silent * (n - silent) / n
			+ coalesce((all_silent - silent) * (all_n - n - all_silent + silent) / nullif(all_n - n, 0), 0), recency
	), said AS (
		SELECT c.w, c.cohort, c.repeats, p.rank, p.expected, p.silent, p.spend, c.orders, c.revenue, c.money,
			CASE WHEN p.rank = 1 AND p.silent IS NOT NULL THEN least(floor(10 * p.silent) + 1, 10)::bigint END AS tenth
		FROM customer AS c LEFT JOIN rule AS r ON r.w = c.w,
			LATERAL (VALUES
				(1, c.expected, c.silent, c.spend),
				(2, c.pace, NULL, c.own_spend),
				(3, CASE WHEN c.recency <= r.k THEN r.orders ELSE r.rest_orders END,
					CASE WHEN c.recency <= r.k THEN r.silent ELSE r.rest_silent END, r.mean_spend),
				(4, r.mean_orders, r.mean_silent, r.mean_spend)
			) AS p(rank, expected, silent, spend)
		WHERE c.tested
	), cell AS MATERIALIZED (
		SELECT w, cohort, repeats, tenth, rank, count(*) AS n, sum(orders) AS orders, sum(revenue) AS revenue,
			count(*) FILTER (WHERE orders = 0) AS quiet,
			CASE WHEN count(*) = count(expected) THEN sum(expected) END AS expected,
			sum(abs(expected - orders)) AS off, sum((expected - orders) ^ 2) AS square,
			CASE WHEN count(*) = count(spend) THEN sum(expected * spend) END AS value,
			sum(abs(expected * spend - money)) AS value_off,
			sum((expected * spend - money) ^ 2) AS value_square,
			sum(abs(spend * orders - money)) FILTER (WHERE orders > 0) AS spend_off,
			CASE WHEN count(*) = count(silent) THEN sum(silent) END AS silent,
			sum((silent - (orders = 0)::integer) ^ 2) AS brier
		FROM said
		GROUP BY w, cohort, repeats, tenth, rank
	), pair AS MATERIALIZED (
		-- for the AUC: of two customers, one silent and one not, how often is the silent one's risk the higher?
		SELECT w, rank,
			sum(quiet * (sum_active - active / 2.0)) / nullif(max(all_quiet) * max(all_active), 0) AS auc
		FROM (
			SELECT w, rank, count(*) FILTER (WHERE orders = 0) AS quiet, count(*) FILTER (WHERE orders > 0) AS active,
				sum(count(*) FILTER (WHERE orders > 0)) OVER (PARTITION BY w, rank ORDER BY risk) AS sum_active,
				sum(count(*) FILTER (WHERE orders = 0)) OVER (PARTITION BY w, rank) AS all_quiet,
				sum(count(*) FILTER (WHERE orders > 0)) OVER (PARTITION BY w, rank) AS all_active
			FROM (
				SELECT c.w, p.rank, p.risk, c.orders
				FROM customer AS c LEFT JOIN rule AS r ON r.w = c.w,
					LATERAL (VALUES (1, c.silent), (2, -c.pace), (4, r.mean_silent),
						(3, CASE WHEN c.recency <= r.k THEN r.silent ELSE r.rest_silent END)) AS p(rank, risk)
				WHERE c.tested AND p.risk IS NOT NULL
			) AS p
			GROUP BY w, rank, risk
		) AS q
		GROUP BY w, rank
	), shown AS MATERIALIZED (
		-- each window, and 0: those together in which the model could be used (all, where it never could)
		SELECT w, w AS one FROM setup WHERE tested
		UNION ALL
		SELECT 0, w FROM setup WHERE tested AND (usable OR NOT EXISTS (SELECT FROM setup WHERE usable))
	), named AS (
		SELECT s.w, CASE WHEN s.w > 0 THEN min(t.cut) END AS cut, CASE WHEN s.w > 0 THEN min(t.through) END AS through,
			string_agg(DISTINCT t.process, '; ') AS process, string_agg(DISTINCT t.status, ', ') AS status
		FROM shown AS s JOIN setup AS t ON t.w = s.one
		GROUP BY s.w
	), group_of AS MATERIALIZED (
		SELECT s.w, rank, cohort, repeats, tenth, grouping(cohort) = 0 AS by_cohort, grouping(repeats) = 0 AS by_repeats,
			grouping(tenth) = 0 AS by_tenth, sum(n)::bigint AS n, sum(orders)::bigint AS orders, sum(revenue) AS revenue,
			sum(quiet)::bigint AS quiet, CASE WHEN count(*) = count(expected) THEN sum(expected) END AS expected,
			sum(off) AS off, sum(square) AS square, CASE WHEN count(*) = count(value) THEN sum(value) END AS value,
			sum(value_off) AS value_off, sum(value_square) AS value_square, sum(spend_off) AS spend_off,
			CASE WHEN count(*) = count(silent) THEN sum(silent) END AS silent, sum(brier) AS brier
		FROM shown AS s JOIN cell AS c ON c.w = s.one
		GROUP BY GROUPING SETS ((s.w, rank), (s.w, rank, cohort), (s.w, rank, repeats), (s.w, rank, tenth))
	), week AS (
		-- at most some 52 of them, and the last
		SELECT k AS number, CASE WHEN k > length / 7 THEN length ELSE 7 * k END AS till
		FROM generate_series(1, (length + 6) / 7) AS k
		WHERE k % ((length + 6) / 7 / 53 + 1) = 0 OR k = (length + 6) / 7
	), week_actual AS (
		SELECT c.w, c.number, sum(coalesce(a.orders, 0)) OVER (PARTITION BY c.w ORDER BY c.number)::bigint AS orders
		FROM (SELECT s.w, k AS number FROM setup AS s, generate_series(1, (length + 6) / 7) AS k WHERE s.tested) AS c
			LEFT JOIN (
				SELECT s.w, (a.day - s.cut + 6) / 7 AS number, count(*) AS orders
				FROM setup AS s, unnest($1) AS h, LATERAL crm.activity(crm.slice(h, s.cut + 1, s.through)) AS a
				WHERE s.tested AND a.orders > 0 AND crm.purchase_days(h, s.cut) > 0 AND crm.is_valid(h, s.cut)
				GROUP BY 1, 2
			) AS a USING (w, number)
	), alike AS MATERIALIZED (
		-- customers with the same number of orders, first and last day are one to a model
		SELECT w, h, n
		FROM (
			SELECT s.w, h, row_number() OVER same AS number, count(*) OVER same AS n
			FROM setup AS s, unnest($1) AS h
			WHERE s.usable AND crm.purchase_days(h, s.cut) > 0 AND crm.is_valid(h, s.cut)
			WINDOW same AS (
				PARTITION BY s.w, crm.purchase_days(h, s.cut), crm.first_order(h, s.cut), crm.last_order(h, s.cut)
			)
		) AS q
		WHERE number = 1
	), week_model AS MATERIALIZED (
		SELECT s.w, k.number, sum(a.n * crm.expected_orders(s.model, a.h, s.cut, k.till)) AS expected
		FROM setup AS s JOIN alike AS a ON a.w = s.w CROSS JOIN week AS k
		GROUP BY 1, 2
	), week_of AS (
		-- the naive rules are even in time
		SELECT s.w, k.number, c.rank, sum(c.n)::bigint AS n, sum(a.orders)::bigint AS orders,
			CASE WHEN count(*) = count(e.expected) THEN sum(e.expected) END AS expected
		FROM shown AS s
			JOIN group_of AS c ON c.w = s.one AND NOT (c.by_cohort OR c.by_repeats OR c.by_tenth)
			JOIN week_actual AS a ON a.w = s.one JOIN week AS k ON k.number = a.number
			LEFT JOIN week_model AS m ON m.w = s.one AND m.number = k.number,
			LATERAL (SELECT CASE c.rank WHEN 1 THEN m.expected ELSE c.expected * k.till / length END) AS e(expected)
		GROUP BY s.w, k.number, c.rank
	), auc_of AS (
		SELECT s.w, p.rank, (sum(p.auc * t.n) / sum(t.n))::float8 AS auc
		FROM shown AS s JOIN pair AS p ON p.w = s.one
			JOIN group_of AS t ON t.w = s.one AND t.rank = p.rank AND NOT (t.by_cohort OR t.by_repeats OR t.by_tenth)
		WHERE p.auc IS NOT NULL
		GROUP BY s.w, p.rank
	), due AS (
		-- who should have ordered by a day within the window, and did not
		SELECT s.w, d.percent, count(d.came) AS n, count(*) FILTER (WHERE NOT d.came) AS quiet
		FROM shown AS s JOIN customer AS c ON c.w = s.one,
			LATERAL (VALUES (25, c.soon), (50, c.half), (75, c.late)) AS d(percent, came)
		GROUP BY s.w, d.percent
		HAVING count(d.came) > 0
	), line AS (
		SELECT w, rank, CASE WHEN by_cohort THEN 2 WHEN by_repeats THEN 3 WHEN by_tenth THEN 5 ELSE 1 END AS section,
			CASE WHEN by_cohort THEN cohort WHEN by_repeats THEN repeats WHEN by_tenth THEN tenth END AS bucket,
			n, orders, expected, off, square, revenue, value, value_off, value_square, spend_off, quiet, silent, brier
		FROM group_of WHERE NOT by_tenth OR tenth IS NOT NULL
		UNION ALL
		SELECT w, rank, 4, number, n, coalesce(orders, 0), expected, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
			NULL
		FROM week_of
		UNION ALL
		SELECT w, 1, 6, percent, n, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, quiet, n * (1 - percent / 100.0),
			NULL
		FROM due
	)
	SELECT m.cut, CASE WHEN l.section = 4 AND 7 * l.bucket < length THEN m.cut + 7 * l.bucket::integer ELSE m.through END,
		(ARRAY['total', 'cohort', 'repeat orders', 'week', 'churn probability', 'next order'])[l.section], l.bucket,
		CASE l.section
			WHEN 2 THEN CASE unit WHEN 'month' THEN format('%s-%s', l.bucket / 100, lpad((l.bucket % 100)::text, 2, '0'))
				WHEN 'quarter' THEN format('%s Q%s', l.bucket / 10, l.bucket % 10) ELSE l.bucket::text END
			WHEN 3 THEN CASE l.bucket WHEN 7 THEN '7 or more' ELSE l.bucket::text END
			WHEN 4 THEN format('%s days', least(7 * l.bucket, length))
			WHEN 5 THEN format('%s to %s %%', 10 * l.bucket - 10, 10 * l.bucket)
			WHEN 6 THEN format('%s %% by then', l.bucket)
		END,
		(ARRAY['model', 'same_pace', 'recency', 'mean'])[l.rank], CASE WHEN l.rank = 1 THEN m.process END,
		CASE WHEN l.rank = 1 THEN m.status END,
		l.n, l.orders, l.expected, l.expected / nullif(l.orders, 0) - 1, l.off / l.n, sqrt(l.square / l.n),
		(l.revenue / nullif(l.orders, 0))::float8, l.value / nullif(l.expected, 0), l.spend_off / nullif(l.orders, 0),
		l.revenue, l.value, l.value_off / l.n, sqrt(l.value_square / l.n),
		l.quiet / l.n::float8, (l.silent / l.n)::float8, l.brier / l.n,
		a.auc
	FROM line AS l JOIN named AS m ON m.w = l.w
		LEFT JOIN auc_of AS a ON a.w = l.w AND a.rank = l.rank AND l.section = 1
	ORDER BY m.cut NULLS FIRST, l.section, l.bucket, l.rank;
END
$$;
COMMENT ON FUNCTION crm.clv_backtest(crm.history[], date, integer, integer, text, integer) IS
	'would the model have been right? Fits the process (auto: what crm.clv_fit chooses at each cut; regularity as '
	'there) to the customers as they stood at the end of each cut and compares what it predicts for the days '
	'after, through `through`, with what came: in `windows` windows of `days` days that follow each other and end '
	'with as_of (days NULL: 91, or an eighth of the time since the first purchase if that is less; fewer windows '
	'where it does not reach). Rows with cut NULL are the windows together in which the model could be used (all, '
	'where it never could). section total: all customers known at the cut; cohort: by month, quarter or year of '
	'the first order (bucket 202403, 20241, 2024); repeat orders: by their number at the cut (7 is 7 or more); '
	'week: cumulative, through `through`, some 52 of them where there are more; churn probability: by tenths of it '
	'(bucket 3: .2 to .3), customers and the share without an order, predicted and actual; next order: of those '
	'whose next_order_date for probability bucket / 100 is in the window, the share that had not ordered by then. '
	'predictor: model (fitted_process says which); same_pace, each customer goes on at the past pace x / t and '
	'mean spend of repeat orders (of the first, where there is no other; Wuebben and Wangenheim 2008); recency, '
	'those with an order in the last k days do what such customers did in the window before, the others likewise, '
	'k being what would have told best then who orders; mean, everybody does what the mean customer did in the '
	'window before. Naive rules are NULL where nobody was known a window before. bias: predicted / actual orders - '
	'1. mae, rmse: error of orders per customer; actual_spend, predicted_spend: money per order, spend_mae its '
	'error per order that came; revenue_mae, revenue_rmse: error of money per customer, undiscounted; '
	'actual_silent, predicted_silent: share of customers without an order; brier: mean squared error of its '
	'probability; auc: how often, of two customers of whom one ordered, the risk of the other was higher (the mean '
	'over windows where cut is NULL). An order is a purchase day; refunds count in money. Predictions are NULL, '
	'with the status beside, where a fit is not usable, money also without a spend model. No row for NULL, or '
	'where nobody was known a window before as_of; NULLs in the array are skipped; an infinite as_of, days outside '
	'1 to 36525 and windows outside 1 to 1000 are errors, and those of clv_fit';

CREATE FUNCTION crm.clv_verdict(
	histories crm.history[], as_of date, days integer DEFAULT NULL, windows integer DEFAULT 4,
	process text DEFAULT 'auto', regularity integer DEFAULT NULL, OUT grade text, OUT verdict text
)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000000 SET search_path = pg_catalog, pg_temp
	AS $$
		WITH b AS MATERIALIZED (
			SELECT * FROM crm.clv_backtest($1, $2, $3, $4, $5, $6)
		), model AS (
			SELECT *, abs(predicted_revenue / nullif(actual_revenue, 0)::float8 - 1) AS money
			FROM b WHERE cut IS NULL AND section = 'total' AND predictor = 'model'
		), single AS (
			SELECT count(*) AS n, max(through - cut) AS days, max(through) AS until, min(cut) AS since,
				count(*) FILTER (WHERE predicted_orders IS NULL) AS untried,
				sum(abs(predicted_orders - actual_orders)) FILTER (WHERE predicted_orders IS NOT NULL)
					/ nullif(sum(actual_orders) FILTER (WHERE predicted_orders IS NOT NULL), 0) AS off,
				1 / sqrt(nullif(avg(actual_orders) FILTER (WHERE predicted_orders IS NOT NULL), 0)::float8) AS chance,
				max(abs(bias)) AS worst, (array_agg(bias ORDER BY abs(bias) DESC NULLS LAST))[1] AS worst_bias
			FROM b WHERE cut IS NOT NULL AND section = 'total' AND predictor = 'model'
		), rival AS (
			-- below 0: the model errs less; a millionth of an order is no error
			SELECT greatest(m.rmse, 1e-6) / greatest(min(r.rmse), 1e-6) - 1 AS best,
				greatest(m.rmse, 1e-6) / greatest(min(r.rmse) FILTER (WHERE r.predictor = 'same_pace'), 1e-6) - 1 AS pace,
				(array_agg(r.predictor ORDER BY r.rmse))[1] AS name
			FROM model AS m, b AS r
			WHERE r.cut IS NULL AND r.section = 'total' AND r.predictor <> 'model'
			GROUP BY m.rmse
		), churn AS (
			-- what is left of the squared differences without that which chance makes
			SELECT sqrt(greatest(0, sum(customers * (predicted_silent - actual_silent) ^ 2
				- predicted_silent * (1 - predicted_silent)) / sum(customers))) AS off
			FROM b WHERE cut IS NULL AND section = 'churn probability'
		), due AS (
			SELECT customers, 1 - actual_silent AS came FROM b WHERE cut IS NULL AND section = 'next order' AND bucket = 50
		), judged AS (
			SELECT CASE WHEN m.predicted_orders IS NULL OR m.actual_orders = 0 THEN '-'
				WHEN s.off <= greatest(0.10, 2 * s.chance) AND r.best < 0 AND c.off <= 0.03
					AND (m.money IS NULL OR m.money <= greatest(0.15, 2 * s.chance)) THEN 'A'
				WHEN s.off <= greatest(0.25, 2 * s.chance) AND r.best < 0.02 AND c.off <= 0.08
					AND (m.money IS NULL OR m.money <= greatest(0.30, 2 * s.chance)) THEN 'B'
				ELSE 'C' END AS grade
			FROM single AS s LEFT JOIN model AS m ON true LEFT JOIN rival AS r ON true LEFT JOIN churn AS c ON true
		), words AS (
			SELECT format('Over the last %s to %s ', CASE WHEN s.n = 1 THEN w.one ELSE s.n || ' ' || w.many END, s.until)
				AS period
			FROM single AS s, LATERAL (SELECT
				CASE s.days WHEN 91 THEN 'quarter' WHEN 7 THEN 'week' ELSE s.days || ' days' END,
				CASE s.days WHEN 91 THEN 'quarters' WHEN 7 THEN 'weeks' ELSE 'windows of ' || s.days || ' days' END
			) AS w(one, many)
		)
		SELECT CASE WHEN NOT $1 IS NULL AND NOT $2 IS NULL AND NOT $4 IS NULL AND NOT $5 IS NULL THEN j.grade END,
			CASE WHEN $1 IS NULL OR $2 IS NULL OR $4 IS NULL OR $5 IS NULL THEN NULL
			WHEN s.n = 0 THEN 'Nothing can be tested yet: nobody was a customer early enough before ' || $2 || '.'
			WHEN m.predicted_orders IS NULL
				THEN w.period || format('the model could not be tried: its status was "%s".', m.status)
			WHEN m.actual_orders = 0 THEN w.period || format('the model expected %s orders and none came.',
				to_char(m.predicted_orders, 'FM999,999,999,990'))
			ELSE concat(
				w.period,
				format('the model expected %s orders and %s came (%s', to_char(m.predicted_orders, 'FM999,999,999,990'),
					to_char(m.actual_orders, 'FM999,999,999,990'), o.total),
				CASE WHEN s.n - s.untried > 1 THEN CASE WHEN abs(s.worst_bias) < 0.005 THEN '; one by one too'
					ELSE format('; one by one %s, at worst %s', CASE WHEN s.off < 0.005 THEN 'right to 1 %'
						ELSE round(100 * s.off::numeric) || ' % off' END, o.worst) END END, ')',
				CASE WHEN s.untried > 0 THEN format(', where it could be tried (%s of %s)', s.n - s.untried, s.n) END,
				CASE WHEN r.best >= 0 THEN format('; per customer a simple rule errs less: "%s" by %s', n.name,
						coalesce(nullif(round(100 * (1 - 1 / (1 + r.best))::numeric), 0) || ' %', 'less than 1 %'))
					ELSE format('; per customer it errs %s less than "same pace as before"%s',
						coalesce(nullif(round(-100 * r.pace::numeric), 0) || ' %', 'hardly'),
						CASE WHEN r.name <> 'same_pace' THEN format(', %s less than "%s"',
							coalesce(nullif(round(-100 * r.best::numeric), 0) || ' %', 'hardly'), n.name) END) END,
				format('; the churn probability is right to %s', CASE WHEN c.off <= 0.01 THEN '1 point'
					ELSE ceil(100 * c.off) || ' points' END),
				CASE WHEN d.customers >= 20 THEN format('; of 100 orders due by their expected date %s had come (50 should)',
					round(100 * d.came::numeric)) END,
				CASE WHEN m.actual_revenue > 0 THEN CASE WHEN m.predicted_revenue IS NULL
					THEN '; revenue could not be predicted in every window' ELSE '; revenue was predicted ' || o.money END END,
				'.', CASE WHEN s.chance > 0.1
					THEN format(' With so few orders chance alone makes %s %%.', round(100 * s.chance::numeric)) END)
			END
		FROM judged AS j CROSS JOIN single AS s LEFT JOIN words AS w ON true LEFT JOIN model AS m ON true
			LEFT JOIN rival AS r ON true LEFT JOIN churn AS c ON true LEFT JOIN due AS d ON true
			LEFT JOIN LATERAL (SELECT CASE r.name WHEN 'same_pace' THEN 'same pace as before'
				WHEN 'recency' THEN 'who ordered lately orders again' ELSE 'everybody alike' END) AS n(name) ON true
			LEFT JOIN LATERAL (
				SELECT max(said) FILTER (WHERE part = 1) AS total, max(said) FILTER (WHERE part = 2) AS worst,
					max(said) FILTER (WHERE part = 3) AS money
				FROM unnest(ARRAY[m.bias, s.worst_bias, m.predicted_revenue / nullif(m.actual_revenue, 0)::float8 - 1])
						WITH ORDINALITY AS u(bias, part),
					LATERAL (SELECT CASE WHEN abs(bias) < 0.005 THEN 'right to 1 %'
						ELSE format('%s %% %s', round(100 * abs(bias)::numeric), CASE WHEN bias < 0 THEN 'low' ELSE 'high' END)
						END) AS w(said)
			) AS o ON true
	$$;
COMMENT ON FUNCTION crm.clv_verdict(crm.history[], date, integer, integer, text, integer) IS
	'crm.clv_backtest in a sentence and a grade; arguments as there. A: over the windows the orders are 10 % off or '
	'less (mean of absolute differences, by orders), the error per customer (rmse) is below that of every simple '
	'rule, the churn probability is right to 3 points (root of the mean squared difference of its tenths, less '
	'what chance makes), and revenue, where it is predicted, to 15 %. B: 25 %, at most 2 % above the best simple '
	'rule, 8 points, 30 %. C: anything else. Where two times chance (1 / the root of a window''s orders) is more than '
	'a limit of orders or revenue, that is the limit. -: nothing could be '
	'tested, or nothing came. NULL for NULL but for days and regularity; errors as in clv_backtest';
