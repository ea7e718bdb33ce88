-- What the user's expressions mean, asked of the server before anything is built on them.

-- An index accepts exactly what a trigger needs: an expression over one row, without subqueries,
-- aggregates or sets, whose functions are all IMMUTABLE. So each expression is tried as an index on an
-- empty copy of the table, with the search path of whoever gave it, and read back with every name
-- qualified: what is kept means the same under any search path. column_name is set for a plain column.
CREATE FUNCTION crm.mart_probe(mart text, source regclass, parameter text, expression text, path text, optional boolean,
                               OUT canonical text, OUT type regtype, OUT collation_name text, OUT column_name text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_state text;
	_message text;
	_index regclass;
	_pinned text := current_setting('search_path');
BEGIN
	IF expression IS NULL AND optional THEN
		RETURN;
	ELSIF expression IS NULL OR btrim(expression) = '' THEN
		RAISE EXCEPTION USING MESSAGE = format('%s is missing', parameter),
			HINT = 'Give the name of a column or an expression.',
			ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE format('CREATE TABLE %I.probe (LIKE %s)', mart, source);
	BEGIN
		PERFORM set_config('search_path', path, true);
		EXECUTE format(E'CREATE INDEX probe_index ON %I.probe ((%s\n))', mart, expression);
		PERFORM set_config('search_path', _pinned, true);
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS _state = RETURNED_SQLSTATE, _message = MESSAGE_TEXT;
		PERFORM set_config('search_path', _pinned, true);
		IF _message LIKE '%must be marked IMMUTABLE%' THEN
			RAISE EXCEPTION USING MESSAGE = format('%s is not immutable: %s', parameter, expression),
				DETAIL = 'The same row would give another answer at another time or in another session, and the mart could not follow.',
				HINT = 'Leave out the clock, the session''s time zone, text-to-date and other casts that depend on settings; mark functions of your own IMMUTABLE if they are.',
				ERRCODE = 'invalid_object_definition';
		END IF;
		RAISE EXCEPTION USING MESSAGE = format('%s cannot be used: %s', parameter, expression),
			DETAIL = format('%s.', _message),
			HINT = format('Give a column of %s, or an expression over its columns; quote names as in SQL ("Order").', source),
			ERRCODE = _state;
	END;
	_index := format('%I.probe_index', mart)::regclass;
	IF (SELECT i.indnatts <> 1 OR i.indpred IS NOT NULL FROM pg_index i WHERE i.indexrelid = _index) THEN
		RAISE EXCEPTION USING MESSAGE = format('%s must be one expression: %s', parameter, expression), ERRCODE = 'syntax_error';
	END IF;
	SELECT pg_get_indexdef(_index, 1, false), t.oid, (SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
	                                                  WHERE c.oid = a.attcollation AND c.oid <> t.typcollation),
	       (SELECT p.attname FROM pg_index i JOIN pg_attribute p ON p.attrelid = i.indrelid AND p.attnum = i.indkey[0] WHERE i.indexrelid = _index AND i.indkey[0] > 0)
	INTO canonical, type, collation_name, column_name
	FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
	WHERE a.attrelid = _index AND a.attnum = 1;
	-- A domain is its base type with a check; the mart keeps values, not checks.
	WHILE (SELECT t.typtype = 'd' FROM pg_type t WHERE t.oid = type) LOOP
		SELECT t.typbasetype INTO type FROM pg_type t WHERE t.oid = type;
	END LOOP;
	EXECUTE format('DROP TABLE %I.probe', mart);
END
$$;
COMMENT ON FUNCTION crm.mart_probe(text, regclass, text, text, text, boolean) IS
	'checks an expression over the columns of a table: its type, collation and a form that no search path changes; an error unless it is one immutable expression over a row. The caller must own the schema';

CREATE FUNCTION crm.mart_check_relation(mart text, source regclass) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_c pg_class;
BEGIN
	SELECT * INTO _c FROM pg_class c WHERE c.oid = source;
	IF _c.relkind IN ('v', 'm', 'f') THEN
		RAISE EXCEPTION USING MESSAGE = format('%s is not a table', source),
			DETAIL = 'Views, materialized views and foreign tables tell nobody of their changes.',
			HINT = 'Add the table that it reads; conditions and expressions can say what the view says.',
			ERRCODE = 'wrong_object_type';
	ELSIF _c.relkind NOT IN ('r', 'p') THEN
		RAISE EXCEPTION USING MESSAGE = format('%s is not a table', source), ERRCODE = 'wrong_object_type';
	ELSIF _c.relpersistence <> 'p' THEN
		RAISE EXCEPTION USING MESSAGE = format('%s is a temporary or unlogged table', source),
			DETAIL = 'It is emptied without a trigger being told: at the end of a session, or by a crash.',
			ERRCODE = 'wrong_object_type';
	ELSIF _c.relnamespace = 'pg_catalog'::regnamespace OR _c.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = mart) THEN
		RAISE EXCEPTION USING MESSAGE = format('%s cannot be a source', source), ERRCODE = 'wrong_object_type';
	ELSIF _c.relispartition THEN
		RAISE EXCEPTION USING MESSAGE = format('%s is a partition', source),
			HINT = format('Add the whole table: %s.', pg_partition_root(source)),
			ERRCODE = 'wrong_object_type';
	ELSIF _c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE source IN (i.inhparent, i.inhrelid)) THEN
		RAISE EXCEPTION USING MESSAGE = format('%s takes part in inheritance', source),
			DETAIL = 'Changes of a child table made through its parent fire the parent''s triggers only, and the other way round.',
			HINT = 'Use declarative partitions, or add a table that stands alone.',
			ERRCODE = 'feature_not_supported';
	ELSIF NOT pg_has_role(current_user, _c.relowner, 'USAGE') THEN
		RAISE EXCEPTION USING MESSAGE = format('must be owner of table %s', source),
			HINT = 'The owner of the table attaches it: SET ROLE, or have the mart made by the owner.',
			ERRCODE = 'insufficient_privilege';
	ELSIF row_security_active(source) THEN
		RAISE EXCEPTION USING MESSAGE = format('row security hides rows of %s from you', source),
			DETAIL = 'The mart would be filled with some of the rows and then kept with all of them.',
			HINT = 'ALTER TABLE ... NO FORCE ROW LEVEL SECURITY, or make the mart as a role with BYPASSRLS.',
			ERRCODE = 'insufficient_privilege';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_check_relation(text, regclass) IS
	'an error, with the reason and what to do, unless the table can be a source of the mart: a permanent ordinary or partitioned table of the caller''s whose rows the caller sees all';

-- An order must be one row, or lines would be counted as orders.
CREATE FUNCTION crm.mart_check_order_id(mart text, source regclass, order_id text, column_name text, customer_id text, at text, amount text, condition text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_twice text;
BEGIN
	IF EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
	           WHERE i.indrelid = source AND a.attname = column_name AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 1) THEN
		RETURN;
	END IF;
	EXECUTE format('SELECT (%1$s)::text FROM %2$s AS r WHERE %3$s AND (%1$s) IS NOT NULL GROUP BY (%1$s) HAVING count(*) > 1 LIMIT 1', order_id, source, coalesce(condition, 'true'))
		INTO _twice;
	IF _twice IS NOT NULL THEN
		RAISE EXCEPTION USING MESSAGE = format('%s is not unique in %s', order_id, source),
			DETAIL = format('Several rows belong to order %s: these look like lines of orders. Counted so, every line would be an order.', _twice),
			HINT = format('Feed the mart from the table of orders. If there is none, keep one by this query: SELECT %1$s AS order_id, min(%2$s) AS customer_id, min(%3$s) AS at, sum(%4$s) AS amount FROM %5$s%6$s GROUP BY 1. '
				'Or, where one line of an order can be told from the others, give the line''s own key as order_id and count by it: orders => ''CASE WHEN line_number = 1 THEN 1 ELSE 0 END''.',
				order_id, customer_id, at, amount, source, CASE WHEN condition IS NULL THEN '' ELSE ' WHERE ' || condition END),
			ERRCODE = 'unique_violation';
	END IF;
	RAISE NOTICE 'no unique index guards % of %: a second row with the same one would count as another order', order_id, source;
END
$$;
COMMENT ON FUNCTION crm.mart_check_order_id(text, regclass, text, text, text, text, text, text) IS
	'an error, with the query that groups them, if rows of the source share an order id; a notice if nothing keeps it so';

-- The day, the amount and the other measures as the mart needs them, from the types that were given.
CREATE FUNCTION crm.mart_day_expression(at text, type regtype, zone text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	CASE type
		WHEN 'date'::regtype THEN RETURN at;
		WHEN 'timestamp'::regtype THEN RETURN format('(%s)::date', at);
		WHEN 'timestamptz'::regtype THEN RETURN format('((%s) AT TIME ZONE %L)::date', at, zone);
		ELSE
			RAISE EXCEPTION USING MESSAGE = format('at must be a date or a timestamp, not %s', type),
				HINT = 'Cast it in the expression, for example at => ''(ordered_on)::date''; text needs a function of your own that is IMMUTABLE.',
				ERRCODE = 'datatype_mismatch';
	END CASE;
END
$$;
COMMENT ON FUNCTION crm.mart_day_expression(text, regtype, text) IS
	'the expression of a day, from the expression of a time and its type';

CREATE FUNCTION crm.mart_check_amount(type regtype) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF type IN ('real'::regtype, 'double precision'::regtype) THEN
		RAISE EXCEPTION USING MESSAGE = format('amount must be exact, not %s', type),
			DETAIL = 'Sums of floating point numbers depend on their order.',
			HINT = 'Round it on purpose: amount => ''(total)::numeric(15,2)''.',
			ERRCODE = 'datatype_mismatch';
	ELSIF type NOT IN ('numeric'::regtype, 'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) THEN
		RAISE EXCEPTION USING MESSAGE = format('amount must be numeric, not %s', type),
			HINT = 'Cast it in the expression.',
			ERRCODE = 'datatype_mismatch';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_check_amount(regtype) IS
	'an error unless amounts of that type are exact numbers';
