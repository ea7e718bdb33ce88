-- The extension as a whole: what it owns, and what every object says of itself.
BEGIN;
SELECT plan(3);

SELECT is_empty($$
	SELECT pg_describe_object(classid, objid, 0)
	FROM pg_depend
	WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'crm')
	  AND classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass, 'pg_class'::regclass,
	                  'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_cast'::regclass)
	  AND obj_description(objid, classid::regclass::name) IS NULL
	  AND NOT (classid = 'pg_type'::regclass AND (SELECT typcategory = 'A' OR typtype = 'c' FROM pg_type WHERE oid = objid))
$$, 'every object has a comment');

SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.pronamespace = 'crm'::regnamespace AND p.prosecdef
$$, 'no function runs with the rights of its owner');

SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace = 'crm'::regnamespace AND l.lanname NOT IN ('c', 'internal') AND p.prokind <> 'a'
	  AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
$$, 'every function that is not in C pins its search path');

SELECT * FROM finish();
ROLLBACK;
