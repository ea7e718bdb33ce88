-- How the public functions are called: no call with untyped literals can mean two things, whoever is on the search path;
-- arguments are named, in one order, of the same types everywhere. (What there is: expected/api.txt.)
BEGIN;
SELECT plan(12);

CREATE TEMP VIEW public_function AS
	SELECT oid, proname::text AS name, (pronargs - pronargdefaults)::int AS least, pronargs::int AS most, types,
	       proargnames AS names, coalesce(proallargtypes, types) AS all_types -- the results' too
	FROM pg_proc, LATERAL (SELECT string_to_array(proargtypes::text, ' ')::oid[]) t(types) -- not from 0 on
	WHERE pronamespace = 'crm'::regnamespace AND proname !~ '^(_|mart_)';

-- A literal that each type reads; a number that is a cell too, a text that is a zone.
CREATE TEMP TABLE literal (type regtype PRIMARY KEY, text text);
INSERT INTO literal VALUES
	('crm.history', '2024-01-05:1:10'), ('crm.history[]', '{2024-01-05:1:10}'), ('crm.zone', 'Europe/London'),
	('crm.rfm', '543'), ('crm.rfm_cuts', 'recency <= 365, orders >= 2, revenue >= 50'), ('crm.segment', '55*'), ('crm.scheme', 'cells11'),
	('crm.tier', '3-gold'), ('crm.tier_ladder', '0-none:0'), ('crm.season', 'flat'),
	('crm.btyd_data', 'unit_days=7 rows=0:0:8'), ('crm.clv_model', crm.clv_model('bgnbd', '{1,2,3,4}')::text),
	('text', 'UTC'), ('name', 'x'), ('boolean', 't'), ('regclass', 'pg_class'), ('date', '2024-01-05'), ('timestamp', '2024-01-05'), ('timestamptz', '2024-01-05'),
	('integer', '543'), ('bigint', '5'), ('numeric', '5'), ('double precision', '5'),
	('integer[]', '{5}'), ('bigint[]', '{5}'), ('numeric[]', '{5}'), ('double precision[]', '{5}');
SELECT set_eq('SELECT DISTINCT unnest(types)::regtype FROM public_function', 'SELECT type FROM literal', 'a literal for every type of argument');

-- Every call: function by function, with every number of arguments that it takes.
CREATE TEMP VIEW call AS
	SELECT f.oid, f.name, n,
	       coalesce((SELECT string_agg(quote_literal(l.text), ', ' ORDER BY i) FROM generate_series(1, n) i JOIN literal l ON l.type = f.types[i]), '') AS arguments,
	       coalesce((SELECT string_agg('NULL::' || CASE WHEN l.type::text ~ '^crm\.' AND l.type::text !~ '\[' THEN 'varchar' ELSE l.type::text END, ', ' ORDER BY i)
	                 FROM generate_series(1, n) i JOIN literal l ON l.type = f.types[i]), '') AS from_driver
	FROM public_function f, generate_series(f.least, f.most) n;

-- What a call means: the function that a view with it depends on, casts of its arguments aside; 'a literal' if it is a
-- cast written as a call; or the error.
CREATE FUNCTION pg_temp.meaning(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
	EXECUTE 'CREATE TEMP VIEW asked AS SELECT 1 AS one FROM (SELECT ' || call || ' AS x) AS q';
	SELECT coalesce(string_agg(d.refobjid::regprocedure::text, ' and ') FILTER (WHERE d.refobjid NOT IN (SELECT castfunc FROM pg_cast)),
		string_agg(d.refobjid::regprocedure::text, ' and ')) INTO found
	FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
	WHERE r.ev_class = 'asked'::regclass AND d.refclassid = 'pg_proc'::regclass;
	DROP VIEW asked;
	RETURN coalesce(found, 'a literal');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- Where one name has two functions of as many arguments, they mean the same.
CREATE TEMP VIEW twin AS
	SELECT name, n, count(*) FROM call GROUP BY name, n HAVING count(*) > 1;
SELECT set_eq('SELECT name, n FROM twin', $$
	VALUES ('history_agg', 2), ('history_agg', 3), ('history_agg', 4), -- the type of the time
	       ('tier_for', 2), ('next_tier', 2) -- a number, or one written as text
$$, 'two functions of one name and number of arguments: only these');

SET LOCAL search_path = public, pg_temp;
SELECT is_empty($$
	SELECT name, n, pg_temp.meaning('crm.' || name || '(' || arguments || ')') FROM call
	WHERE (name, n) NOT IN (SELECT name, n FROM twin)
	  AND pg_temp.meaning('crm.' || name || '(' || arguments || ')') IS DISTINCT FROM
	      CASE WHEN name IN ('rfm', 'zone') AND n = 1 THEN 'a literal' ELSE oid::regprocedure::text END
$$, 'a call with untyped literals means the function that it names');
SELECT set_eq($$
	SELECT DISTINCT name, n, pg_temp.meaning('crm.' || name || '(' || arguments || ')') FROM call WHERE (name, n) IN (SELECT name, n FROM twin)
$$, $$ VALUES
	-- an untyped time is a timestamp with time zone, which is an error without a zone; what follows is one, not orders
	('history_agg', 3, '22P02 invalid input syntax for type crm.zone: "5"'),
	('history_agg', 2, 'crm.history_agg(timestamp with time zone,numeric)'),
	('history_agg', 3, 'crm.history_agg(timestamp with time zone,numeric,crm.zone)'),
	('history_agg', 4, 'crm.history_agg(timestamp with time zone,numeric,crm.zone,bigint)'),
	('tier_for', 2, 'crm.tier_for(crm.tier_ladder,text)'),
	('next_tier', 2, 'crm.next_tier(crm.tier_ladder,text)')
$$, 'also where there are two');
SELECT is_empty($$
	SELECT ladder, value FROM unnest(ARRAY['0-none:0, 1-a:100', '1-a:-infinity', '5-x:1.5']) ladder, unnest(ARRAY['0', '-1', '1.5', '100', '1e3', 'Infinity', ' 7 ']) value
	WHERE crm.tier_for(ladder, value)::text IS DISTINCT FROM crm.tier_for(ladder, value::numeric)::text
	   OR crm.next_tier(ladder, value)::text IS DISTINCT FROM crm.next_tier(ladder, value::numeric)::text
$$, 'and the two of a ladder agree');

-- With crm on the path, nothing of PostgreSQL is hidden or made ambiguous, and nothing of PostgreSQL hides ours.
SET LOCAL search_path = public, crm, pg_temp;
SELECT is_empty($$
	SELECT name, n, pg_temp.meaning(name || '(' || arguments || ')') FROM call
	WHERE name NOT IN ('min', 'max')
	  AND pg_temp.meaning(name || '(' || arguments || ')') IS DISTINCT FROM pg_temp.meaning('crm.' || name || '(' || arguments || ')')
$$, 'without the schema a call means the same');
SELECT set_eq($$
	SELECT name FROM public_function WHERE name IN (SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace)
$$, $$ VALUES ('min'), ('max') $$, 'PostgreSQL has no function of our names, but min and max'); -- of strings: tier_path.sql

-- What drivers send: strings for our types.
SET LOCAL search_path = public, pg_temp;
SELECT is_empty($$
	SELECT name, n, from_driver, pg_temp.meaning('crm.' || name || '(' || from_driver || ')') FROM call
	WHERE pg_temp.meaning('crm.' || name || '(' || from_driver || ')') IS DISTINCT FROM oid::regprocedure::text
$$, 'a call with a varchar for each value of our types means the function that it names');

-- Arguments.
SELECT is_empty($$
	SELECT oid::regprocedure FROM public_function WHERE most > 0 AND (names IS NULL OR '' = ANY (names))
$$, 'every argument has a name');
SELECT is_empty($$
	SELECT f.oid::regprocedure, i
	FROM public_function f, generate_series(1, most) i
	WHERE NOT 'mart' = ANY (names) AND types[i] IN ('crm.rfm_cuts'::regtype, 'crm.scheme'::regtype, 'crm.tier_ladder'::regtype, 'crm.clv_model'::regtype)
		AND EXISTS (SELECT FROM generate_series(1, i - 1) before WHERE types[before] NOT IN ('crm.rfm_cuts'::regtype, 'crm.scheme'::regtype))
	   OR types[i] = 'crm.history'::regtype AND names[i + 1] IN ('as_of', 'day', 'since') IS FALSE AND i < most
$$, 'rule sets and models come first, a scheme before the cuts it meets, and the day after the history');
SELECT is_empty($$
	SELECT f.oid::regprocedure, names[i], all_types[i]::regtype
	FROM public_function f, generate_series(1, cardinality(names)) i
	WHERE names[i] ~ '(^|_)days$' AND names[i] NOT IN ('unit_days', 'purchase_days') AND all_types[i] <> 'integer'::regtype
	   OR names[i] IN ('x', 'n', 'weight', 'customers', 'customer', 'orders', 'purchase_days', 'frequency', 'bucket', 'iterations', 'distinct_rows', 'actual_orders')
	      AND all_types[i] NOT IN ('bigint'::regtype, 'bigint[]'::regtype)
	      AND 'mart' <> ALL (names) AND name <> 'rfm' -- of scores
	UNION ALL
	SELECT oid::regprocedure, 'result', prorettype::regtype FROM pg_proc
	WHERE pronamespace = 'crm'::regnamespace
	  AND (proname ~ '_days$' AND prorettype <> CASE proname WHEN 'purchase_days' THEN 'bigint'::regtype ELSE 'integer'::regtype END
	       OR proname ~ '(^orders|_count)$' AND prorettype <> 'bigint'::regtype)
$$, 'days are integer, counts bigint');
SELECT is_empty($$
	SELECT f.oid::regprocedure, i, pg_get_function_arg_default(f.oid, i)
	FROM public_function f, generate_series(1, most) i
	WHERE length(pg_get_function_arg_default(f.oid, i)) > 60
$$, 'no default prints a page in \df');

SELECT * FROM finish();
ROLLBACK;
