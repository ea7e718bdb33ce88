-- The extension as a whole: what it owns, and what every object says of itself.
BEGIN;
SELECT plan(6);

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

-- What the server calls for a type, an operator, an index, an aggregate or a cast. Two of the casts are constructors too.
SELECT set_eq($$
	SELECT f::regprocedure FROM (
		SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]) FROM pg_type WHERE typnamespace = 'crm'::regnamespace
		UNION SELECT unnest(ARRAY[oprcode, oprrest, oprjoin]) FROM pg_operator WHERE oprnamespace = 'crm'::regnamespace
		UNION SELECT amproc FROM pg_amproc
		UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn]) FROM pg_aggregate
		UNION SELECT prosupport FROM pg_proc WHERE pronamespace = 'crm'::regnamespace
		UNION SELECT castfunc::regproc FROM pg_cast
	) AS helper(f)
	WHERE f::oid IN (SELECT oid FROM pg_proc WHERE pronamespace = 'crm'::regnamespace)
	  AND f NOT IN ('crm.rfm(integer)'::regprocedure, 'crm.zone(text)'::regprocedure)
$$, $$
	SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'crm'::regnamespace AND proname ~ '^_'
$$, 'the name of what only the server calls begins with an underscore, and no other');

SELECT is_empty($$
	SELECT a.aggfnoid FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
	WHERE p.pronamespace = 'crm'::regnamespace AND (a.aggcombinefn = 0 OR p.proparallel <> 's')
	  AND a.aggtransfn::text !~ 'needs_zone|has_no_zone|_segment_add_rfm' -- two errors, and a set of cells
$$, 'every aggregate can be computed in parts');

-- NULL in, NULL out: only what says so looks at a NULL.
SELECT is_empty($$
	SELECT f::regprocedure FROM (
		SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]) FROM pg_type WHERE typnamespace = 'crm'::regnamespace
		UNION SELECT unnest(ARRAY[oprcode, oprrest, oprjoin]) FROM pg_operator WHERE oprnamespace = 'crm'::regnamespace
		UNION SELECT amproc FROM pg_amproc
		UNION SELECT castfunc::regproc FROM pg_cast
	) AS helper(f) JOIN pg_proc p ON p.oid = f
	WHERE p.pronamespace = 'crm'::regnamespace AND NOT p.proisstrict
$$, 'what serves a type, an operator, an index or a cast is strict');

SELECT * FROM finish();
ROLLBACK;
