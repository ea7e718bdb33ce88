-- The public API, a line a thing, free of object ids: what expected/api.txt holds. Names that begin with _ or mart_ are
-- for the server and for the extension itself.
LOAD '$libdir/crm';
SET search_path = pg_catalog;
SELECT line FROM (
	SELECT format('%s %s(%s) returns %s %s%s parallel %s',
			CASE prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END, oid::regproc, pg_get_function_arguments(oid),
			pg_get_function_result(oid), CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
			CASE WHEN proisstrict THEN ' strict' ELSE '' END,
			CASE proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END)
	FROM pg_proc WHERE pronamespace = 'crm'::regnamespace AND proname !~ '^(_|mart_)'
	UNION ALL
	SELECT format('operator %s returns %s', oid::regoperator, oprresult::regtype)
	FROM pg_operator WHERE oprnamespace = 'crm'::regnamespace
	UNION ALL
	SELECT format('type %s', oid::regtype)
	FROM pg_type WHERE typnamespace = 'crm'::regnamespace AND typtype = 'b' AND typcategory <> 'A'
	UNION ALL
	SELECT format('type %s is (%s)', t.oid::regtype, string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum))
	FROM pg_type AS t JOIN pg_class AS c ON c.oid = typrelid AND relkind = 'c' JOIN pg_attribute ON attrelid = c.oid
	WHERE typnamespace = 'crm'::regnamespace
	GROUP BY t.oid
	UNION ALL
	SELECT format('operator class %s for %s using %s%s',
			opcname, opcintype::regtype, amname, CASE WHEN opcdefault THEN ' by default' ELSE '' END)
	FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod WHERE opcnamespace = 'crm'::regnamespace
	UNION ALL
	SELECT format('cast %s to %s %s', castsource::regtype, casttarget::regtype,
			CASE castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'on assignment' ELSE 'explicit' END)
	FROM pg_cast
	WHERE EXISTS (SELECT FROM pg_type WHERE oid IN (castsource, casttarget) AND typnamespace = 'crm'::regnamespace)
	UNION ALL
	SELECT format('setting %s', name) FROM pg_settings WHERE name LIKE 'crm.%'
) AS api(line)
ORDER BY line COLLATE "C";
