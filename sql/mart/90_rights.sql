-- Who may read.

CREATE FUNCTION crm.grant_reader(mart text, reader name) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_tables text;
BEGIN
	PERFORM crm.mart_require(mart);
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = reader) THEN
		RAISE EXCEPTION USING MESSAGE = format('role %I does not exist', reader),
			HINT = format('CREATE ROLE %I;', reader),
			ERRCODE = 'undefined_object';
	END IF;
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', mart, reader);
	-- Not source_1, source_2, ...: these show the rows of the source itself.
	SELECT string_agg(format('%I.%I', mart, c.relname), ', ') INTO _tables
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = mart AND c.relkind IN ('r', 'v') AND c.relname !~ '^source_[0-9]+$';
	EXECUTE format('GRANT SELECT ON TABLE %s TO %I', _tables, reader);
END
$$;
COMMENT ON FUNCTION crm.grant_reader(text, name) IS
	'lets a role read the tables and views of a mart, and nothing else; call it again after crm.upgrade_mart, for views that are new';

CREATE FUNCTION crm.revoke_reader(mart text, reader name) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_require(mart);
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', mart, reader);
	EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', mart, reader);
END
$$;
COMMENT ON FUNCTION crm.revoke_reader(text, name) IS
	'takes the rights of crm.grant_reader back';
