-- room: mart
--
-- The live layer: a schema of the user's with ordinary tables, views and functions, kept in step with
-- the user's own tables by statement-level triggers. Everything here runs with the rights of the
-- caller; what is generated belongs to the caller. doc/mart.md says how it works and why.

CREATE FUNCTION crm.mart_current_version() RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS 'SELECT 1';
COMMENT ON FUNCTION crm.mart_current_version() IS
	'the layout of marts that this version of crm makes; see mart_version and upgrade_mart';

CREATE FUNCTION crm.mart_exists(mart text) RETURNS boolean
	LANGUAGE sql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT EXISTS (SELECT FROM pg_namespace n
	               JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'settings' AND c.relkind = 'r'
	               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'mart_version' AND NOT a.attisdropped
	               WHERE n.nspname = mart)
$$;
COMMENT ON FUNCTION crm.mart_exists(text) IS
	'true if there is a mart of that name';

-- Everything that changes a mart goes through here first: it must exist, belong to the caller, and have
-- the layout that this code knows. The row lock lets one maintenance command at a time through.
CREATE FUNCTION crm.mart_require(mart text, any_version boolean DEFAULT false) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_version integer;
BEGIN
	IF mart IS NULL OR NOT crm.mart_exists(mart) THEN
		RAISE EXCEPTION USING MESSAGE = format('there is no mart named %s', coalesce(quote_ident(mart), 'NULL')),
			HINT = 'SELECT crm.create_mart(''shop'', ''Europe/London'', ''GBP'') makes one. The name is taken as it is written, without quotes.',
			ERRCODE = 'undefined_object';
	END IF;
	-- The generated functions run with their owner's rights: nobody else may become their owner.
	IF (SELECT n.nspowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user) FROM pg_namespace n WHERE n.nspname = mart) THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart %I belongs to somebody else', mart),
			HINT = format('SET ROLE %I first.', (SELECT pg_get_userbyid(n.nspowner) FROM pg_namespace n WHERE n.nspname = mart)),
			ERRCODE = 'insufficient_privilege';
	END IF;
	EXECUTE format('SELECT s.mart_version FROM %I.settings s FOR NO KEY UPDATE', mart) INTO _version;
	IF _version IS DISTINCT FROM crm.mart_current_version() AND NOT any_version THEN
		RAISE EXCEPTION USING MESSAGE = format('the mart %I has version %s, this crm works with version %s', mart, _version, crm.mart_current_version()),
			HINT = format('SELECT crm.upgrade_mart(%L);', mart),
			ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_require(text, boolean) IS
	'checks that the mart exists, belongs to the caller and has the current version, and locks it against other maintenance until the end of the transaction';

CREATE FUNCTION crm.mart_today(mart text) RETURNS date
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_today date;
BEGIN
	EXECUTE format('SELECT (now() AT TIME ZONE s.zone)::date FROM %I.settings s', mart) INTO _today;
	RETURN _today;
END
$$;
COMMENT ON FUNCTION crm.mart_today(text) IS
	'the day that it is now in the time zone of the mart';

-- Keys may have any type; its equality need not be the operator that a pinned search path would find
-- (citext's is not). Every join on a key in the mart uses this one.
CREATE FUNCTION crm.mart_equals(key_type regtype) RETURNS text
	LANGUAGE sql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
	AS $$
	SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
	FROM pg_type t
	JOIN pg_opclass c ON c.opcdefault AND c.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')
	JOIN pg_amop a ON a.amopfamily = c.opcfamily AND a.amopstrategy = 3 AND a.amoplefttype = c.opcintype AND a.amoprighttype = c.opcintype
	JOIN pg_operator o ON o.oid = a.amopopr
	JOIN pg_namespace n ON n.oid = o.oprnamespace
	WHERE t.oid = key_type
	  AND (c.opcintype = t.oid OR EXISTS (SELECT FROM pg_cast b WHERE b.castsource = t.oid AND b.casttarget = c.opcintype AND b.castmethod = 'b' AND b.castcontext = 'i')
	       OR (t.typtype = 'e' AND c.opcintype = 'anyenum'::regtype))
	ORDER BY (c.opcintype = t.oid) DESC, c.opcintype = 'text'::regtype DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION crm.mart_equals(regtype) IS
	'the equality of a type as its btree indexes know it, written so that no search path matters: OPERATOR(pg_catalog.=)';
