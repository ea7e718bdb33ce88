-- The code of a mart: one view and five functions a source, two functions a mart. Everything that a
-- generated function does is plain SQL over the tables of the mart with plans that stay cached; what can
-- be decided beforehand is decided here.

-- How a row r of a source is read. columns: the select list that makes an entry of it; came and agg: the
-- same for entries that are only added, and the aggregate that takes them; good: when an entry
-- counts; reason: why it does not. The number of orders spells out the rule of crm.history_agg, so that a
-- row can be taken off again with the sign reversed: an amount below zero is a refund and no order.
CREATE FUNCTION crm.mart_entry(mart text, source_id integer, OUT order_id text, OUT columns text, OUT came text, OUT agg text, OUT good text, OUT reason text, OUT condition text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_s record;
BEGIN
	EXECUTE format('SELECT s.*, t.currency AS mart_currency FROM %1$I.source s, %1$I.settings t WHERE s.source_id = $1', mart) INTO STRICT _s USING source_id;
	order_id := format('(%s)::text', _s.order_id);
	condition := coalesce(_s.condition, 'true');
	columns := concat_ws(', ',
		format('%s AS customer_id', _s.customer_id),
		format('%s AS day', _s.day),
		format('%s AS amount', CASE WHEN _s.refunds THEN format('-(%s)::numeric', _s.amount) ELSE format('(%s)::numeric', _s.amount) END),
		format('%s AS orders', CASE
			WHEN _s.refunds THEN '0::bigint'
			WHEN _s.orders IS NULL THEN format('CASE WHEN (%s) < 0 THEN 0::bigint ELSE 1::bigint END', _s.amount)
			ELSE format('coalesce((%s)::bigint, CASE WHEN (%s) < 0 THEN 0 ELSE 1 END)', _s.orders, _s.amount) END),
		CASE WHEN _s.currency IS NOT NULL THEN format('%s AS currency', _s.currency) END);
	-- Where the number of orders follows the rule, the aggregate knows it by itself.
	came := CASE WHEN _s.orders IS NULL AND NOT _s.refunds THEN replace(columns, format(', CASE WHEN (%s) < 0 THEN 0::bigint ELSE 1::bigint END AS orders', _s.amount), '') ELSE columns END;
	agg := CASE WHEN _s.orders IS NULL AND NOT _s.refunds THEN 'crm.history_agg(day, amount)' ELSE 'crm.history_agg(day, amount, orders)' END;
	-- Too many decimals are not tested here: crm.history_agg raises an error, and the slow way finds the row.
	good := concat_ws(' AND ', '(customer_id IS NOT NULL', $text$day BETWEEN '1900-01-01' AND '2999-12-31'$text$, 'amount > -1e15', 'amount < 1e15',
		CASE WHEN _s.orders IS NOT NULL THEN 'orders BETWEEN -1e9 AND 1e9' END,
		CASE WHEN _s.currency IS NOT NULL THEN format('currency = %L', _s.mart_currency) END) || ') IS TRUE';
	reason := concat_ws(E'\n\t\t\t', 'CASE',
		$text$WHEN customer_id IS NULL THEN 'no customer'$text$,
		$text$WHEN day IS NULL THEN 'no date'$text$,
		$text$WHEN day NOT BETWEEN '1900-01-01' AND '2999-12-31' THEN 'date out of range'$text$,
		CASE WHEN _s.currency IS NOT NULL THEN format($text$WHEN (currency = %L) IS NOT TRUE THEN 'other currency'$text$, _s.mart_currency) END,
		$text$WHEN amount IS NULL THEN 'no amount'$text$,
		$text$WHEN amount <= -1e15 OR amount >= 1e15 THEN 'amount out of range'$text$,
		$text$WHEN min_scale(amount) > 8 THEN 'amount has more than 8 decimals'$text$,
		CASE WHEN _s.orders IS NOT NULL THEN $text$WHEN orders NOT BETWEEN -1e9 AND 1e9 THEN 'orders out of range'$text$ END) || E'\n\t\tEND';
END
$$;
COMMENT ON FUNCTION crm.mart_entry(text, integer) IS
	'how a row of a source is read: pieces of SQL for the code of a mart';

-- The columns of the source that its expressions use, as the view that reads it depends on them.
CREATE FUNCTION crm.mart_used_columns(mart text, source_id integer, OUT names text[], OUT types text[])
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT array_agg(a.attname::text ORDER BY a.attnum), array_agg(format_type(a.atttypid, -1) ORDER BY a.attnum)
	FROM (SELECT DISTINCT d.refobjid, d.refobjsubid
	      FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace
	      JOIN pg_rewrite w ON w.ev_class = v.oid
	      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
	      WHERE n.nspname = mart AND v.relname = format('source_%s', source_id) AND d.refobjid <> v.oid) AS used
	JOIN pg_attribute a ON a.attrelid = used.refobjid AND a.attnum = used.refobjsubid
$$;
COMMENT ON FUNCTION crm.mart_used_columns(text, integer) IS
	'the columns of a source that its expressions use, and their types';

-- Create a function of a mart: owned by whoever calls, hidden from everybody else, gone with the extension.
CREATE FUNCTION crm.mart_create_function(mart text, name text, arguments text, returns text, definer boolean, body text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- Functions that take arrays would be planned anew at each call, because a plan for the array at hand
	-- always looks cheaper: ten times the work of an order.
	EXECUTE format('CREATE OR REPLACE FUNCTION %I.%I(%s) RETURNS %s LANGUAGE plpgsql %s SET search_path = pg_catalog, pg_temp AS %L',
	               mart, name, arguments, returns, CASE WHEN definer THEN 'SECURITY DEFINER' ELSE 'SET plan_cache_mode = force_generic_plan' END, body);
	EXECUTE format('REVOKE ALL ON FUNCTION %I.%I(%s) FROM PUBLIC', mart, name, arguments);
	EXECUTE format('ALTER FUNCTION %I.%I(%s) DEPENDS ON EXTENSION crm', mart, name, arguments);
END
$$;
COMMENT ON FUNCTION crm.mart_create_function(text, text, text, text, boolean, text) IS
	'creates a function in a mart: pinned search path, no rights for PUBLIC, dropped with the extension';

-- Per mart: apply adds deltas to history, enqueue puts them aside, apply_entries sorts out bad rows first.
CREATE FUNCTION crm.mart_generate(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_key text;
	_tiers boolean;
BEGIN
	EXECUTE format('SELECT s.customer_type, s.ladder IS NOT NULL AND s.tier_measure <> ''predicted'' FROM %I.settings s', mart) INTO _key, _tiers;
	IF crm.mart_has_tiers(mart) THEN
		PERFORM crm.mart_generate_tiers(mart);
	END IF;
	PERFORM crm.mart_create_function(mart, 'apply', format('_source integer, _customers %1$s[], _years integer[], _histories crm.history[], _days date[]', _key), 'void', false, format($body$
-- Generated by crm. Adds deltas to the history. The arrays come in the order of the key: writers that
-- meet on the same customers lock them in the same order.
BEGIN
	INSERT INTO %1$I.history AS h (customer_id, year, source_id, history)
	SELECT u.customer_id, u.year, _source, u.history
	FROM unnest(_customers, _years, _histories) AS u (customer_id, year, history)
	ON CONFLICT (customer_id, year, source_id) DO UPDATE SET history = h.history OPERATOR(crm.+) excluded.history;%2$s
END
$body$, mart, CASE WHEN _tiers THEN format(E'\n\tPERFORM %I.upgrade(_customers, _days);', mart) ELSE '' END));
	PERFORM crm.mart_create_function(mart, 'enqueue', format('_source integer, _customers %1$s[], _years integer[], _histories crm.history[], _days date[]', _key), 'void', false, format($body$
-- Generated by crm. Puts deltas aside for crm.drain: nobody waits for anybody.
BEGIN
	INSERT INTO %1$I.queue (source_id, customer_id, year, day, history)
	SELECT _source, u.customer_id, u.year, u.day, u.history
	FROM unnest(_customers, _years, _histories, _days) AS u (customer_id, year, history, day);
END
$body$, mart));
	PERFORM crm.mart_create_function(mart, 'apply_entries', format('_source integer, _queued boolean, _entries %I.entry[]', mart), 'void', false, format($body$
-- Generated by crm. The slow way, taken when a statement holds a row that cannot be counted: such rows
-- go to the quarantine (or leave it: their number is signed), the others are applied.
DECLARE
	_customers %2$s[];
	_years integer[];
	_histories crm.history[];
	_days date[];
BEGIN
	INSERT INTO %1$I.quarantine AS q (source_id, order_id, reason, rows)
	SELECT _source, coalesce(e.order_id, ''), e.reason, sum(e.sign)
	FROM unnest(_entries) AS e
	WHERE e.reason IS NOT NULL
	GROUP BY 2, 3 HAVING sum(e.sign) <> 0 ORDER BY 2, 3
	ON CONFLICT (source_id, order_id, reason) DO UPDATE SET rows = q.rows + excluded.rows;
	DELETE FROM %1$I.quarantine AS q USING unnest(_entries) AS e
	WHERE q.rows = 0 AND q.source_id = _source AND q.order_id = coalesce(e.order_id, '') AND q.reason = e.reason;

	SELECT array_agg(c.customer_id), array_agg(c.year), array_agg(c.history), array_agg(c.day)
	INTO _customers, _years, _histories, _days
	FROM (SELECT e.customer_id, date_part('year', e.day)::integer AS year, max(e.day) FILTER (WHERE e.sign > 0) AS day,
	             crm.history_agg(e.day, e.sign * e.amount, e.sign * e.orders) AS history
	      FROM unnest(_entries) AS e WHERE e.reason IS NULL
	      GROUP BY 1, 2 ORDER BY 1, 2) AS c
	WHERE c.history OPERATOR(crm.<>) '';
	IF _customers IS NULL THEN
		RETURN;
	ELSIF _queued THEN
		PERFORM %1$I.enqueue(_source, _customers, _years, _histories, _days);
	ELSE
		PERFORM %1$I.apply(_source, _customers, _years, _histories, _days);
	END IF;
END
$body$, mart, _key));
	PERFORM crm.mart_create_function(mart, 'drain', '_limit integer', 'bigint', false, format($body$
-- Generated by crm. Carries waiting deltas into the history. Rows that another drain holds are its own.
DECLARE
	_drained bigint;
	_customers %2$s[];
	_days date[];
BEGIN
	-- Keeps out a TRUNCATE that is just taking a source out of the mart.
	PERFORM FROM %1$I.source WHERE queued FOR KEY SHARE;
	WITH taken AS (
		DELETE FROM %1$I.queue
		WHERE queue_id IN (SELECT queue_id FROM %1$I.queue ORDER BY queue_id LIMIT _limit FOR UPDATE SKIP LOCKED)
		RETURNING source_id, customer_id, year, day, history
	), put AS (
		INSERT INTO %1$I.history AS h (customer_id, year, source_id, history)
		SELECT t.customer_id, t.year, t.source_id, crm.history_agg(t.history) FROM taken AS t
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
		ON CONFLICT (customer_id, year, source_id) DO UPDATE SET history = h.history OPERATOR(crm.+) excluded.history
	)
	SELECT coalesce(sum(c.rows), 0), array_agg(c.customer_id), array_agg(c.day) INTO _drained, _customers, _days
	FROM (SELECT t.customer_id, count(*) AS rows, max(t.day) AS day FROM taken AS t GROUP BY 1 ORDER BY 1) AS c;%3$s
	RETURN _drained;
END
$body$, mart, _key, CASE WHEN _tiers THEN format(E'\n\tIF _drained > 0 THEN\n\t\tPERFORM %I.upgrade(_customers, _days);\n\tEND IF;', mart) ELSE '' END));
END
$$;
COMMENT ON FUNCTION crm.mart_generate(text) IS
	'generates the functions that a mart has once: apply, enqueue, apply_entries, drain and, with tiers, move_tiers, settle, upgrade, upgrade_one';

CREATE FUNCTION crm.mart_has_tiers(mart text) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_has boolean;
BEGIN
	EXECUTE format('SELECT s.ladder IS NOT NULL FROM %I.settings s', mart) INTO _has;
	RETURN _has;
END
$$;
COMMENT ON FUNCTION crm.mart_has_tiers(text) IS
	'true if tiers are set';

-- Per source: the view that reads it, the function that reads one row carefully, and the triggers.
CREATE FUNCTION crm.mart_generate_source(mart text, source_id integer, source regclass) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_e record;
	_arguments text;
	_came text;
	_went text;
	_one_came text;
	_one_went text;
	_queued boolean;
	_key text;
	_tiers boolean;
	_names text[];
	_types text[];
	_name text := format('source_%s', source_id);
BEGIN
	_e := crm.mart_entry(mart, source_id);
	EXECUTE format('SELECT s.queued, t.customer_type, t.ladder IS NOT NULL AND t.tier_measure <> ''predicted'' FROM %1$I.source s, %1$I.settings t WHERE s.source_id = $1', mart)
		INTO STRICT _queued, _key, _tiers USING source_id;
	IF to_regclass(format('%I.%I', mart, _name)) IS NOT NULL THEN
		EXECUTE format('DROP VIEW %I.%I', mart, _name);
	END IF;
	EXECUTE format(E'CREATE VIEW %I.%I AS\n\tSELECT order_id, customer_id, day, amount, orders,\n\t\t%s AS reason\n\tFROM (SELECT %s AS order_id, %s FROM %s AS r WHERE %s OFFSET 0) AS entry',
	               mart, _name, _e.reason, _e.order_id, _e.columns, source, _e.condition);
	PERFORM crm.mart_comment(mart, ARRAY[_name, format('how the mart reads %s: for the first filling, rebuild and verify; keeps the columns it uses from being dropped', source),
		_name || '.order_id', 'the order', _name || '.customer_id', 'the customer', _name || '.day', 'the day in the zone of the mart', _name || '.amount', 'the amount, below zero for refunds',
		_name || '.orders', 'number of orders', _name || '.reason', 'why the row is not counted; NULL if it is']);

	SELECT u.names, u.types INTO _names, _types FROM crm.mart_used_columns(mart, source_id) AS u;
	_arguments := (SELECT string_agg(format('r.%I', c), ', ' ORDER BY o) FROM unnest(_names) WITH ORDINALITY AS u (c, o));
	EXECUTE (SELECT coalesce(string_agg(format('DROP FUNCTION %s', p.oid::regprocedure), '; '), 'SELECT')
	         FROM pg_proc p WHERE p.pronamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = mart) AND p.proname = _name || '_entry');
	PERFORM crm.mart_create_function(mart, _name || '_entry', concat_ws(', ', 'integer', (SELECT string_agg(t, ', ' ORDER BY o) FROM unnest(_types) WITH ORDINALITY AS u (t, o))),
	                                 format('SETOF %I.entry', mart), false, format($body$
-- Generated by crm. One row of %1$s with care: $1 is 1 for a row that came and -1 for one that went, the
-- rest are its columns. An expression that fails is a reason for the quarantine, not an error.
#variable_conflict use_column
DECLARE
	_order text;
BEGIN
	BEGIN
		_order := (SELECT %2$s FROM (SELECT %3$s) AS r);
		-- First the condition: the others need not work where it is false.
		IF (SELECT %6$s FROM (SELECT %3$s) AS r) THEN
			RETURN QUERY
				SELECT $1, _order, customer_id, day, amount, orders,
				%4$s
				FROM (SELECT %5$s FROM (SELECT %3$s) AS r) AS entry;
		END IF;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE ~ '^(53|57|58|XX)' THEN
			RAISE;
		END IF;
		RETURN QUERY SELECT $1, _order, NULL::%7$s, NULL::date, NULL::numeric, NULL::bigint, 'expression fails: ' || SQLSTATE;
	END;
END
$body$, source, _e.order_id, (SELECT string_agg(format('$%s AS %I', o + 1, c), ', ' ORDER BY o) FROM unnest(_names) WITH ORDINALITY AS u (c, o)),
		_e.reason, _e.columns, _e.condition, _key));

	-- What the three operations read: entries that came, entries that went. OFFSET 0 has each expression
	-- computed once a row; without it the planner copies them into every place where they are used.
	_came := format(E'SELECT customer_id, day, amount, orders, day AS new_day,\n\t\t\t       %s AS good\n\t\t\tFROM (SELECT %s\n\t\t\t      FROM new_rows AS r WHERE %s OFFSET 0) AS entry',
	                _e.good, _e.columns, _e.condition);
	_went := format(E'SELECT customer_id, day, -amount AS amount, -orders AS orders, NULL::date AS new_day,\n\t\t\t       %s AS good\n\t\t\tFROM (SELECT %s\n\t\t\t      FROM old_rows AS r WHERE %s OFFSET 0) AS entry',
	                _e.good, _e.columns, _e.condition);
	_one_came := format('SELECT e FROM new_rows AS r, %I.%I(1, %s) AS e', mart, _name || '_entry', _arguments);
	_one_went := format('SELECT e FROM old_rows AS r, %I.%I(-1, %s) AS e', mart, _name || '_entry', _arguments);
	PERFORM crm.mart_generate_trigger(mart, source_id, source, 'insert', _came, _one_came,
		format($body$
	-- One row, as an application inserts it: no arrays, no sorting.
	BEGIN
		SELECT customer_id, day, %5$s, %1$s, EXISTS (SELECT FROM new_rows OFFSET 1)
		INTO _customer, _day, _history, _good, _more
		FROM (SELECT %2$s
		      FROM new_rows AS r WHERE %3$s) AS entry;
		IF NOT FOUND THEN
			RETURN NULL;
		END IF;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE ~ '^(53|57|58|XX)' THEN
			RAISE;
		END IF;
		_good := false;
	END;
	IF _good AND NOT _more THEN
		%4$s
		RETURN NULL;
	END IF;
$body$, _e.good, _e.came, _e.condition,
			CASE WHEN _queued THEN format($body$INSERT INTO %1$I.queue (source_id, customer_id, year, day, history)
		VALUES (%2$s, _customer, date_part('year', _day)::integer, _day, _history);$body$, mart, source_id)
			ELSE format($body$INSERT INTO %1$I.history AS h (customer_id, year, source_id, history)
		VALUES (_customer, date_part('year', _day)::integer, %2$s, _history)
		ON CONFLICT (customer_id, year, source_id) DO UPDATE SET history = h.history OPERATOR(crm.+) excluded.history;%3$s$body$, mart, source_id,
				CASE WHEN _tiers THEN format(E'\n\t\tPERFORM %I.upgrade_one(_customer, _day);', mart) ELSE '' END) END, replace(_e.agg, 'crm.history_agg', 'crm.history')));
	PERFORM crm.mart_generate_trigger(mart, source_id, source, 'update', _came || E'\n\t\t\tUNION ALL\n\t\t\t' || _went, _one_came || E'\n\t\t\t\tUNION ALL\n\t\t\t\t' || _one_went);
	PERFORM crm.mart_generate_trigger(mart, source_id, source, 'delete', _went, _one_went);
	PERFORM crm.mart_generate_truncate(mart, source_id, source);
END
$$;
COMMENT ON FUNCTION crm.mart_generate_source(text, integer, regclass) IS
	'generates the view and the functions of a source';

CREATE FUNCTION crm.mart_source_field(mart text, source_id integer, field text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_value text;
BEGIN
	EXECUTE format('SELECT s.%I::text FROM %I.source s WHERE s.source_id = $1', field, mart) INTO _value USING source_id;
	RETURN _value;
END
$$;
COMMENT ON FUNCTION crm.mart_source_field(text, integer, text) IS
	'a column of the table source of a mart, as text';

CREATE FUNCTION crm.mart_generate_trigger(mart text, source_id integer, source regclass, operation text, entries text, careful text, fast text DEFAULT '') RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_key text;
	_queued boolean := crm.mart_source_field(mart, source_id, 'queued');
BEGIN
	EXECUTE format('SELECT s.customer_type FROM %I.settings s', mart) INTO _key;
	PERFORM crm.mart_create_function(mart, format('source_%s_%s', source_id, operation), '', 'trigger', true, format($body$
-- Generated by crm. Keeps the mart in step with each %1$s on %2$s. Runs with the rights of its owner: who
-- may write the table need not, and cannot, touch the mart. See crm's doc/mart.md.
#variable_conflict use_column
DECLARE
	_customers %3$s[];
	_years integer[];
	_histories crm.history[];
	_days date[];
	_good boolean;%4$s
BEGIN%5$s%6$s
	-- Read everything, write nothing: an error here is a bad row, and no row stops the statement.
	BEGIN
		SELECT array_agg(customer_id), array_agg(year), array_agg(history), array_agg(new_day), bool_and(good)
		INTO _customers, _years, _histories, _days, _good
		FROM (SELECT customer_id, date_part('year', day)::integer AS year, crm.history_agg(day, amount, orders) AS history,
		             max(new_day) AS new_day, bool_and(good) AS good
		      FROM (
			%7$s
		      ) AS entry
		      GROUP BY 1, 2 ORDER BY 1, 2) AS chunk
		WHERE history OPERATOR(crm.<>) '' OR NOT good;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE ~ '^(53|57|58|XX)' THEN
			RAISE;
		END IF;
		_good := false;
	END;
	IF _good THEN
		PERFORM %8$I.%9$I(%10$s, _customers, _years, _histories, _days);
	ELSIF NOT _good THEN
		-- One row at a time: bad rows go to the quarantine. If not even that can be read (a column was
		-- renamed), the mart is behind its source and says so; the statement succeeds.
		DECLARE
			_entries %8$I.entry[];
		BEGIN
			_entries := ARRAY(%11$s);
			PERFORM %8$I.apply_entries(%10$s, %12$s, _entries);
		EXCEPTION WHEN undefined_column OR undefined_function OR datatype_mismatch THEN
			_entries := ARRAY[ROW(1, '', NULL, NULL, NULL, NULL, 'source cannot be read: ' || SQLERRM)::%8$I.entry];
			PERFORM %8$I.apply_entries(%10$s, %12$s, _entries);
		END;
	END IF;
	RETURN NULL;
END
$body$, operation, source, _key,
		CASE WHEN fast <> '' THEN format(E'\n\t_more boolean;\n\t_customer %s;\n\t_day date;\n\t_history crm.history;', _key) ELSE '' END,
		crm.mart_partition_guard(), fast, entries, mart, CASE WHEN _queued THEN 'enqueue' ELSE 'apply' END, source_id,
		careful, _queued::text));
END
$$;
COMMENT ON FUNCTION crm.mart_generate_trigger(text, integer, regclass, text, text, text, text) IS
	'generates the trigger function of a source for one operation: entries reads the changed rows at once, careful one by one, fast is what comes first';

-- Triggers sit on partitions too, with an argument; a partition that was detached is no longer the source.
CREATE FUNCTION crm.mart_partition_guard() RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT $text$
	IF TG_NARGS = 1 THEN
		-- On a partition: only while it is one of the source.
		PERFORM FROM pg_trigger t WHERE t.tgrelid = pg_partition_root(TG_RELID) AND t.tgname = TG_NAME AND t.tgnargs = 0;
		IF NOT FOUND THEN
			RETURN NULL;
		END IF;
	END IF;$text$
$$;
COMMENT ON FUNCTION crm.mart_partition_guard() IS
	'the first lines of every generated trigger function';

CREATE FUNCTION crm.mart_generate_truncate(mart text, source_id integer, source regclass) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_create_function(mart, format('source_%s_truncate', source_id), '', 'trigger', true, format($body$
-- Generated by crm. TRUNCATE has no transition table: before the rows go, everything that came from %2$s
-- goes out of the mart. The lock keeps crm.drain from carrying something in meanwhile.
BEGIN
	PERFORM FROM %1$I.source WHERE source_id = %3$s FOR UPDATE;
	IF TG_NARGS = 0 THEN
		DELETE FROM %1$I.history WHERE source_id = %3$s;
		DELETE FROM %1$I.queue WHERE source_id = %3$s;
		DELETE FROM %1$I.quarantine WHERE source_id = %3$s;
	ELSIF EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = pg_partition_root(TG_RELID) AND t.tgname = replace(TG_NAME, 'truncate', 'insert') AND t.tgnargs = 0) THEN
		-- A partition: only what it holds.
		EXECUTE %4$L || TG_RELID::regclass || %5$L;
	END IF;
	RETURN NULL;
END
$body$, mart, source, source_id,
		format('SELECT %I.apply_entries(%s, %s, array_agg(e)) FROM ONLY ', mart, source_id, crm.mart_source_field(mart, source_id, 'queued')::boolean::text),
		format(' AS r, %I.source_%s_entry(-1, %s) AS e', mart, source_id,
		       (SELECT string_agg(format('r.%I', c), ', ' ORDER BY o) FROM crm.mart_used_columns(mart, source_id) u, unnest(u.names) WITH ORDINALITY AS n (c, o)))));
END
$$;
COMMENT ON FUNCTION crm.mart_generate_truncate(text, integer, regclass) IS
	'generates the trigger function of a source for TRUNCATE';

CREATE FUNCTION crm.mart_trigger_name(mart text, source_id integer, operation text) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT format('crm_%s_%s_%s', operation, source_id, mart) $$;
COMMENT ON FUNCTION crm.mart_trigger_name(text, integer, text) IS
	'the name of the trigger on a source: crm_insert_1_shop';

-- Put the triggers where they belong: on the table and on every partition of it.
CREATE FUNCTION crm.mart_create_triggers(mart text, source_id integer, source regclass) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_relation regclass;
	_leaf boolean;
	_operation text;
	_transition text;
BEGIN
	FOR _relation, _leaf IN
		SELECT source, NOT EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = source)
		UNION
		SELECT t.relid, t.isleaf FROM pg_partition_tree(source) t
	LOOP
		FOR _operation, _transition IN VALUES ('insert', 'REFERENCING NEW TABLE AS new_rows'), ('update', 'REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows'),
		                                      ('delete', 'REFERENCING OLD TABLE AS old_rows'), ('truncate', '')
		LOOP
			-- TRUNCATE of a partitioned table fires the triggers of its partitions.
			CONTINUE WHEN _operation = 'truncate' AND NOT _leaf;
			CONTINUE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = _relation AND t.tgname = crm.mart_trigger_name(mart, source_id, _operation));
			EXECUTE format('CREATE TRIGGER %I %s %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %I.%I(%s)',
			               crm.mart_trigger_name(mart, source_id, _operation), CASE WHEN _operation = 'truncate' THEN 'BEFORE' ELSE 'AFTER' END, _operation,
			               _relation, _transition, mart, format('source_%s_%s', source_id, _operation), CASE WHEN _relation = source THEN '' ELSE '''partition''' END);
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.mart_create_triggers(text, integer, regclass) IS
	'puts the triggers of a source on its table and on every partition where they are missing';
