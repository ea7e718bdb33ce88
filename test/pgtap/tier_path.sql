-- What an expression between a tier and text means, with crm on the search path and off it.
-- Off it: an error, or right; never the order of texts. PREPARE with typed parameters stands in for drivers.
BEGIN;
SELECT plan(17);

-- On this ladder the order of the labels is the reverse of the order of the ranks.
SET LOCAL crm.tier_ladder = '0-zinc:0, 1-small:100, 2-main:500, 3-alpha:2000';

CREATE TABLE public.customer (id int, tier crm.tier);
INSERT INTO public.customer VALUES (1, '0-zinc'), (2, '1-small'), (3, '2-main'), (4, '3-alpha'), (5, NULL);
CREATE DOMAIN public.label AS text;

\ir outcome.psql

-- What an expression answers, in $1 and $2 of the named types, prepared and executed.
CREATE FUNCTION public.prepared(expression text, type1 text, type2 text, value1 text, value2 text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
	EXECUTE format('PREPARE one (%s, %s) AS SELECT (%s)::text', type1, type2, expression);
	EXECUTE format('EXECUTE one (%L, %L)', value1, value2) INTO answer;
	DEALLOCATE one;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE TEMP VIEW string_type AS SELECT unnest(ARRAY['text', 'varchar', 'varchar(20)', 'bpchar', 'char(20)', 'unknown', 'public.label']) AS name;

-------- crm on the path

SET LOCAL search_path = public, crm;

SELECT is_empty($$
	SELECT op, t.name, a, b, prepared('$1 ' || op || ' $2', 'crm.tier', t.name, a, b)
	FROM unnest(ARRAY['=', '<>', '<', '<=', '>', '>=']) op, string_type t,
	     unnest(ARRAY['0-zinc', '1-small', '2-main', '3-alpha']) WITH ORDINALITY x(a, i),
	     unnest(ARRAY['zinc', 'small', 'main', 'alpha', '0-zinc', '1-small', '2-main', '3-alpha']) WITH ORDINALITY y(b, n),
	     LATERAL (SELECT (n - 1) % 4 + 1) z(j)
	WHERE prepared('$1 ' || op || ' $2', 'crm.tier', t.name, a, b) IS DISTINCT FROM
	      outcome(format('SELECT (%s %s %s)::text', i, op, j))
$$, 'tier on the left, a parameter of any string type on the right: ranks are compared');

SELECT is_empty($$
	SELECT op, t.name, a, b, prepared('$1 ' || op || ' $2', t.name, 'crm.tier', b, a)
	FROM unnest(ARRAY['=', '<>', '<', '<=', '>', '>=']) op, string_type t,
	     unnest(ARRAY['0-zinc', '1-small', '2-main', '3-alpha']) WITH ORDINALITY x(a, i),
	     unnest(ARRAY['zinc', 'small', 'main', 'alpha', '0-zinc', '1-small', '2-main', '3-alpha']) WITH ORDINALITY y(b, n),
	     LATERAL (SELECT (n - 1) % 4 + 1) z(j)
	WHERE prepared('$1 ' || op || ' $2', t.name, 'crm.tier', b, a) IS DISTINCT FROM
	      outcome(format('SELECT (%s %s %s)::text', j, op, i))
$$, 'a parameter of any string type on the left, tier on the right: ranks are compared');

SELECT is_empty($$
	SELECT expression, want, outcome('SELECT string_agg(id::text, '','' ORDER BY id) FROM customer WHERE ' || expression)
	FROM (VALUES
		('tier >= ''main''', '3,4'),
		('tier >= ''2-main''', '3,4'),
		('tier < ''main''::text', '1,2'),
		('''main''::varchar <= tier', '3,4'),
		('tier IN (''zinc'', ''alpha'')', '1,4'),
		('tier IN (''zinc''::text, ''alpha''::varchar)', '1,4'),
		('tier NOT IN (''zinc'', ''alpha'')', '2,3'),
		('tier = ANY (''{zinc,3-alpha}''::text[])', '1,4'),
		('tier = ANY (''{zinc,3-alpha}''::varchar[])', '1,4'),
		('tier = ANY (ARRAY[''zinc'', ''alpha''])', '1,4'),
		('tier > ALL (''{zinc,small}''::text[])', '3,4'),
		('''main''::text < ANY (ARRAY[tier])', '4'),
		('tier BETWEEN ''small'' AND ''main''::text', '2,3'),
		('tier IS DISTINCT FROM ''main''::text', '1,2,4,5'),
		('NULLIF(tier, ''main''::text) IS NULL', '3,5'),
		('CASE tier WHEN ''main''::text THEN true END', '3'),
		('(tier, id) >= (''main'', 4)', '4'),
		('(tier, id) >= (''main''::text, 0)', '3,4'),
		('tier = (SELECT ''main''::text)', '3'),
		('tier IN (SELECT ''main''::text)', '3'),
		('tier = GREATEST(''main'', tier)', '3,4'),
		('tier = (SELECT max(tier) FROM customer)', '4'),
		('tier = (SELECT min(tier) FROM customer)', '1'),
		('tier = ''main''::name', '42883'),
		('tier = 2', '42883'),
		('tier = ''platinum''', '22P02'),
		('tier = ''platinum''::text', '22P02'),
		('tier LIKE ''%main''', '42883'),
		('tier ~ ''main''', '42883'),
		('lower(tier) = ''2-main''', '42883')) v(expression, want)
	WHERE outcome('SELECT string_agg(id::text, '','' ORDER BY id) FROM customer WHERE ' || expression) IS DISTINCT FROM want
$$, 'the forms that people and tools write');

SELECT results_eq('SELECT id FROM customer ORDER BY tier DESC NULLS LAST', ARRAY[4, 3, 2, 1, 5], 'ORDER BY is the order of the ranks');

-- The casts from text must not take part where no tier does.
CREATE TABLE public.strings (a_text text, a_varchar varchar, a_bpchar bpchar, a_name name, a_char "char");
SELECT is_empty($$
	SELECT x || op || y, plan
	FROM unnest(ARRAY['a_text', 'a_varchar', 'a_bpchar', 'a_name', 'a_char', '''x''']) x,
	     unnest(ARRAY['a_text', 'a_varchar', 'a_bpchar', 'a_name', 'a_char', '''x''']) y,
	     unnest(ARRAY['=', '<>', '<', '<=', '>', '>=']) op,
	     outcome(format('EXPLAIN (VERBOSE, FORMAT JSON) SELECT %s %s %s FROM strings', x, op, y)) plan
	WHERE plan !~ 'Plan' OR plan ~ 'tier'
	UNION ALL
	SELECT f || x, plan
	FROM unnest(ARRAY['a_text', 'a_varchar', 'a_bpchar', 'a_name', '''x''']) x, unnest(ARRAY['min', 'max']) f,
	     outcome(format('EXPLAIN (VERBOSE, FORMAT JSON) SELECT %s(%s) FROM strings', f, x)) plan
	WHERE plan !~ 'Plan' OR plan ~ 'tier'
$$, 'between strings of any two types nothing reads them as tiers, min and max of strings are those of text');

-- Storing.
CREATE TABLE public.stored (tier crm.tier, note text);
SELECT lives_ok($$ INSERT INTO stored VALUES ('main', 'a'), ('1-small'::text, 'b'), ('zinc'::varchar, 'c'), ('alpha'::char(9), 'd') $$,
	'text of every kind is stored in a tier column');
PREPARE store (varchar, text) AS INSERT INTO stored VALUES ($1, $2);
SELECT lives_ok($$ EXECUTE store ('alpha', 'e') $$, 'so is a varchar parameter');
PREPARE change (text, varchar) AS UPDATE stored SET tier = $1 WHERE tier = $2 AND note = 'e';
SELECT lives_ok($$ EXECUTE change ('small', 'alpha') $$, 'and in UPDATE');
SELECT lives_ok($$ INSERT INTO stored (note) SELECT tier FROM stored WHERE note = 'a' $$, 'a tier is stored in a text column');
SELECT results_eq('SELECT tier::text, note FROM stored ORDER BY tier, note',
	$$ VALUES ('0-zinc', 'c'), ('1-small', 'b'), ('1-small', 'e'), ('2-main', 'a'), ('3-alpha', 'd'), (NULL, '2-main') $$,
	'what was stored has its rank');

-------- crm off the path

SET LOCAL search_path = public;

-- All operators of PostgreSQL and crm, both sides, all string types, with a bare label and with a full tier.
SELECT set_eq($$
	SELECT op, answer
	FROM (SELECT DISTINCT oprname AS op FROM pg_operator WHERE oprkind = 'b') o, string_type t,
	     unnest(ARRAY['zinc', '3-alpha']) b, unnest(ARRAY[true, false]) left_side,
	     LATERAL (SELECT CASE WHEN left_side THEN prepared('$1 ' || op || ' $2', 'crm.tier', t.name, '2-main', b)
	                          ELSE prepared('$1 ' || op || ' $2', t.name, 'crm.tier', b, '2-main') END) a(answer)
	WHERE answer IS NULL OR answer NOT IN ('42883', '42725') -- no such operator, or too many
$$, $$
	VALUES ('||', '2-mainzinc'), ('||', 'zinc2-main'), ('||', '2-main3-alpha'), ('||', '3-alpha2-main')
$$, 'every operator between a tier and a string is an error, but || joins the texts');

SELECT set_eq($$
	SELECT op, prepared('$1 ' || op || ' $2', 'crm.tier', 'crm.tier', '2-main', '3-alpha')
	FROM (SELECT DISTINCT oprname AS op FROM pg_operator WHERE oprkind = 'b') o
$$, $$
	SELECT DISTINCT oprname::text, '42883' FROM pg_operator WHERE oprkind = 'b'
$$, 'so is every operator between two tiers');

SELECT is_empty($$
	SELECT op, t.name, answer
	FROM unnest(ARRAY['=', '<>', '<', '<=', '>', '>=']) op, string_type t,
	     LATERAL (SELECT prepared('$1 OPERATOR(crm.' || op || ') $2', 'crm.tier', t.name, '2-main', 'zinc')) p(answer)
	WHERE answer IS DISTINCT FROM outcome(format('SELECT (2 %s 0)::text', op))
$$, 'an operator that is qualified is right');

SELECT is_empty($$
	SELECT expression, want, outcome('SELECT ' || expression)
	FROM (VALUES
		-- errors
		('min(tier) FROM customer', '42883'),
		('max(tier) FROM customer', '42883'),
		('count(*) FROM customer WHERE tier IN (''main'')', '42883'),
		('count(*) FROM customer WHERE tier IN (''2-main'', ''3-alpha'')', '42883'),
		('count(*) FROM customer WHERE tier = ANY (''{main}'')', '42883'),
		('count(*) FROM customer WHERE tier = ANY (''{main}''::text[])', '42883'),
		('count(*) FROM customer WHERE tier BETWEEN ''small'' AND ''main''', '42883'),
		('count(*) FROM customer WHERE tier IS DISTINCT FROM ''main''', '42883'),
		('count(*) FROM customer WHERE (tier, id) = (''main'', 3)', '42883'),
		('count(*) FROM customer WHERE tier IN (SELECT tier FROM customer)', '42883'),
		('count(*) FROM customer JOIN customer c USING (tier)', '42883'),
		('NULLIF(tier, ''main'') FROM customer WHERE id = 3', '42883'),
		('CASE tier WHEN ''main'' THEN 1 END FROM customer WHERE id = 3', '42883'),
		('count(*) FROM customer WHERE tier LIKE ''%''', '42883'),
		('count(*) FROM customer WHERE tier ILIKE ''%''', '42883'),
		('count(*) FROM customer WHERE tier SIMILAR TO ''%''', '42883'),
		('COALESCE(tier, ''main''::text) FROM customer WHERE id = 5', '42804'),
		('GREATEST(tier, ''main''::text) FROM customer WHERE id = 5', '42804'),
		('string_agg(tier, '','') FROM customer', '42883'),
		-- right
		('string_agg(id::text, '','' ORDER BY tier) FROM customer', '1,2,3,4,5'),
		('array_agg(id ORDER BY tier DESC NULLS LAST) FROM customer', '{4,3,2,1,5}'),
		('array_agg(DISTINCT tier) FROM customer', '{0-zinc,1-small,2-main,3-alpha,NULL}'),
		('array_agg(t) FROM (SELECT tier AS t FROM customer INTERSECT SELECT ''3-alpha'') s', '{3-alpha}'),
		('GREATEST(tier, ''small'') FROM customer WHERE id = 3', '2-main'),
		('LEAST(tier, ''small'') FROM customer WHERE id = 3', '1-small'),
		('COALESCE(tier, ''main'') FROM customer WHERE id = 5', '2-main'),
		('ARRAY[tier] < ARRAY[''alpha''::crm.tier] FROM customer WHERE id = 3', 'true'),
		('ROW(tier) < ROW(''alpha''::crm.tier) FROM customer WHERE id = 3', '42883'),
		('percentile_disc(1) WITHIN GROUP (ORDER BY tier) FROM customer', '3-alpha'),
		('array_position(array_agg(tier ORDER BY tier), ''main'') FROM customer', '3'),
		('crm.max(tier) FROM customer', '3-alpha'),
		('crm.min(tier) FROM customer', '0-zinc'),
		('concat(tier, ''!'') FROM customer WHERE id = 3', '2-main!'),
		('crm.tier_label(tier) || ''!'' FROM customer WHERE id = 3', 'main!'),
		('to_json(tier)::text FROM customer WHERE id = 3', '"2-main"')) v(expression, want)
	WHERE outcome('SELECT ' || expression) IS DISTINCT FROM want
$$, 'constructs that name no operator: an error or right');

SELECT is_empty($$
	SELECT fn, outcome(format('EXPLAIN SELECT pg_catalog.%I(tier) FROM customer', fn))
	FROM (SELECT DISTINCT proname AS fn FROM pg_proc
	      WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'a') AND pronargs = 1
	        AND proargtypes[0] IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype, '"char"'::regtype, 'cstring'::regtype)) f
	WHERE outcome(format('EXPLAIN SELECT pg_catalog.%I(tier) FROM customer', fn)) <> '42883'
	  -- these take a value of any type
	  AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.proname = fn AND p.pronargs = 1 AND p.proargtypes[0] IN ('anyelement'::regtype, 'anynonarray'::regtype, '"any"'::regtype))
	  -- these are casts written as functions, as explicit as tier::text
	  AND NOT EXISTS (SELECT FROM pg_type t WHERE t.typname = fn AND t.typnamespace = 'pg_catalog'::regnamespace)
$$, 'no function of PostgreSQL that wants text takes a tier');

SELECT throws_ok($$ SELECT count(*) FROM customer WHERE tier >= 'main' $$, '42883', NULL, 'tier >= ''main'' is an error');
SELECT throws_ok($$ SELECT count(*) FROM customer WHERE tier >= '2-main' $$, '42883', NULL, 'tier >= ''2-main'' is an error');

SELECT * FROM finish();
ROLLBACK;
