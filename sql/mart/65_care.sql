-- Care of a mart: is it right, make it right, bring it up to date.

CREATE FUNCTION crm.mart_generate_all(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_source record;
BEGIN
	IF NOT crm.mart_has_tables(mart) THEN
		RETURN;
	END IF;
	-- Triggers carry the name of the mart, which may have been renamed.
	FOR _source IN
		SELECT t.tgrelid::regclass AS source, t.tgname, crm.mart_trigger_name(mart, split_part(p.proname, '_', 2)::integer, split_part(p.proname, '_', 3)) AS name
		FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = mart AND p.proname ~ '^source_[0-9]+_(insert|update|delete|truncate)$'
	LOOP
		IF _source.tgname <> _source.name THEN
			EXECUTE format('ALTER TRIGGER %I ON %s RENAME TO %I', _source.tgname, _source.source, _source.name);
		END IF;
	END LOOP;
	PERFORM crm.mart_generate(mart);
	FOR _source IN EXECUTE format('SELECT s.source_id, crm.mart_source_table($1, s.source_id) AS source FROM %I.source s ORDER BY 1', mart) USING mart LOOP
		IF _source.source IS NOT NULL THEN
			PERFORM crm.mart_generate_source(mart, _source.source_id, _source.source);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.mart_generate_all(text) IS
	'generates all code of a mart anew from its settings and sources';

CREATE FUNCTION crm.mart_version(mart text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_version integer;
BEGIN
	IF NOT coalesce(crm.mart_exists(mart), false) THEN
		RAISE EXCEPTION USING MESSAGE = format('there is no mart named %s', coalesce(quote_ident(mart), 'NULL')), ERRCODE = 'undefined_object';
	END IF;
	EXECUTE format('SELECT s.mart_version FROM %I.settings s', mart) INTO _version;
	RETURN _version;
END
$$;
COMMENT ON FUNCTION crm.mart_version(text) IS
	'the version of a mart''s tables and code; it works with this crm if it equals crm.mart_current_version()';

CREATE FUNCTION crm.upgrade_mart(mart text) RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_require(mart, true);
	IF crm.mart_version(mart) > crm.mart_current_version() THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart %I is newer than this crm', mart),
			HINT = 'ALTER EXTENSION crm UPDATE;',
			ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	-- Version 1 is the first: there is nothing to carry over yet, the code is made anew.
	IF crm.mart_has_tables(mart) THEN
		PERFORM crm.mart_generate_all(mart);
		PERFORM crm.mart_create_views(mart);
	END IF;
	EXECUTE format('UPDATE %I.settings SET mart_version = crm.mart_current_version()', mart);
	RETURN crm.mart_current_version();
END
$$;
COMMENT ON FUNCTION crm.upgrade_mart(text) IS
	'brings tables, code and views of a mart to the version of this crm; also makes the code anew after settings or sources were edited by hand or the schema was renamed. Returns the version';

-- Histories form a group: live minus fresh is empty exactly where they agree, whichever side has more.
CREATE FUNCTION crm.verify(mart text) RETURNS TABLE (problem text, source text, customer_id text, year integer, live text, fresh text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_column
DECLARE
	_source record;
	_table regclass;
	_query text := $sql$
		WITH fresh AS MATERIALIZED (SELECT * FROM %3$s)
		SELECT 'history differs', $1, c.customer_id::text, c.year, c.live::text, c.fresh::text
		FROM (SELECT b.customer_id, b.year, crm.history_agg(b.history) FILTER (WHERE b.live) AS live, crm.history_agg(b.history) FILTER (WHERE NOT b.live) AS fresh
		      FROM (SELECT customer_id, year, history, true AS live FROM %1$I.chunk WHERE source_id = %2$s
		            UNION ALL
		            SELECT customer_id, date_part('year', day)::integer, crm.history_agg(day, amount, orders), false
		            FROM fresh WHERE reason IS NULL GROUP BY 1, 2) AS b
		      GROUP BY 1, 2) AS c
		WHERE c.live OPERATOR(crm.<>) c.fresh
		UNION ALL
		SELECT 'quarantine differs', $1, 'order ' || q.order_id, NULL, coalesce(sum(q.rows) FILTER (WHERE q.live), 0) || ' ' || q.reason, coalesce(sum(q.rows) FILTER (WHERE NOT q.live), 0) || ' ' || q.reason
		FROM (SELECT order_id, reason, rows, true AS live FROM %1$I.quarantine WHERE source_id = %2$s
		      UNION ALL
		      SELECT coalesce(order_id, ''), reason, 1, false FROM fresh WHERE reason IS NOT NULL) AS q
		GROUP BY q.order_id, q.reason
		HAVING coalesce(sum(q.rows) FILTER (WHERE q.live), 0) <> coalesce(sum(q.rows) FILTER (WHERE NOT q.live), 0)$sql$;
BEGIN
	IF NOT coalesce(crm.mart_exists(mart), false) THEN
		PERFORM crm.mart_require(mart);
	END IF;
	FOR _source IN EXECUTE format('SELECT s.source_id, s.relation FROM %I.source s ORDER BY 1', mart) LOOP
		_table := crm.mart_source_table(mart, _source.source_id);
		IF _table IS NULL THEN
			RETURN QUERY SELECT 'table or trigger is gone', _source.relation, NULL::text, NULL::integer, NULL::text, NULL::text;
			CONTINUE;
		END IF;
		IF row_security_active(_table) THEN
			RAISE EXCEPTION USING MESSAGE = format('row security hides rows of %s from you', _table), ERRCODE = 'insufficient_privilege';
		END IF;
		RETURN QUERY SELECT t.problem, t.relation::text, NULL::text, NULL::integer, t.trigger_name, NULL::text FROM crm.mart_trigger_problems(mart, _source.source_id) AS t;
		BEGIN
			RETURN QUERY EXECUTE format(_query, mart, _source.source_id, format('%I.source_%s', mart, _source.source_id)) USING _table::text;
		EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
			-- An expression fails on some row: read them one by one.
			RETURN QUERY EXECUTE format(_query, mart, _source.source_id, crm.mart_careful(mart, _source.source_id)) USING _table::text;
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.verify(text) IS
	'every difference between a mart and a fresh computation from its sources, in both directions: histories, quarantine, triggers that are missing or disabled. No row: the mart is right. Reads all sources';

CREATE FUNCTION crm.mart_trigger_problems(mart text, source_id integer) RETURNS TABLE (problem text, relation regclass, trigger_name text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
	WITH source AS (SELECT crm.mart_source_table(mart, source_id) AS oid),
	member AS (
		SELECT s.oid, c.relkind = 'r' AS leaf FROM source s JOIN pg_class c ON c.oid = s.oid
		UNION
		SELECT t.relid, t.isleaf FROM source s, pg_partition_tree(s.oid) AS t
	),
	expected AS (
		SELECT m.oid, crm.mart_trigger_name(mart, source_id, o) AS name
		FROM member m, unnest(ARRAY['insert', 'update', 'delete', 'truncate']) AS o
		WHERE m.leaf OR o <> 'truncate'
	)
	SELECT CASE WHEN t.oid IS NULL THEN 'trigger is missing' ELSE 'trigger is disabled' END, e.oid::regclass, e.name
	FROM expected e LEFT JOIN pg_trigger t ON t.tgrelid = e.oid AND t.tgname = e.name
	WHERE t.oid IS NULL OR t.tgenabled IN ('D', 'R')
	UNION ALL
	SELECT 'partition was detached', t.tgrelid::regclass, t.tgname::text
	FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname = mart AND p.proname = format('source_%s_insert', source_id) AND t.tgrelid NOT IN (SELECT m.oid FROM member m)
$$;
COMMENT ON FUNCTION crm.mart_trigger_problems(text, integer) IS
	'triggers of a source that are missing (a new partition), disabled, or left on a detached partition; crm.rebuild mends it';

CREATE FUNCTION crm.rebuild(mart text, source_id integer DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_source record;
	_change text;
BEGIN
	PERFORM crm.mart_require(mart);
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION USING MESSAGE = 'a mart is rebuilt under READ COMMITTED',
			DETAIL = 'An older snapshot would miss rows that were committed before the table was locked.',
			ERRCODE = 'invalid_transaction_state';
	ELSIF source_id IS NOT NULL AND crm.mart_source_field(mart, source_id, 'source_id') IS NULL THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart %I has no source %s', mart, source_id),
			HINT = format('SELECT source_id, relation FROM %I.source;', mart),
			ERRCODE = 'undefined_object';
	END IF;
	FOR _source IN EXECUTE format('SELECT s.source_id AS id, s.relation, crm.mart_source_table($1, s.source_id) AS source FROM %I.source s WHERE s.source_id = coalesce($2, s.source_id) ORDER BY 1', mart)
		USING mart, source_id
	LOOP
		IF _source.source IS NULL THEN
			RAISE EXCEPTION USING MESSAGE = format('the table %s is gone', _source.relation),
				HINT = format('SELECT crm.remove_source(%L, %s);', mart, _source.id),
				ERRCODE = 'undefined_table';
		END IF;
		PERFORM crm.mart_check_relation(mart, _source.source);
		EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', _source.source);
		SELECT string_agg(format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass), '; ') INTO _change
		FROM crm.mart_trigger_problems(mart, _source.id) AS b
		JOIN pg_trigger t ON t.tgrelid = b.relation AND right(t.tgname, length(mart) + length(_source.id::text) + 2) = format('_%s_%s', _source.id, mart)
		JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = mart
		WHERE b.problem = 'partition was detached';
		IF _change IS NOT NULL THEN
			EXECUTE _change;
		END IF;
		SELECT string_agg(format('ALTER TABLE %s ENABLE TRIGGER %I', b.relation, b.trigger_name), '; ') INTO _change
		FROM crm.mart_trigger_problems(mart, _source.id) AS b WHERE b.problem = 'trigger is disabled';
		IF _change IS NOT NULL THEN
			EXECUTE _change;
		END IF;
		PERFORM crm.mart_generate_source(mart, _source.id, _source.source);
		PERFORM crm.mart_create_triggers(mart, _source.id, _source.source);
		EXECUTE format('SELECT FROM %I.source s WHERE s.source_id = $1 FOR UPDATE', mart) USING _source.id;
		EXECUTE format('DELETE FROM %I.history h WHERE h.source_id = $1', mart) USING _source.id;
		EXECUTE format('DELETE FROM %I.queue q WHERE q.source_id = $1', mart) USING _source.id;
		EXECUTE format('DELETE FROM %I.quarantine q WHERE q.source_id = $1', mart) USING _source.id;
		PERFORM crm.mart_fill(mart, _source.id);
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.rebuild(text, integer) IS
	'computes a mart, or what came from one source, anew: after ATTACH or DETACH of partitions, after changes that no trigger saw, after a restore of data alone. Puts missing triggers in place and enables disabled ones. Writers of the table wait, readers see the old state until it is committed. Tiers are left to the next refresh';

CREATE FUNCTION crm.drain(mart text, rows integer DEFAULT 10000) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_drained bigint := 0;
BEGIN
	-- Not mart_require: drains may run side by side, each takes what no other has.
	IF NOT coalesce(crm.mart_exists(mart), false) THEN
		PERFORM crm.mart_require(mart);
	ELSIF rows IS NULL OR rows <= 0 THEN
		RAISE EXCEPTION USING MESSAGE = 'rows must be above 0', ERRCODE = 'invalid_parameter_value';
	END IF;
	IF crm.mart_has_tables(mart) THEN
		EXECUTE format('SELECT %I.drain($1)', mart) INTO _drained USING rows;
	END IF;
	RETURN _drained;
END
$$;
COMMENT ON FUNCTION crm.drain(text, integer) IS
	'adds up to that many waiting changes of queued sources to the history, and moves tiers up; returns how many, 0 when nothing (more) waits. Call it again and again, from one session or several';
