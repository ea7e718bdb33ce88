-- Tiers: by the firm's own rules, with reasons.
--
-- One query decides (mart_decide); everything else asks it: the preview, the first placing, the nightly
-- settling. Upgrades in the transaction of an order are the one exception, kept lean: upgrade() measures
-- the customers of the order only, and by the same figure (mart_figure).

-- The figure that thresholds are compared with, as an aggregate over the chunks h of one customer, and
-- the years whose chunks it needs. as_of is an SQL expression.
CREATE FUNCTION crm.mart_figure(measure text, window_days integer, calendar_year boolean, as_of text, OUT figure text, OUT years text)
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_of text := CASE measure WHEN 'orders' THEN 'crm.orders' ELSE 'crm.revenue' END;
	_year text := format('date_part(''year'', %s)::integer', as_of);
BEGIN
	IF calendar_year THEN
		-- A tier earned in one year is held through the next: the better of the two counts.
		figure := format('greatest(coalesce(sum(%1$s(h.history, %2$s)) FILTER (WHERE h.year = %3$s), 0), coalesce(sum(%1$s(h.history)) FILTER (WHERE h.year = %3$s - 1), 0))::numeric', _of, as_of, _year);
		years := format('h.year BETWEEN %1$s - 1 AND %1$s', _year);
	ELSIF window_days IS NULL THEN
		figure := format('coalesce(sum(%s(h.history, %s)), 0)::numeric', _of, as_of);
		years := format('h.year <= %s', _year);
	ELSE
		years := format('h.year BETWEEN date_part(''year'', %1$s - %2$s)::integer AND %3$s', as_of, window_days - 1, _year);
		figure := format('coalesce(sum(%1$s(crm.slice(h.history, %2$s - %3$s, %2$s))) FILTER (WHERE %4$s), 0)::numeric', _of, as_of, window_days - 1, years);
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_figure(text, integer, boolean, text) IS
	'SQL for the figure of a tier rule: revenue or orders in a window that ends at as_of, over the whole history, or in the better of two calendar years';

-- Who moves where, and why, at as_of (an SQL expression): customer_id, old_tier, new_tier, figure, why,
-- below_since; only those for whom something changes. keys: an SQL array of customers, or NULL for all.
CREATE FUNCTION crm.mart_decide(mart text, as_of text, ladder crm.tier_ladder, measure text, window_days integer, calendar_year boolean, grace_days integer, step text, keys text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_key text;
	_equals text;
	_measured text;
	_figure record := crm.mart_figure(measure, window_days, calendar_year, as_of);
BEGIN
	EXECUTE format('SELECT s.customer_type FROM %I.settings s', mart) INTO _key;
	_equals := crm.mart_equals(_key::regtype);
	IF measure = 'predicted' THEN
		_measured := format('SELECT h.customer_id, coalesce(h.clv, 0)::numeric AS figure FROM %1$I.score h WHERE h.as_of = (SELECT max(s.as_of) FROM %1$I.snapshot s WHERE s.as_of <= %2$s)%3$s',
		                    mart, as_of, CASE WHEN keys IS NULL THEN '' ELSE format(' AND h.customer_id %s ANY (%s)', _equals, keys) END);
	ELSE
		-- All chunks: a customer without an order in the window has a figure too, zero.
		_measured := format('SELECT h.customer_id, %s AS figure FROM %I.chunk h%s GROUP BY h.customer_id',
		                    _figure.figure, mart, CASE WHEN keys IS NULL THEN '' ELSE format(' WHERE h.customer_id %s ANY (%s)', _equals, keys) END);
	END IF;
	RETURN format($sql$
		SELECT d.customer_id, d.old_tier, d.new_tier, d.figure, d.why,
		       CASE WHEN d.why IN ('stays', 'grace', 'downgrade') AND crm.tier_rank(d.new_tier) > d.deserved_rank THEN CASE WHEN d.why = 'downgrade' THEN %1$s ELSE coalesce(d.below_since, %1$s) END END AS below_since
		FROM (
			SELECT m.customer_id, m.old_tier, m.below_since, m.figure, m.deserved_rank,
			       CASE m.why WHEN 'stays' THEN m.old_tier WHEN 'grace' THEN m.old_tier
			                  WHEN 'downgrade' THEN %2$s
			                  ELSE m.deserved END AS new_tier, m.why, m.override_until
			FROM (
				SELECT e.*, coalesce(crm.tier_rank(e.deserved), -1) AS deserved_rank,
				       CASE WHEN e.override_until >= %1$s THEN 'stays'
				            WHEN e.override_until IS NOT NULL THEN 'override ended'
				            WHEN coalesce(crm.tier_rank(e.deserved), -1) > coalesce(crm.tier_rank(e.old_tier), -1) THEN 'upgrade'
				            WHEN e.deserved::text IS NOT DISTINCT FROM e.old_tier::text THEN 'stays'
				            WHEN crm.tier_rank(e.deserved) = crm.tier_rank(e.old_tier) THEN 'renamed'
				            WHEN %1$s - coalesce(e.below_since, %1$s) < %3$s THEN 'grace'
				            ELSE 'downgrade' END AS why
				FROM (
					SELECT coalesce(c.customer_id, f.customer_id) AS customer_id, c.tier AS old_tier, c.below_since, c.override_until,
					       coalesce(f.figure, 0) AS figure, crm.tier_for(%4$L, coalesce(f.figure, 0)) AS deserved
					FROM (%5$s) AS f
					FULL JOIN (SELECT * FROM %6$I.customer k%7$s) AS c ON c.customer_id %8$s f.customer_id
				) AS e
			) AS m
		) AS d
		WHERE d.old_tier::text IS DISTINCT FROM d.new_tier::text
		   OR d.why = 'override ended'
		   OR d.why = 'grace' AND d.below_since IS NULL
		   OR d.why = 'stays' AND d.below_since IS NOT NULL AND coalesce(d.override_until < %1$s, true)$sql$,
		as_of,
		CASE step WHEN 'one' THEN format('(SELECT t.tier FROM crm.tiers(%L) AS t WHERE t.rank < crm.tier_rank(m.old_tier) ORDER BY t.rank DESC LIMIT 1)', ladder) ELSE 'm.deserved' END,
		grace_days, ladder, _measured, mart,
		CASE WHEN keys IS NULL THEN '' ELSE format(' WHERE k.customer_id %s ANY (%s)', _equals, keys) END, _equals);
END
$$;
COMMENT ON FUNCTION crm.mart_decide(text, text, crm.tier_ladder, text, integer, boolean, integer, text, text) IS
	'SQL that tells which customers change tier at a day under given rules, and why; also who begins or ends a time of grace';

CREATE FUNCTION crm.mart_decide(mart text, as_of text, keys text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_query text;
BEGIN
	EXECUTE format('SELECT crm.mart_decide($1, $2, s.ladder, s.tier_measure, s.tier_window_days, s.tier_calendar_year, s.tier_grace_days, s.tier_step, $3) FROM %I.settings s', mart)
		INTO _query USING mart, as_of, keys;
	RETURN _query;
END
$$;
COMMENT ON FUNCTION crm.mart_decide(text, text, text) IS
	'the same under the rules of the mart';

CREATE FUNCTION crm.mart_generate_tiers(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_s record;
	_equals text;
	_figure record;
BEGIN
	EXECUTE format('SELECT s.* FROM %I.settings s', mart) INTO _s;
	_equals := crm.mart_equals(_s.customer_type::regtype);
	PERFORM crm.mart_create_function(mart, 'move_tiers', format('_customers %s[], _days date[], _tiers crm.tier[], _below date[], _figures numeric[], _whys text[]', _s.customer_type), 'bigint', false, format($body$
-- Generated by crm. Writes new tiers, with history and outbox. The caller has locked the customers.
DECLARE
	_moved bigint;
BEGIN
	WITH move AS (
		SELECT m.*, c.tier AS old_tier, greatest(crm.tier_rank(m.new_tier), crm.tier_rank(c.tier)) AS rank
		FROM unnest(_customers, _days, _tiers, _below, _figures, _whys) AS m (customer_id, as_of, new_tier, below_since, figure, why)
		LEFT JOIN %1$I.customer AS c ON c.customer_id %2$s m.customer_id
	), written AS (
		INSERT INTO %1$I.customer AS c (customer_id, tier, tier_since, below_since)
		SELECT m.customer_id, m.new_tier, m.as_of, m.below_since FROM move AS m ORDER BY 1
		ON CONFLICT (customer_id) DO UPDATE
		SET tier = excluded.tier, below_since = excluded.below_since, override_until = NULL, override_reason = NULL,
		    tier_since = CASE WHEN c.tier::text IS DISTINCT FROM excluded.tier::text THEN excluded.tier_since ELSE c.tier_since END
	), logged AS (
		INSERT INTO %1$I.tier_history (customer_id, as_of, old_tier, new_tier, why, figure, threshold)
		SELECT m.customer_id, m.as_of, m.old_tier, m.new_tier, m.why, m.figure, t.threshold
		FROM move AS m LEFT JOIN crm.tiers(%3$L) AS t ON t.rank = m.rank
		WHERE m.old_tier::text IS DISTINCT FROM m.new_tier::text
		ORDER BY m.customer_id
		RETURNING *
	), told AS (
		INSERT INTO %1$I.event (customer_id, kind, as_of, old, new, why, figure, threshold)
		SELECT l.customer_id, 'tier', l.as_of, crm.tier_label(l.old_tier), crm.tier_label(l.new_tier), l.why, l.figure, l.threshold
		FROM logged AS l ORDER BY l.tier_history_id
	)
	SELECT count(*) INTO _moved FROM logged;
	IF _moved > 0 THEN
		PERFORM pg_notify(%4$L, 'tier');
	END IF;
	RETURN _moved;
END
$body$, mart, _equals, _s.ladder, mart));

	PERFORM crm.mart_create_function(mart, 'settle', format('_customers %s[], _as_of date', _s.customer_type), 'bigint', false, format($body$
-- Generated by crm. Evaluates customers for whom crm.refresh found something to do: locks them in the order
-- of the key, then decides once more in a later statement. Whoever waited for the lock sees what the other
-- committed.
DECLARE
	_moved bigint;
BEGIN
	INSERT INTO %1$I.customer AS c (customer_id)
	SELECT u.customer_id FROM unnest(_customers) AS u (customer_id) GROUP BY 1 ORDER BY 1
	ON CONFLICT (customer_id) DO UPDATE SET tier = c.tier WHERE false;

	EXECUTE concat('SELECT %1$I.move_tiers(array_agg(d.customer_id), array_agg($2), array_agg(d.new_tier), array_agg(d.below_since), array_agg(d.figure), array_agg(d.why)) FROM (',
	               crm.mart_decide(%2$L, '$2', '$1'), ') AS d')
	INTO _moved USING _customers, _as_of;
	RETURN coalesce(_moved, 0);
END
$body$, mart, mart));

	IF _s.tier_measure <> 'predicted' THEN
		_figure := crm.mart_figure(_s.tier_measure, _s.tier_window_days, _s.tier_calendar_year, 'w.as_of');
		PERFORM crm.mart_create_function(mart, 'upgrade', format('_customers %s[], _days date[]', _s.customer_type), 'void', false, format($body$
-- Generated by crm. Upgrades the customers of an order in its transaction, measured at the later of the
-- order's day and today. Nobody goes down here.
DECLARE
	_who %2$s[];
	_as_of date[];
	_tiers crm.tier[];
	_figures numeric[];
	_today date := (now() AT TIME ZONE %3$L)::date;
BEGIN
	-- Lock the rows of the customers in the order of the key (WHERE false: lock, do not write). Two orders
	-- of one customer then measure one after the other, and the second sees the first.
	INSERT INTO %1$I.customer AS c (customer_id)
	SELECT u.customer_id FROM unnest(_customers) AS u (customer_id) GROUP BY 1 ORDER BY 1
	ON CONFLICT (customer_id) DO UPDATE SET tier = c.tier WHERE false;

	SELECT array_agg(x.customer_id), array_agg(x.as_of), array_agg(x.tier), array_agg(x.figure)
	INTO _who, _as_of, _tiers, _figures
	FROM (SELECT w.customer_id, w.as_of, m.figure, crm.tier_for(%4$L, m.figure) AS tier
	      FROM (SELECT u.customer_id, greatest(max(u.day), _today) AS as_of
	            FROM unnest(_customers, _days) AS u (customer_id, day) GROUP BY 1) AS w
	      CROSS JOIN LATERAL (SELECT %5$s AS figure
	                          FROM %1$I.history AS h
	                          WHERE h.customer_id %6$s w.customer_id AND %7$s) AS m
	     ) AS x
	JOIN %1$I.customer AS c ON c.customer_id %6$s x.customer_id
	WHERE crm.tier_rank(x.tier) > coalesce(crm.tier_rank(c.tier), -1) AND c.override_until IS NULL;
	IF _who IS NOT NULL THEN
		PERFORM %1$I.move_tiers(_who, _as_of, _tiers, array_fill(NULL::date, ARRAY[cardinality(_who)]), _figures, array_fill('upgrade'::text, ARRAY[cardinality(_who)]));
	END IF;
END
$body$, mart, _s.customer_type, _s.zone, _s.ladder, _figure.figure, _equals, _figure.years));

		_figure := crm.mart_figure(_s.tier_measure, _s.tier_window_days, _s.tier_calendar_year, '_as_of');
		PERFORM crm.mart_create_function(mart, 'upgrade_one', format('_customer %s, _day date', _s.customer_type), 'void', false, format($body$
-- Generated by crm. The same for the one customer of one order, as orders mostly come: no arrays.
DECLARE
	_as_of date := greatest(_day, (now() AT TIME ZONE %2$L)::date);
	_held crm.tier;
	_override_until date;
	_figure numeric;
	_earned crm.tier;
BEGIN
	LOOP
		SELECT c.tier, c.override_until INTO _held, _override_until
		FROM %1$I.customer AS c WHERE c.customer_id %3$s _customer FOR NO KEY UPDATE;
		EXIT WHEN FOUND;
		INSERT INTO %1$I.customer (customer_id) VALUES (_customer) ON CONFLICT (customer_id) DO NOTHING;
	END LOOP;
	IF _override_until IS NOT NULL OR crm.tier_rank(_held) >= %4$s THEN
		RETURN; -- given by hand, or on top already
	END IF;

	SELECT %5$s INTO _figure FROM %1$I.history AS h WHERE h.customer_id %3$s _customer AND %6$s;
	_earned := crm.tier_for(%7$L, _figure);
	IF crm.tier_rank(_earned) > coalesce(crm.tier_rank(_held), -1) THEN
		PERFORM %1$I.move_tiers(ARRAY[_customer], ARRAY[_as_of], ARRAY[_earned], ARRAY[NULL::date], ARRAY[_figure], ARRAY['upgrade']);
	END IF;
END
$body$, mart, _s.zone, _equals, (SELECT max(t.rank) FROM crm.tiers(_s.ladder) AS t), _figure.figure, _figure.years, _s.ladder));
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_generate_tiers(text) IS
	'generates the functions of a mart with tiers: move_tiers, settle, and unless the measure is predicted, upgrade and upgrade_one';

-- Everybody to the tier that is deserved now, both ways, without grace. For new rules and new sources,
-- while the sources are locked.
CREATE FUNCTION crm.mart_place_tiers(mart text, why text, as_of date DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_query text;
	_moved bigint;
BEGIN
	EXECUTE format('SELECT crm.mart_decide($1, format(''%%L::date'', $2), s.ladder, s.tier_measure, s.tier_window_days, s.tier_calendar_year, 0, ''all'', NULL) FROM %I.settings s WHERE s.ladder IS NOT NULL', mart)
		INTO _query USING mart, coalesce(as_of, crm.mart_today(mart));
	IF _query IS NULL THEN
		RETURN 0;
	END IF;
	EXECUTE format('SELECT %I.move_tiers(array_agg(d.customer_id), array_agg($1), array_agg(d.new_tier), array_agg(d.below_since), array_agg(d.figure), array_agg($2)) FROM (%s) AS d', mart, _query)
		INTO _moved USING coalesce(as_of, crm.mart_today(mart)), why;
	RETURN coalesce(_moved, 0);
END
$$;
COMMENT ON FUNCTION crm.mart_place_tiers(text, text, date) IS
	'gives every customer the tier that is deserved at a day, without grace; the number of customers who moved';

CREATE FUNCTION crm.set_tiers(mart text, ladder crm.tier_ladder, measure text DEFAULT 'revenue', window_days integer DEFAULT 365, calendar_year boolean DEFAULT false,
                              grace_days integer DEFAULT 0, step text DEFAULT 'one', as_of date DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_source record;
BEGIN
	PERFORM crm.mart_require(mart);
	PERFORM crm.mart_check_rules(measure, window_days, grace_days, step);
	-- Writers wait until the new rules hold: an order that passed under the old ones would not be measured.
	FOR _source IN EXECUTE format('SELECT crm.mart_source_table($1, s.source_id) AS source FROM %I.source s ORDER BY s.source_id', mart) USING mart LOOP
		IF _source.source IS NOT NULL THEN
			EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', _source.source);
		END IF;
	END LOOP;
	EXECUTE format('UPDATE %I.settings SET ladder = $1, tier_measure = $2, tier_window_days = $3, tier_calendar_year = $4, tier_grace_days = $5, tier_step = $6', mart)
		USING ladder, measure, window_days, calendar_year, grace_days, step;
	PERFORM crm.mart_generate_all(mart);
	RETURN CASE WHEN crm.mart_has_tables(mart) THEN crm.mart_place_tiers(mart, 'new rules', as_of) ELSE 0 END;
END
$$;
COMMENT ON FUNCTION crm.set_tiers(text, crm.tier_ladder, text, integer, boolean, integer, text, date) IS
	'sets the rules of the tiers and gives every customer the deserved tier at as_of (default today), both ways and without grace; returns how many moved. measure: revenue, orders, or predicted (lifetime value of the newest snapshot; moves at refresh only). window_days: days that count, as_of included; NULL: all. calendar_year: the better of this calendar year and the last, instead. Later a customer rises in the transaction of the order, and falls only at refresh, grace_days after being first found below, one step or all the way. A NULL ladder ends the tiers. Writers of the sources wait meanwhile';

CREATE FUNCTION crm.mart_check_rules(measure text, window_days integer, grace_days integer, step text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF measure IS NULL OR measure NOT IN ('revenue', 'orders', 'predicted') THEN
		RAISE EXCEPTION USING MESSAGE = 'measure must be revenue, orders or predicted', ERRCODE = 'invalid_parameter_value';
	ELSIF window_days <= 0 OR window_days > 36525 THEN
		RAISE EXCEPTION USING MESSAGE = 'window_days must be 1 to 36525, or NULL for the whole history', ERRCODE = 'invalid_parameter_value';
	ELSIF grace_days IS NULL OR grace_days < 0 THEN
		RAISE EXCEPTION USING MESSAGE = 'grace_days must be 0 or more', ERRCODE = 'invalid_parameter_value';
	ELSIF step IS NULL OR step NOT IN ('one', 'all') THEN
		RAISE EXCEPTION USING MESSAGE = 'step must be one or all',
			DETAIL = 'A downgrade goes one tier down, or all the way to the tier that is deserved.',
			ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_check_rules(text, integer, integer, text) IS
	'an error unless the rules of tiers make sense';

CREATE FUNCTION crm.preview_tiers(mart text, ladder crm.tier_ladder, measure text DEFAULT 'revenue', window_days integer DEFAULT 365, calendar_year boolean DEFAULT false,
                                  as_of date DEFAULT NULL)
	RETURNS TABLE (customer_id text, old_tier text, new_tier text, figure numeric)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_require(mart);
	PERFORM crm.mart_check_rules(measure, window_days, 0, 'all');
	RETURN QUERY EXECUTE format('SELECT d.customer_id::text, crm.tier_label(d.old_tier), crm.tier_label(d.new_tier), d.figure FROM (%s) AS d WHERE d.old_tier::text IS DISTINCT FROM d.new_tier::text ORDER BY d.customer_id',
		crm.mart_decide(mart, format('%L::date', coalesce(as_of, crm.mart_today(mart))), ladder, measure, window_days, calendar_year, 0, 'all', NULL));
END
$$;
COMMENT ON FUNCTION crm.preview_tiers(text, crm.tier_ladder, text, integer, boolean, date) IS
	'who would move, from which tier to which and on what figure, if crm.set_tiers were called with these rules; changes nothing';

CREATE FUNCTION crm.preview_refresh(mart text, as_of date DEFAULT NULL)
	RETURNS TABLE (customer_id text, old_tier text, new_tier text, figure numeric, why text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_query text;
BEGIN
	PERFORM crm.mart_require(mart);
	_query := crm.mart_decide(mart, format('%L::date', coalesce(as_of, crm.mart_today(mart))), NULL);
	RETURN QUERY EXECUTE format('SELECT d.customer_id::text, crm.tier_label(d.old_tier), crm.tier_label(d.new_tier), d.figure, d.why FROM (%s) AS d WHERE d.old_tier::text IS DISTINCT FROM d.new_tier::text ORDER BY d.customer_id', _query);
END
$$;
COMMENT ON FUNCTION crm.preview_refresh(text, date) IS
	'who would move, and why, if crm.refresh evaluated the tiers at that day (default today); changes nothing';

CREATE FUNCTION crm.set_tier_override(mart text, customer_id text, tier text, until date, reason text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_variable
DECLARE
	_today date;
	_key text;
	_ladder crm.tier_ladder;
	_tier crm.tier;
	_known boolean;
BEGIN
	PERFORM crm.mart_require(mart);
	_today := crm.mart_today(mart);
	EXECUTE format('SELECT s.customer_type, s.ladder FROM %I.settings s', mart) INTO _key, _ladder;
	IF _ladder IS NULL THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart %I has no tiers', mart),
			HINT = 'crm.set_tiers sets them.',
			ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF until IS NULL OR until < _today OR NOT isfinite(until) THEN
		RAISE EXCEPTION USING MESSAGE = 'an override needs a last day that is not in the past',
			HINT = 'Choose a day on which somebody looks at it again.',
			ERRCODE = 'invalid_parameter_value';
	ELSIF coalesce(btrim(reason), '') = '' THEN
		RAISE EXCEPTION USING MESSAGE = 'an override needs a reason', ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT t.tier INTO _tier FROM crm.tiers(_ladder) AS t WHERE t.label = tier OR t.tier::text = tier;
	IF _tier IS NULL THEN
		RAISE EXCEPTION USING MESSAGE = format('there is no tier %s', coalesce(quote_literal(tier), 'NULL')),
			HINT = format('The ladder is %s.', _ladder),
			ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE format('SELECT EXISTS (SELECT FROM %1$I.chunk h WHERE h.customer_id %2$s $1::%3$s)', mart, crm.mart_equals(_key::regtype), _key) INTO _known USING customer_id;
	IF NOT _known THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart knows no customer %s', coalesce(quote_literal(customer_id), 'NULL')),
			ERRCODE = 'no_data_found';
	END IF;
	EXECUTE format('SELECT %1$I.move_tiers(ARRAY[$1::%2$s], ARRAY[$2], ARRAY[$3], ARRAY[NULL::date], ARRAY[NULL::numeric], ARRAY[''override''::text])', mart, _key) USING customer_id, _today, _tier;
	EXECUTE format('UPDATE %1$I.customer SET override_until = $2, override_reason = $3 WHERE customer_id %2$s $1::%3$s', mart, crm.mart_equals(_key::regtype), _key) USING customer_id, until, reason;
END
$$;
COMMENT ON FUNCTION crm.set_tier_override(text, text, text, date, text) IS
	'gives a customer (the key as text) a tier by hand until the end of a day; until then it moves neither up nor down, the first refresh after that gives the deserved tier';

CREATE FUNCTION crm.end_tier_override(mart text, customer_id text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_variable
DECLARE
	_key text;
	_ended bigint := 0;
BEGIN
	PERFORM crm.mart_require(mart);
	EXECUTE format('SELECT s.customer_type FROM %I.settings s WHERE s.ladder IS NOT NULL', mart) INTO _key;
	IF _key IS NOT NULL THEN
		-- Yesterday: so it has ended at any evaluation from today on.
		EXECUTE format('UPDATE %1$I.customer SET override_until = $2 - 1 WHERE customer_id %2$s $1::%3$s AND override_until IS NOT NULL', mart, crm.mart_equals(_key::regtype), _key) USING customer_id, crm.mart_today(mart);
		GET DIAGNOSTICS _ended = ROW_COUNT;
	END IF;
	IF _ended = 0 THEN
		RAISE EXCEPTION USING MESSAGE = format('customer %s has no tier by hand', coalesce(quote_literal(customer_id), 'NULL')),
			ERRCODE = 'no_data_found';
	END IF;
	EXECUTE format('SELECT %1$I.settle(ARRAY[$1::%2$s], $2)', mart, _key) USING customer_id, crm.mart_today(mart);
END
$$;
COMMENT ON FUNCTION crm.end_tier_override(text, text) IS
	'ends a tier given by hand and gives the deserved one; an error if the customer (the key as text) has none';
