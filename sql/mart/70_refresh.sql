-- What time brings: no trigger fires because a day has passed.

CREATE FUNCTION crm.set_segments(mart text, scheme crm.scheme DEFAULT 'cells11'::text::crm.scheme, levels integer DEFAULT NULL, cuts crm.rfm_cuts DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_require(mart);
	levels := coalesce(levels, crm.rfm_levels(cuts), 5);
	IF scheme IS NULL OR levels NOT BETWEEN 2 AND 5 THEN
		RAISE EXCEPTION USING MESSAGE = 'segments need a scheme, and 2 to 5 levels', ERRCODE = 'invalid_parameter_value';
	ELSIF levels <> crm.rfm_levels(cuts) THEN
		RAISE EXCEPTION USING MESSAGE = format('the cuts have %s levels, not %s', crm.rfm_levels(cuts), levels),
			HINT = 'Without levels, those of the cuts are taken.',
			ERRCODE = 'invalid_parameter_value';
	ELSIF levels <> ALL (crm.scheme_levels(scheme)) THEN
		RAISE EXCEPTION USING MESSAGE = format('the scheme is not made for %s levels', levels),
			HINT = format('It is made for %s levels: take as many, or another scheme.', array_to_string(crm.scheme_levels(scheme), ' or ')),
			ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE format('UPDATE %I.settings SET scheme = $1, rfm_levels = $2, rfm_cuts = $3', mart) USING scheme, levels, cuts;
END
$$;
COMMENT ON FUNCTION crm.set_segments(text, crm.scheme, integer, crm.rfm_cuts) IS
	'how crm.refresh scores and names customers from now on: the scheme of the segments, the number of score levels (NULL: those of the cuts, else 5), and fixed cuts (NULL: measured anew at each refresh); levels that the scheme is not made for are an error with a hint (crm.scheme_levels)';

CREATE FUNCTION crm.set_model(mart text, process text DEFAULT 'auto', horizon_days integer DEFAULT 365, churn_days integer DEFAULT 90,
                              discount double precision DEFAULT 0.1, refit_days integer DEFAULT 30, keep_snapshots integer DEFAULT 31) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_variable
BEGIN
	PERFORM crm.mart_require(mart);
	IF process <> 'auto' AND NOT EXISTS (SELECT FROM crm.clv_processes() AS p WHERE p.process = set_model.process) THEN
		RAISE EXCEPTION USING MESSAGE = format('unknown process %L', process),
			HINT = (SELECT 'auto, one of ' || string_agg(p.process, ', ') || ', or NULL for no predictions.' FROM crm.clv_processes() AS p),
			ERRCODE = 'invalid_parameter_value';
	ELSIF coalesce(horizon_days <= 0 OR churn_days <= 0 OR discount < 0 OR discount = 'NaN' OR discount = 'infinity' OR refit_days < 0 OR keep_snapshots <= 0, true) THEN
		RAISE EXCEPTION USING MESSAGE = 'days and snapshots must be above 0, the discount and refit_days 0 or more',
			ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE format('UPDATE %I.settings SET process = $1, horizon_days = $2, churn_days = $3, discount = $4, refit_days = $5, keep_snapshots = $6', mart)
		USING process, horizon_days, churn_days, discount, refit_days, keep_snapshots;
END
$$;
COMMENT ON FUNCTION crm.set_model(text, text, integer, integer, double precision, integer, integer) IS
	'which model crm.refresh fits and what it predicts: process (auto: the best usable one by AIC at each fit; NULL: no predictions), days ahead for orders and value, days without an order that are churn, discount per year, days after which the model is fitted anew, snapshots that are kept';

-- Cuts and model from one reading of all histories.
CREATE FUNCTION crm.mart_fit(mart text, as_of date, refit boolean, OUT cuts crm.rfm_cuts, OUT model_as_of date, OUT model crm.clv_model, OUT note text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_variable
DECLARE
	_s record;
	_data crm.btyd_data;
	_due boolean;
BEGIN
	EXECUTE format('SELECT s.* FROM %I.settings s', mart) INTO _s;
	EXECUTE format('SELECT m.fitted_as_of, m.model FROM %I.model m WHERE m.fitted_as_of <= $1 AND m.process = $2 AND crm.clv_is_usable(m.model) ORDER BY 1 DESC LIMIT 1', mart)
		INTO model_as_of, model USING as_of, _s.process;
	_due := _s.process IS NOT NULL AND (refit OR coalesce(as_of - model_as_of >= _s.refit_days, true));
	cuts := _s.rfm_cuts;
	IF _due OR cuts IS NULL THEN
		EXECUTE format('SELECT %s, %s FROM %I.customer_history h', CASE WHEN cuts IS NULL THEN 'crm.rfm_cuts_agg(h.history, $1, $2)' ELSE '$3' END,
		               CASE WHEN _due THEN 'crm.btyd_agg(h.history, $1)' ELSE 'NULL::crm.btyd_data' END, mart)
			INTO cuts, _data USING as_of, _s.rfm_levels, cuts;
	END IF;
	IF _due AND _data IS NOT NULL THEN
		EXECUTE format($sql$
			INSERT INTO %I.model (fitted_as_of, process, status, why, model)
			SELECT $1, $2, d.status, concat_ws(' ', p.title || ':', d.message, d.why), f.model
			FROM (SELECT crm.clv_fit($3, $2) AS model OFFSET 0) AS f CROSS JOIN LATERAL crm.clv_diagnostics(f.model) AS d
				LEFT JOIN crm.clv_processes() AS p ON p.process = d.process
			ON CONFLICT (fitted_as_of) DO UPDATE SET fitted_at = now(), process = excluded.process, status = excluded.status, why = excluded.why, model = excluded.model
			RETURNING CASE WHEN crm.clv_is_usable(model) THEN model END, why$sql$, mart)
			INTO model, note USING as_of, _s.process, _data;
		IF model IS NOT NULL THEN
			model_as_of := as_of;
			note := NULL;
		ELSE
			note := format('no predictions from a model fitted today: %s', note);
			EXECUTE format('SELECT m.fitted_as_of, m.model FROM %I.model m WHERE m.fitted_as_of < $1 AND m.process = $2 AND crm.clv_is_usable(m.model) ORDER BY 1 DESC LIMIT 1', mart)
				INTO model_as_of, model USING as_of, _s.process;
		END IF;
	END IF;
	IF model IS NULL THEN
		note := coalesce(note, CASE WHEN _s.process IS NULL THEN 'no predictions: no process is set' ELSE 'no predictions: nothing to fit' END);
	ELSIF NOT crm.clv_has_spend(model) THEN
		note := coalesce(note || '; ', '') || 'no lifetime value: what customers spend could not be fitted';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_fit(text, date, boolean) IS
	'the RFM thresholds of the day and the model in use, fitted anew if that is due or asked for; note says why there is none';

CREATE FUNCTION crm.refresh(mart text, as_of date DEFAULT NULL, refit boolean DEFAULT false) RETURNS TABLE (part text, rows bigint, seconds numeric)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_variable
DECLARE
	_since timestamptz := clock_timestamp();
	_s record;
	_fit record;
	_equals text;
	_last date;
	_again boolean;
	_events bigint := 0;
	_newest bigint;
BEGIN
	PERFORM crm.mart_require(mart);
	IF NOT crm.mart_has_tables(mart) THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart %I has no source yet', mart),
			HINT = 'crm.add_source adds one.',
			ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF as_of IS NOT NULL AND NOT isfinite(as_of) THEN
		RAISE EXCEPTION USING MESSAGE = 'as_of must be a day', ERRCODE = 'invalid_parameter_value';
	END IF;
	as_of := coalesce(as_of, crm.mart_today(mart));
	EXECUTE format('SELECT s.*, s.ladder IS NOT NULL AS has_tiers FROM %I.settings s', mart) INTO _s;
	_equals := crm.mart_equals(_s.customer_type::regtype);
	EXECUTE format('SELECT max(s.as_of), coalesce(bool_or(s.as_of = $1), false) FROM %I.snapshot s', mart) INTO _last, _again USING as_of;

	_fit := crm.mart_fit(mart, as_of, refit);
	part := 'cuts and model'; rows := 1; seconds := extract(epoch FROM clock_timestamp() - _since); _since := clock_timestamp();
	RETURN NEXT;

	EXECUTE format('DELETE FROM %I.score WHERE as_of = $1', mart) USING as_of;
	EXECUTE format($sql$
		INSERT INTO %1$I.score (as_of, customer_id, orders, purchase_days, revenue, first_order, last_order, rfm, segment, tier,
		                        p_alive, churn_probability, expected_orders, clv, next_order_date)
		SELECT $1, h.customer_id, crm.orders(h.history, $1), crm.purchase_days(h.history, $1), crm.revenue(h.history, $1), crm.first_order(h.history, $1), crm.last_order(h.history, $1),
		       h.rfm, crm.segment_name($3, h.rfm), %2$s, %3$s
		FROM (SELECT a.customer_id, a.history, a.valid, crm.rfm_score($2, a.history, $1) AS rfm, %5$s AS predicted
		      FROM (SELECT c.customer_id, c.history, crm.is_valid(c.history, $1) AS valid FROM %1$I.customer_history AS c WHERE crm.as_of(c.history, $1) OPERATOR(crm.<>) '') AS a OFFSET 0) AS h%4$s$sql$,
		mart, CASE WHEN _s.has_tiers AND as_of >= coalesce(_last, as_of) THEN 'c.tier' ELSE 'NULL' END,
		CASE WHEN _fit.model IS NULL THEN 'NULL, NULL, NULL, NULL, NULL' ELSE
			-- Churn has a horizon of its own.
			'(h.predicted).p_alive, CASE WHEN h.valid THEN crm.churn_probability($4, h.history, $1, $5) END, (h.predicted).expected_orders, (h.predicted).clv, (h.predicted).next_order_date' END,
		CASE WHEN _s.has_tiers THEN format(' LEFT JOIN %I.customer AS c ON c.customer_id %s h.customer_id', mart, _equals) ELSE '' END,
		CASE WHEN _fit.model IS NULL THEN 'NULL' ELSE 'CASE WHEN a.valid THEN crm.predict($4, a.history, $1, $6, $7) END' END)
		USING as_of, _fit.cuts, _s.scheme, _fit.model, _s.churn_days, _s.horizon_days, _s.discount;
	GET DIAGNOSTICS rows = ROW_COUNT;
	EXECUTE format('INSERT INTO %I.snapshot (as_of, customers, cuts, scheme, model_as_of, note) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (as_of) DO UPDATE SET written_at = now(), customers = excluded.customers, cuts = excluded.cuts, scheme = excluded.scheme, model_as_of = excluded.model_as_of, note = excluded.note', mart)
		USING as_of, rows, _fit.cuts, _s.scheme, _fit.model_as_of, _fit.note;
	part := 'scores'; seconds := extract(epoch FROM clock_timestamp() - _since); _since := clock_timestamp();
	RETURN NEXT;

	-- Segments are told once a day: against the snapshot before, not again when a day is refreshed again.
	IF _last < as_of THEN
		EXECUTE format($sql$
			INSERT INTO %1$I.event (customer_id, kind, as_of, old, new, why)
			SELECT n.customer_id, 'segment', $1, o.segment, n.segment, format('RFM %%s, was %%s', n.rfm, o.rfm)
			FROM %1$I.score AS o JOIN %1$I.score AS n ON n.customer_id %2$s o.customer_id
			WHERE o.as_of = $2 AND n.as_of = $1 AND o.segment IS DISTINCT FROM n.segment
			ORDER BY n.customer_id$sql$, mart, _equals) USING as_of, _last;
		GET DIAGNOSTICS _events = ROW_COUNT;
		IF _events > 0 THEN
			PERFORM pg_notify(mart, 'segment');
		END IF;
	END IF;
	EXECUTE format('WITH old AS (DELETE FROM %1$I.snapshot WHERE as_of IN (SELECT s.as_of FROM %1$I.snapshot s ORDER BY s.as_of DESC OFFSET $1) RETURNING as_of) DELETE FROM %1$I.score WHERE as_of IN (SELECT o.as_of FROM old o)', mart)
		USING _s.keep_snapshots;
	part := 'segment changes'; rows := _events; seconds := extract(epoch FROM clock_timestamp() - _since); _since := clock_timestamp();
	RETURN NEXT;

	-- From here on rows are locked that orders may want, so it comes last: chunks that became empty, then
	-- tiers. A day that lies before the last one evaluated cannot move them.
	EXECUTE format($sql$
		DELETE FROM %1$I.history WHERE ctid = ANY (ARRAY(SELECT h.ctid FROM %1$I.history h WHERE h.history OPERATOR(crm.=) '' FOR UPDATE SKIP LOCKED))
		AND history OPERATOR(crm.=) ''$sql$, mart);
	rows := 0;
	IF _s.has_tiers AND as_of >= coalesce(_last, as_of) THEN
		EXECUTE format('SELECT coalesce(max(t.tier_history_id), 0) FROM %I.tier_history t', mart) INTO _newest;
		EXECUTE format('SELECT %I.settle(array_agg(d.customer_id), $1) FROM (%s) AS d', mart, crm.mart_decide(mart, '$1', NULL)) INTO rows USING as_of;
		EXECUTE format('UPDATE %1$I.score AS s SET tier = t.new_tier FROM %1$I.tier_history AS t WHERE s.as_of = $1 AND s.customer_id %2$s t.customer_id AND t.tier_history_id > $2 AND t.changed_at = now()', mart, _equals) USING as_of, _newest;
	END IF;
	part := 'tier changes'; seconds := extract(epoch FROM clock_timestamp() - _since);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION crm.refresh(text, date, boolean) IS
	'evaluates a mart at the end of a day (default today in its zone): fits the model if that is due or asked for, writes the dated snapshot of scores, moves tiers up and down, tells the outbox of changes. A day before the last evaluated one gets its scores, but no tiers are moved. Returns its parts with rows and seconds. Readers are never blocked; orders of customers whose tier moves wait for the last moments. One at a time';
