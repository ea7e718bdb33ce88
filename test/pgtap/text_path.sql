-- What an expression between a value and text means, for every type of crm, with crm on the search path and off it.
-- On it: the text is read as a value. Off it: an error, or right; never a comparison of texts. PREPARE with typed
-- parameters stands in for drivers. tier_path.sql has more about tiers, whose bare labels need a setting.
BEGIN;
SELECT plan(20);

-- Two values of each type, the lower one first where they have an order.
CREATE TABLE public.sample (name text PRIMARY KEY, a text, b text);
INSERT INTO public.sample VALUES
	('history', '2024-01-05:1:10.00', '2024-02-11:2:71.00'),
	('zone', 'Europe/London', 'UTC'),
	('rfm', '111', '543'),
	('rfm_cuts', 'recency <= 365, orders >= 2, revenue >= 50.00', 'recency <= 180, purchase_days >= 2, revenue >= 50.00'),
	('segment', '55*', '5**'),
	('scheme', 'Best: 555', 'Best: 555; Good: 5**'),
	('tier', '1-small', '2-main'),
	('tier_ladder', '0-none:0', '0-none:0, 1-small:100'),
	('season', 'flat', '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.5'),
	('btyd_data', 'unit_days=7 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=0:0:8',
		'unit_days=7 no_purchase=0 invalid=0 null=0 merged=0 no_spend=0 rows=1:1:8'),
	('clv_model', crm.clv_model('bgnbd', '{1,2,3,4}')::text, crm.clv_model('mbgnbd', '{1,2,3,4}')::text);

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
	-- What was prepared before the error stays.
	IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'one') THEN DEALLOCATE one; END IF;
	RETURN SQLSTATE;
END $$;

CREATE FUNCTION public.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off, VERBOSE) ' || query LOOP plan := plan || line || E'\n'; END LOOP;
	RETURN plan;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE TEMP VIEW string_type AS
	SELECT unnest(ARRAY['text', 'varchar', 'varchar(2000)', 'bpchar', 'unknown', 'public.label']) AS name;
CREATE DOMAIN public.label AS text;

SELECT set_eq($$
	SELECT t.typname::text FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid JOIN pg_type t ON t.oid = d.objid
	WHERE e.extname = 'crm' AND d.classid = 'pg_type'::regclass AND d.deptype = 'e' AND t.typtype = 'b' AND t.typcategory <> 'A'
	  AND obj_description(t.oid, 'pg_type') NOT LIKE '%; not for columns'
$$, 'SELECT name FROM sample', 'every type is here');
SELECT set_eq($$
	SELECT castsource::regtype::text, casttarget::regtype::text AS type, castcontext::text FROM pg_cast
	WHERE casttarget IN (SELECT oid FROM pg_type WHERE typnamespace = 'crm'::regnamespace) AND castsource::regtype::text IN ('text', 'character varying', 'character')
$$, $$
	SELECT s, 'crm.' || name AS type, 'i' AS context FROM sample, unnest(ARRAY['text', 'character varying', 'character']) s
$$, 'text of every kind becomes a value of every type silently');
SELECT is_empty($$
	SELECT castsource::regtype, casttarget::regtype FROM pg_cast
	WHERE castsource IN (SELECT oid FROM pg_type WHERE typnamespace = 'crm'::regnamespace) AND castcontext = 'i'
$$, 'and no value becomes anything else silently');

-------- crm on the path

SET LOCAL search_path = public, crm;

-- The operators between two values of one type: what they answer with a string on either side is what they answer without.
CREATE TEMP VIEW alike AS
	SELECT o.oprname::text AS op, s.*
	FROM pg_operator o JOIN pg_type t ON t.oid = o.oprleft AND t.oid = o.oprright JOIN sample s ON s.name = t.typname
	WHERE o.oprnamespace = 'crm'::regnamespace AND t.typnamespace = 'crm'::regnamespace;
SELECT cmp_ok(count(*), '>=', 35::bigint, 'operators') FROM alike;
SELECT is_empty($$
	SELECT op, o.name, t.name, x, y, prepared('$1 ' || op || ' $2', 'crm.' || o.name, t.name, x, y)
	FROM alike o, string_type t, LATERAL (VALUES (a, a), (a, b), (b, a)) v(x, y)
	WHERE prepared('$1 ' || op || ' $2', 'crm.' || o.name, t.name, x, y) IS DISTINCT FROM
		CASE WHEN o.name = 'segment' AND op = '@>' AND t.name <> 'unknown' THEN '42725' -- a segment or a cell?
			ELSE outcome(format('SELECT (%L::crm.%s %s %L::crm.%2$s)::text', x, o.name, op, y)) END
$$, 'a value on the left, a parameter of any string type on the right: read as a value');
SELECT is_empty($$
	SELECT op, o.name, t.name, x, y, prepared('$1 ' || op || ' $2', t.name, 'crm.' || o.name, x, y)
	FROM alike o, string_type t, LATERAL (VALUES (a, a), (a, b), (b, a)) v(x, y)
	WHERE prepared('$1 ' || op || ' $2', t.name, 'crm.' || o.name, x, y) IS DISTINCT FROM
		CASE WHEN o.name = 'segment' AND op = '<@' AND t.name <> 'unknown' THEN '42725'
			ELSE outcome(format('SELECT (%L::crm.%s %s %L::crm.%2$s)::text', x, o.name, op, y)) END
$$, 'a parameter of any string type on the left, a value on the right: read as a value');
SELECT is_empty($$
	SELECT t.name, r, s FROM string_type t, unnest(ARRAY['555', '543', '111']) r, unnest(ARRAY['55*', '5**', '']) s
	WHERE prepared('$1 <@ $2', 'crm.rfm', t.name, r, s) IS DISTINCT FROM (r::rfm <@ s::segment)::text
	   OR prepared('$1 @> $2', t.name, 'crm.rfm', s, r) IS DISTINCT FROM (r::rfm <@ s::segment)::text
$$, 'rfm <@ ? and ? @> rfm: the string is a segment');

-- What people and tools write. Everything that a driver sends is varchar.
CREATE TABLE public.scored (id int, rfm crm.rfm, spent numeric);
INSERT INTO public.scored VALUES (1, '111', -5), (2, '345', 99.99), (3, '543', 100), (4, '555', 500), (5, NULL, NULL);
SELECT is_empty($$
	SELECT expression, want, prepared('(SELECT string_agg(id::text, '','' ORDER BY id) FROM scored WHERE ' || expression || ')', 'varchar', 'varchar', '543', '555')
	FROM (VALUES
		('rfm = $1', '3'),
		('$1 = rfm', '3'),
		('rfm <> $1', '1,2,4'),
		('rfm < $1', '1,2'),
		('rfm >= $1', '3,4'),
		('rfm BETWEEN $1 AND $2', '3,4'),
		('rfm IN ($1, $2)', '3,4'),
		('rfm NOT IN ($1, $2)', '1,2'),
		('rfm = ANY (ARRAY[$1, $2])', '3,4'),
		('rfm <> ALL (ARRAY[$1, $2])', '1,2'),
		('rfm IN (SELECT $1)', '3'),
		('$1 IN (SELECT rfm)', '3'),
		('rfm IS DISTINCT FROM $1', '1,2,4,5'),
		('NULLIF(rfm, $1) IS NULL', '3,5'),
		('CASE rfm WHEN $1 THEN true END', '3'),
		('(rfm, id) >= ($1, 4)', '4'),
		('rfm <@ $2', '4'),
		('NOT rfm <@ $2', '1,2,3'),
		('$2 @> rfm', '4')) v(expression, want)
	WHERE prepared('(SELECT string_agg(id::text, '','' ORDER BY id) FROM scored WHERE ' || expression || ')', 'varchar', 'varchar', '543', '555') IS DISTINCT FROM want
$$, 'forms of rfm = ? and rfm <@ ?');
SELECT is_empty($$
	SELECT e, want, prepared(e, t1, t2, v1, v2) FROM (VALUES
		('(SELECT rfm = ANY ($1) AND $2 = '''' FROM scored WHERE id = 3)', 'varchar[]', 'varchar', '{543,111}', '', 'true'),
		('tier_for($1, $2)', 'varchar', 'varchar', '0-none:0, 1-small:100', '100.0', '1-small'),
		('tier_for($1, $2)', 'text', 'varchar', '0-none:0, 1-small:100', '99.99', '0-none'),
		('tier_for($1, $2)', 'varchar', 'numeric', '0-none:0, 1-small:100', '100', '1-small'),
		('tier_for($1, $2)', 'varchar', 'bigint', '0-none:0, 1-small:100', '-1', NULL),
		('tier_for($1, $2)', 'varchar', 'varchar', '0-none:0, 1-small:100', 'much', '22P02'),
		('tier_for($1, $2)', 'varchar', 'varchar', '0-none:0, 1-small:100', 'NaN', '22023'),
		('tier_for($1, $2)', 'varchar', 'varchar', '0-none:0, 1-small:100', NULL, NULL),
		('tier_for($1, $2)', 'unknown', 'unknown', '0-none:0, 1-small:100', '100', '1-small'),
		('tier_for($1, $2)', 'varchar', 'float8', '0-none:0', '1', '42883'),
		('tier_for($1, $2)', 'varchar', 'date', '0-none:0', '2024-01-01', '42883'),
		('next_tier($1, $2)', 'varchar', 'varchar', '0-none:0, 1-small:100', '99.99', '(1-small,100,0.01)'),
		('next_tier($1, $2)', 'varchar', 'numeric', '0-none:0, 1-small:100', '99.99', '(1-small,100,0.01)'),
		('tier($1, $2)', 'varchar', 'varchar', '0-none:0, 1-small:100', 'small', '1-small'),
		('segment_name($1, $2)', 'varchar', 'varchar', 'cells11', '555', 'Champions'),
		('segment($1, $2)', 'varchar', 'varchar', 'rf10', 'Champions', '5[45]*'),
		('orders($1) + orders($2)', 'varchar', 'varchar', '2024-01-05:1:10', '2024-01-05:2:10', '3'),
		('rfm_score($1, $2, ''2024-01-31'')', 'varchar', 'varchar', 'recency <= 365, orders >= 2, revenue >= 50', '2024-01-05:1:10', '211')
	) v(e, t1, t2, v1, v2, want)
	WHERE prepared(e, t1, t2, v1, v2) IS DISTINCT FROM want
$$, 'functions take what a driver sends');

-- Indexes serve such parameters.
CREATE TABLE public.many AS SELECT rfm(1 + i % 5, 1 + i / 5 % 5, 1 + i / 25 % 5) AS rfm FROM generate_series(1, 5000) i;
CREATE INDEX ON public.many (rfm);
ANALYZE public.many;
SET LOCAL enable_seqscan = off;
PREPARE equal (varchar) AS SELECT count(*) FROM many WHERE rfm = $1;
PREPARE any_of (varchar[]) AS SELECT count(*) FROM many WHERE rfm = ANY ($1);
PREPARE inside (varchar) AS SELECT count(*) FROM many WHERE rfm <@ $1;
SELECT is_empty($$
	SELECT q, plan_of(q) FROM unnest(ARRAY['EXECUTE equal (''543'')', 'EXECUTE any_of (''{543,111}'')', 'EXECUTE inside (''55*'')']) q
	WHERE plan_of(q) !~ 'Index Cond: \(many\.rfm = '
$$, 'an index on rfm serves varchar parameters');
SELECT results_eq('EXECUTE inside (''55*'')', 'VALUES (200::bigint)', 'and rightly');

-- The casts must not take part where no value of crm does.
CREATE TABLE public.strings (a_text text, a_varchar varchar, a_bpchar bpchar, a_name name, a_char "char");
SELECT is_empty($$
	SELECT x || op || y, plan
	FROM unnest(ARRAY['a_text', 'a_varchar', 'a_bpchar', 'a_name', 'a_char', '''x''']) x,
	     unnest(ARRAY['a_text', 'a_varchar', 'a_bpchar', 'a_name', 'a_char', '''x''']) y,
	     unnest(ARRAY['=', '<>', '<', '<=', '>', '>=', '~', '||']) op,
	     plan_of(format('SELECT %s %s %s FROM strings', x, op, y)) plan
	WHERE plan !~ 'Output' AND plan <> '42725' OR plan ~ (SELECT '::(' || string_agg(name, '|') || ')' FROM sample)
$$, 'between strings of any two types nothing reads them as values of crm');
SELECT ok(plan_of('SELECT a_text & a_text FROM strings') ~ (SELECT '::(' || string_agg(name, '|') || ')' FROM sample),
	'a plan that reads them so is told from others');
-- Where PostgreSQL has no operator between strings, two of them may find one of crm: then they are read as its values,
-- or are an error.
SELECT set_eq($$
	SELECT op, x, y, answer
	FROM unnest(ARRAY['+', '-', '&', '&&', '<@', '@>', '~']) op, unnest(ARRAY['', '''55*''::text', '''55*''::varchar']) x,
	     unnest(ARRAY['''5**''::text', '''5**''::varchar']) y, LATERAL outcome(format('SELECT %s %s %s', x, op, y)) answer
	WHERE answer NOT IN ('42883', '42725', '22P02')
	  AND NOT (op = '~' AND x <> '') -- a regular expression
$$, $$
	SELECT op, x, y, answer
	FROM (VALUES ('&', '55*'), ('&&', 'true')) v(op, answer), unnest(ARRAY['''55*''::text', '''55*''::varchar']) x, unnest(ARRAY['''5**''::text', '''5**''::varchar']) y
	UNION ALL
	SELECT '~', '', y, '[1234]**' FROM unnest(ARRAY['''5**''::text', '''5**''::varchar']) y
$$, 'only the algebra of segments is there for strings alone');

-- Storing.
CREATE FUNCTION public.stored(type text, string_type text, a text, b text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
	EXECUTE format('CREATE TEMP TABLE stored (v crm.%s)', type);
	EXECUTE format('PREPARE store (%s) AS INSERT INTO stored VALUES ($1)', string_type);
	EXECUTE format('PREPARE change (%s) AS UPDATE stored SET v = $1', string_type);
	EXECUTE format('EXECUTE store (%L)', a);
	SELECT v::text INTO answer FROM stored;
	EXECUTE format('EXECUTE change (%L)', b);
	SELECT answer || ' -> ' || v INTO answer FROM stored;
	DEALLOCATE store;
	DEALLOCATE change;
	DROP TABLE stored;
	RETURN answer;
END $$;
SELECT is_empty($$
	SELECT s.name, t.name, stored(s.name, t.name, a, b) FROM sample s, string_type t
	WHERE stored(s.name, t.name, a, b) IS DISTINCT FROM a || ' -> ' || b
$$, 'parameters of every string type are stored in columns of every type');

-------- crm off the path

SET LOCAL search_path = public;

SELECT set_eq($$
	SELECT s.name, op, answer
	FROM sample s, (SELECT DISTINCT oprname AS op FROM pg_operator WHERE oprkind = 'b') o, string_type t, unnest(ARRAY[true, false]) left_side,
	     LATERAL (SELECT CASE WHEN left_side THEN prepared('$1 ' || op || ' $2', 'crm.' || s.name, t.name, a, b)
	                          ELSE prepared('$1 ' || op || ' $2', t.name, 'crm.' || s.name, a, b) END) p(answer)
	WHERE answer IS NULL OR answer NOT IN ('42883', '42725') -- no such operator, or too many
$$, $$
	SELECT name, '||', a || b AS joined FROM sample
$$, 'every operator between a value and a string is an error, but || joins the texts');
SELECT is_empty($$
	SELECT s.name, op, prepared('$1 ' || op || ' $2', 'crm.' || s.name, 'crm.' || s.name, a, b)
	FROM sample s, (SELECT DISTINCT oprname AS op FROM pg_operator WHERE oprkind = 'b') o
	WHERE prepared('$1 ' || op || ' $2', 'crm.' || s.name, 'crm.' || s.name, a, b) NOT IN ('42883', '42725')
$$, 'so is every operator between two values');
SELECT is_empty($$
	SELECT s.name, c, outcome(format('SELECT %s FROM (VALUES (%L::crm.%s)) v(v)', c, a, s.name))
	FROM sample s, unnest(ARRAY['v IN (''x'')', 'v = ANY (''{x}''::text[])', 'v BETWEEN ''x'' AND ''y''', 'v IS DISTINCT FROM ''x''', 'NULLIF(v, ''x'')',
		'CASE v WHEN ''x'' THEN 1 END', 'v LIKE ''%''', 'v <@ ''5**''', 'lower(v)', 'COALESCE(v, ''x''::text)', 'min(v)', 'max(v)']) c
	WHERE outcome(format('SELECT %s FROM (VALUES (%L::crm.%s)) v(v)', c, a, s.name)) NOT IN ('42883', '42725', '42804')
	  AND NOT (s.name = 'zone' AND c ~ 'COALESCE') -- a string type: the result is text, and right
$$, 'constructs that name no operator are errors too');
SELECT is_empty($$
	SELECT op, s.name, t.name FROM unnest(ARRAY['=', '<>']) op, sample s, string_type t
	WHERE prepared('$1 OPERATOR(crm.' || op || ') $2', 'crm.' || s.name, t.name, a, b) IS DISTINCT FROM (op = '<>')::text
$$, 'an operator that is qualified is right');
SELECT is_empty($$
	SELECT e, want, prepared(e, 'varchar', 'varchar', v1, v2) FROM (VALUES
		('crm.tier_for($1, $2)', '0-none:0, 1-small:100', '100.0', '1-small'),
		('crm.segment_name($1, $2)', 'cells11', '555', 'Champions'),
		('crm.orders($1) + crm.orders($2)', '2024-01-05:1:10', '2024-01-05:2:10', '3')) v(e, v1, v2, want)
	WHERE prepared(e, 'varchar', 'varchar', v1, v2) IS DISTINCT FROM want
$$, 'functions need no path');

SELECT * FROM finish();
ROLLBACK;
