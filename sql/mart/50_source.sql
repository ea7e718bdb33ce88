-- A table becomes a source, and stops being one.

-- The table of a source: the one that carries its triggers. So it is found under whatever name it has
-- now, and after a restore. NULL if it was dropped.
CREATE FUNCTION crm.mart_source_table(mart text, source_id integer) RETURNS regclass
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT t.tgrelid::regclass
	FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname = mart AND p.proname = format('source_%s_insert', source_id) AND t.tgnargs = 0
	LIMIT 1
$$;
COMMENT ON FUNCTION crm.mart_source_table(text, integer) IS
	'the table of a source; NULL if it is gone';

CREATE FUNCTION crm.add_source(mart text, source regclass, order_id text, customer_id text, at text, amount text, condition text DEFAULT NULL,
                               orders text DEFAULT NULL, refunds boolean DEFAULT false, currency text DEFAULT NULL, queued boolean DEFAULT false,
                               path text DEFAULT pg_catalog.current_setting('search_path')) RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_variable
DECLARE
	_zone text;
	_currency text;
	_key text;
	_customer record;
	_at record;
	_amount record;
	_order record;
	_condition record;
	_orders record;
	_money record;
	_id integer;
	_twice integer;
	_fresh boolean := false;
BEGIN
	PERFORM crm.mart_require(mart);
	IF source IS NULL THEN
		RAISE EXCEPTION USING MESSAGE = 'source is missing', HINT = 'Give the name of a table.', ERRCODE = 'invalid_parameter_value';
	ELSIF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION USING MESSAGE = 'a source is added under READ COMMITTED',
			DETAIL = 'An older snapshot would miss rows that were committed before the triggers were in place.',
			ERRCODE = 'invalid_transaction_state';
	END IF;
	PERFORM crm.mart_check_relation(mart, source);
	-- No row may come between the first filling and the triggers. Readers go on.
	EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', source);

	EXECUTE format('SELECT s.zone, s.currency, s.customer_type FROM %I.settings s', mart) INTO _zone, _currency, _key;
	_customer := crm.mart_probe(mart, source, 'customer_id', customer_id, path, false);
	_order := crm.mart_probe(mart, source, 'order_id', order_id, path, false);
	PERFORM crm.mart_probe(mart, source, 'order_id as text', format('(%s)::text', _order.canonical), path, false);
	_at := crm.mart_probe(mart, source, 'at', at, path, false);
	_amount := crm.mart_probe(mart, source, 'amount', amount, path, false);
	_condition := crm.mart_probe(mart, source, 'condition', condition, path, true);
	_orders := crm.mart_probe(mart, source, 'orders', orders, path, true);
	_money := crm.mart_probe(mart, source, 'currency', currency, path, true);
	PERFORM crm.mart_check_amount(_amount.type);
	IF _condition.type <> 'boolean'::regtype THEN
		RAISE EXCEPTION USING MESSAGE = format('condition must be boolean, not %s', _condition.type), ERRCODE = 'datatype_mismatch';
	ELSIF _orders.type NOT IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) THEN
		RAISE EXCEPTION USING MESSAGE = format('orders must be an integer, not %s', _orders.type),
			HINT = 'Cast it in the expression.',
			ERRCODE = 'datatype_mismatch';
	ELSIF orders IS NOT NULL AND refunds THEN
		RAISE EXCEPTION USING MESSAGE = 'orders and refunds exclude each other',
			DETAIL = 'Refunds are no orders.',
			ERRCODE = 'invalid_parameter_value';
	ELSIF _money.type NOT IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN
		RAISE EXCEPTION USING MESSAGE = format('currency must be text, not %s', _money.type),
			HINT = 'Cast it in the expression.',
			ERRCODE = 'datatype_mismatch';
	ELSIF currency IS NOT NULL AND _currency IS NULL THEN
		RAISE EXCEPTION USING MESSAGE = 'the mart has no currency to compare with',
			HINT = 'Make the mart with one: crm.create_mart(mart, zone, currency).',
			ERRCODE = 'invalid_parameter_value';
	END IF;

	-- One table can be two sources (orders and refunds, goods and freight), but not twice the same.
	EXECUTE format('SELECT s.source_id FROM %1$I.source s WHERE crm.mart_source_table(%1$L, s.source_id) = $1 AND s.amount = $2 AND s.condition IS NOT DISTINCT FROM $3 AND s.refunds = $4 LIMIT 1', mart)
		INTO _twice USING source, _amount.canonical, _condition.canonical, refunds;
	IF _twice IS NOT NULL THEN
		RAISE EXCEPTION USING MESSAGE = format('%s is in the mart already, as source %s', source, _twice),
			DETAIL = 'The same amount under the same condition would count every order twice.',
			HINT = format('SELECT crm.remove_source(%L, %s); takes it out. A second source of the same table needs another amount or condition.', mart, _twice),
			ERRCODE = 'duplicate_object';
	END IF;

	IF _key IS NULL THEN
		-- The first source says what a customer's key is.
		_fresh := true;
		_key := format_type(_customer.type, -1);
		IF crm.mart_equals(_customer.type) IS NULL THEN
			RAISE EXCEPTION USING MESSAGE = format('customer_id cannot have the type %s', _key),
				DETAIL = 'A key is a single value with an order: a number, a text, a uuid, a date.',
				HINT = 'Cast it in the expression.',
				ERRCODE = 'datatype_mismatch';
		END IF;
		EXECUTE format('UPDATE %I.settings SET customer_type = $1', mart) USING _key;
		PERFORM crm.mart_create_tables(mart, _key || coalesce(' COLLATE ' || _customer.collation_name, ''));
		PERFORM crm.mart_create_views(mart);
		PERFORM crm.mart_generate(mart);
	END IF;
	-- All sources agree on type and collation: the same key, and the same order of locks.
	customer_id := crm.mart_key_expression(mart, source, _customer.canonical, _key, path);

	EXECUTE format($sql$
		INSERT INTO %I.source (relation, order_id, customer_id, at, day, amount, condition, orders, refunds, currency, queued)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING source_id$sql$, mart)
		INTO _id
		USING source::text, _order.canonical, customer_id, _at.canonical, crm.mart_day_expression(_at.canonical, _at.type, _zone), _amount.canonical,
		      _condition.canonical, _orders.canonical, refunds, _money.canonical, queued;
	PERFORM crm.mart_generate_source(mart, _id, source);
	PERFORM crm.mart_check_order_id(mart, source, _order.canonical, _order.column_name, _customer.canonical, _at.canonical, _amount.canonical, _condition.canonical);
	PERFORM crm.mart_create_triggers(mart, _id, source);
	PERFORM crm.mart_fill(mart, _id, _fresh);
	PERFORM crm.mart_place_tiers(mart, 'new source');
	RETURN _id;
END
$$;
COMMENT ON FUNCTION crm.add_source(text, regclass, text, text, text, text, text, text, boolean, text, boolean, text) IS
	'attaches a table to a mart: fills the mart from it and keeps it in step by triggers. Writers of the table wait until the filling is committed, readers do not. order_id, customer_id, at, amount: columns, or immutable expressions over a row; order_id is unique in the table. condition: which rows count. orders: how many orders a row is (default 1, 0 for a negative amount). refunds: amounts are taken off, rows are no orders. currency: the column of the currency; rows of another than the mart''s are not counted. queued: changes wait for crm.drain. path: the search path for the expressions, the caller''s. Returns the number of the source';

CREATE FUNCTION crm.mart_key_expression(mart text, source regclass, canonical text, key_type text, path text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_collation text;
	_probe record;
BEGIN
	SELECT format('%I.%I', n.nspname, c.collname) INTO _collation
	FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace s ON s.oid = t.relnamespace
	JOIN pg_collation c ON c.oid = a.attcollation JOIN pg_namespace n ON n.oid = c.collnamespace
	WHERE s.nspname = mart AND t.relname = 'history' AND a.attname = 'customer_id';
	_probe := crm.mart_probe(mart, source, 'customer_id as ' || key_type, format('(%s)::%s%s', canonical, key_type, coalesce(' COLLATE ' || _collation, '')), path, false);
	RETURN _probe.canonical;
END
$$;
COMMENT ON FUNCTION crm.mart_key_expression(text, regclass, text, text, text) IS
	'the expression of a customer''s key in the type and collation of the mart; an error if it cannot be cast';

-- Says how far a long scan is, about every two seconds. Called for one row in 4096, drawn at random:
-- the rows read so far are then known well enough, and the scan pays nothing for it.
CREATE FUNCTION crm.mart_progress(total double precision) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_state text[] := string_to_array(nullif(current_setting('crm_mart.progress', true), ''), ' ');
	_now double precision := extract(epoch FROM clock_timestamp());
	_calls bigint := coalesce(_state[1]::bigint, 0) + 1;
	_said double precision := coalesce(_state[2]::double precision, _now);
BEGIN
	IF _now - _said >= 2 THEN
		_said := _now;
		RAISE NOTICE 'about % rows read (% %%)', _calls * 4096, least(99, round(100 * _calls * 4096 / greatest(total, 1)));
	END IF;
	PERFORM set_config('crm_mart.progress', concat_ws(' ', _calls, _said), true);
	RETURN true;
END
$$;
COMMENT ON FUNCTION crm.mart_progress(double precision) IS
	'counts calls and now and then tells how much of total rows was read; always true';

-- One reading of the table gives chunks and tells whether there are bad rows; only then is it read again.
CREATE FUNCTION crm.mart_fill(mart text, source_id integer, fresh boolean DEFAULT false) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_source regclass := crm.mart_source_table(mart, source_id);
	_total double precision;
	_since timestamptz := clock_timestamp();
	_chunks bigint;
	_bad bigint;
	_read text;
	_e record := crm.mart_entry(mart, source_id);
	-- Whole histories first, cut into years afterwards: half the groups of grouping by year at once.
	_fill text := $sql$
		WITH whole AS MATERIALIZED (
			SELECT customer_id, %2$s FILTER (WHERE good) AS history, count(*) FILTER (WHERE NOT good) AS bad
			FROM %3$s
			WHERE CASE WHEN random() < 1.0 / 4096 THEN crm.mart_progress(%4$s) ELSE true END
			GROUP BY 1
		), put AS (
			INSERT INTO %1$I.history (customer_id, year, source_id, history)
			SELECT c.customer_id, date_part('year', crm.first_activity(c.history))::integer, %5$s, c.history
			FROM (SELECT w.customer_id, crm.by_year(w.history) AS history FROM whole AS w) AS c%6$s
			RETURNING 1
		)
		SELECT (SELECT count(*) FROM put), coalesce(sum(bad), 0) FROM whole$sql$;
BEGIN
	PERFORM set_config('crm_mart.progress', '', true);
	SELECT coalesce(sum(greatest(c.reltuples, 0)), 0) INTO _total
	FROM pg_class c WHERE c.oid = _source OR c.oid IN (SELECT t.relid FROM pg_partition_tree(_source) t WHERE t.isleaf);
	RAISE NOTICE 'reading %', _source;
	-- A table that nobody has seen yet gets its index afterwards, in one go.
	IF fresh THEN
		EXECUTE format('ALTER TABLE %I.history DROP CONSTRAINT history_pkey', mart);
	END IF;
	BEGIN
		_read := format('%I.source_%s', mart, source_id);
		EXECUTE format(_fill, mart, _e.agg, format('(SELECT customer_id, day, amount%s, %s AND (scale(amount) <= 8 OR min_scale(amount) <= 8) AS good FROM (SELECT %s FROM %s AS r WHERE %s OFFSET 0) AS entry OFFSET 0) AS e',
		                                           CASE WHEN _e.agg ~ 'orders' THEN ', orders' ELSE '' END, _e.good, _e.came, _source, _e.condition),
		               _total, source_id, CASE WHEN fresh THEN '' ELSE ' ORDER BY 1, 2' END) INTO _chunks, _bad;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE !~ '^(22|23|P0)' THEN
			RAISE;
		END IF;
		-- Some expression fails on some row: read them one by one.
		RAISE NOTICE 'a row cannot be read (%): reading every row with care', SQLERRM;
		_read := crm.mart_careful(mart, source_id);
		EXECUTE format(_fill, mart, 'crm.history_agg(day, amount, orders)', format('(SELECT c.*, c.reason IS NULL AS good FROM %s) AS e', replace(_read, ' AS careful', ' AS c')),
		               _total, source_id, CASE WHEN fresh THEN '' ELSE ' ORDER BY 1, 2' END) INTO _chunks, _bad;
	END;
	IF fresh THEN
		EXECUTE format('ALTER TABLE %I.history ADD PRIMARY KEY (customer_id, year, source_id)', mart);
	END IF;
	IF _bad > 0 THEN
		EXECUTE format('INSERT INTO %I.quarantine (source_id, order_id, reason, rows) SELECT $1, coalesce(order_id, %L), reason, count(*) FROM %s WHERE reason IS NOT NULL GROUP BY 2, 3', mart, '', _read)
			USING source_id;
	END IF;
	EXECUTE format('ANALYZE %I.history', mart);
	RAISE NOTICE 'read %: % chunks of customer and year, % rows in quarantine, % s', _source, _chunks, _bad, round(extract(epoch FROM clock_timestamp() - _since), 1);
END
$$;
COMMENT ON FUNCTION crm.mart_fill(text, integer, boolean) IS
	'fills history and quarantine from a source that has nothing in them yet; fresh: the mart was made in this transaction';

-- The rows of a source, each read by the function that turns errors into reasons.
CREATE FUNCTION crm.mart_careful(mart text, source_id integer) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT format('(SELECT e.* FROM %s AS r, %I.source_%s_entry(1, %s) AS e) AS careful', crm.mart_source_table(mart, source_id), mart, source_id,
	              (SELECT string_agg(format('r.%I', n.c), ', ' ORDER BY n.o) FROM unnest(u.names) WITH ORDINALITY AS n (c, o)))
	FROM crm.mart_used_columns(mart, source_id) AS u
$$;
COMMENT ON FUNCTION crm.mart_careful(text, integer) IS
	'a FROM item that reads the entries of a source one by one, with care';

CREATE FUNCTION crm.remove_source(mart text, source_id integer) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_drop text;
BEGIN
	PERFORM crm.mart_require(mart, true);
	IF crm.mart_source_field(mart, source_id, 'source_id') IS NULL THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart %I has no source %s', mart, source_id),
			HINT = format('SELECT source_id, relation FROM %I.source;', mart),
			ERRCODE = 'undefined_object';
	END IF;
	-- Whoever writes the table finishes first; then nothing of it can come in any more.
	SELECT string_agg(format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass), '; ' ORDER BY t.tgrelid, t.tgname) INTO _drop
	FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname = mart AND p.proname IN (SELECT format('source_%s_%s', source_id, o) FROM unnest(ARRAY['insert', 'update', 'delete', 'truncate']) AS o);
	IF _drop IS NOT NULL THEN
		EXECUTE _drop;
	END IF;
	EXECUTE format('SELECT FROM %I.source s WHERE s.source_id = $1 FOR UPDATE', mart) USING source_id;
	EXECUTE format('DELETE FROM %I.history h WHERE h.source_id = $1', mart) USING source_id;
	EXECUTE format('DELETE FROM %I.queue q WHERE q.source_id = $1', mart) USING source_id;
	EXECUTE format('DELETE FROM %I.quarantine q WHERE q.source_id = $1', mart) USING source_id;
	EXECUTE format('DELETE FROM %I.source s WHERE s.source_id = $1', mart) USING source_id;
	-- DROP TABLE ... CASCADE took the view with it.
	IF to_regclass(format('%I.%I', mart, format('source_%s', source_id))) IS NOT NULL THEN
		EXECUTE format('DROP VIEW %I.%I', mart, format('source_%s', source_id));
	END IF;
	SELECT string_agg(format('DROP FUNCTION %s', p.oid::regprocedure), '; ') INTO _drop
	FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname = mart AND p.proname IN (SELECT format('source_%s_%s', source_id, o) FROM unnest(ARRAY['insert', 'update', 'delete', 'truncate', 'entry']) AS o);
	IF _drop IS NOT NULL THEN
		EXECUTE _drop;
	END IF;
	PERFORM crm.mart_place_tiers(mart, 'source removed');
END
$$;
COMMENT ON FUNCTION crm.remove_source(text, integer) IS
	'detaches a source and takes everything that came from it out of the mart; the table is left as it was before add_source';

CREATE FUNCTION crm.drop_mart(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_source integer;
	_drop text;
BEGIN
	PERFORM crm.mart_require(mart, true);
	EXECUTE format('UPDATE %I.settings SET ladder = NULL', mart);
	FOR _source IN EXECUTE format('SELECT s.source_id FROM %I.source s', mart) LOOP
		PERFORM crm.remove_source(mart, _source);
	END LOOP;
	PERFORM crm.mart_drop_views(mart);
	IF crm.mart_has_tables(mart) THEN
		EXECUTE format('DROP VIEW %1$I.customer_history, %1$I.chunk', mart);
		SELECT string_agg(format('DROP FUNCTION %s', p.oid::regprocedure), '; ') INTO _drop
		FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = mart AND p.proname IN ('apply', 'enqueue', 'apply_entries', 'drain', 'upgrade', 'upgrade_one', 'settle', 'move_tiers');
		EXECUTE _drop;
		EXECUTE format('DROP TABLE %1$I.history, %1$I.queue, %1$I.quarantine, %1$I.customer, %1$I.tier_history, %1$I.event, %1$I.model, %1$I.snapshot, %1$I.score', mart);
		EXECUTE format('DROP TYPE %I.entry', mart);
	END IF;
	EXECUTE format('DROP TABLE %1$I.settings, %1$I.source', mart);
	-- Without CASCADE: what somebody else put here is not ours to drop.
	EXECUTE format('DROP SCHEMA %I', mart);
END
$$;
COMMENT ON FUNCTION crm.drop_mart(text) IS
	'removes a mart and its triggers; the sources are left exactly as they were. An error, and nothing done, if objects of others are in the schema or depend on it';

CREATE FUNCTION crm.mart_has_tables(mart text) RETURNS boolean
	LANGUAGE sql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = mart AND c.relname = 'history') $$;
COMMENT ON FUNCTION crm.mart_has_tables(text) IS
	'true once a mart has had a source';
