-- The schema. It must be empty: whoever was there first could have left functions and operators of our names
-- for calls to land on, and they would run with the rights of whoever calls.
DO LANGUAGE plpgsql $$
DECLARE
	_owner pg_catalog.oid;
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_depend d
	           WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid
	             AND d.refobjid OPERATOR(pg_catalog.=) 'crm'::pg_catalog.regnamespace::pg_catalog.oid
	             AND d.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid) THEN
		RAISE EXCEPTION USING
			ERRCODE = 'duplicate_object',
			MESSAGE = 'schema crm is not empty',
			DETAIL = 'The extension is installed into an empty schema, or makes it.',
			HINT = 'Look who made the schema; then DROP SCHEMA crm, or move what is in it elsewhere.';
	END IF;
	-- Its owner may put functions beside ours later. A dump may bring that owner along, so it is no error.
	SELECT n.nspowner INTO _owner
	FROM pg_catalog.pg_namespace n, pg_catalog.pg_roles r, pg_catalog.pg_database b, pg_catalog.pg_extension e
	WHERE n.nspname OPERATOR(pg_catalog.=) 'crm' AND r.oid OPERATOR(pg_catalog.=) n.nspowner AND NOT r.rolsuper
	  AND b.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND b.datdba OPERATOR(pg_catalog.<>) n.nspowner
	  AND e.extname OPERATOR(pg_catalog.=) 'crm' AND e.extowner OPERATOR(pg_catalog.<>) n.nspowner;
	IF _owner IS NOT NULL THEN
		RAISE WARNING USING
			MESSAGE = pg_catalog.format('schema crm belongs to %s, who can put functions beside those of the extension',
				_owner::pg_catalog.regrole),
			HINT = 'Let the owner of the database own it: ALTER SCHEMA crm OWNER TO ...';
	END IF;
END
$$;

COMMENT ON SCHEMA crm IS 'customer value: purchase histories, RFM, segments, tiers, lifetime value, live views';
-- Pure functions and types: nothing in them is anybody's secret.
GRANT USAGE ON SCHEMA crm TO PUBLIC;
