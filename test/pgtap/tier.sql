-- crm.tier: forms, order, indexes, partitions, what is frozen and what the setting decides.
BEGIN;
SELECT plan(53);
SET LOCAL search_path = public, crm;
SET LOCAL crm.tier_ladder = '0-none:0, 1-bronze:100, 2-silver:500, 3-gold:2000';

\ir outcome.psql

CREATE FUNCTION public.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; lines text = '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		lines = lines || line || E'\n';
	END LOOP;
	RETURN lines;
END $$;

-------- text

SELECT is(' 3-gold '::tier::text, '3-gold', 'blanks around are no part of it');
SELECT is('gold'::tier, '3-gold'::tier, 'a bare label has its rank by the setting');
SELECT is(tier_rank('3-gold'), 3, 'tier_rank');
SELECT is(tier_label('3-gold'), 'gold', 'tier_label');
SELECT is(tier_label('9-' || repeat('主', 21))::text, repeat('主', 21), 'a label has up to 63 bytes');
SELECT is(tier_rank(NULL), NULL, 'NULL in, NULL out');

SELECT is_empty($$
	SELECT input, outcome(format('SELECT %L::tier', input))
	FROM unnest(ARRAY['', ' ', '-', '3-', '3- ', '3- gold', '10-gold', '03-gold', '3-4-gold', '3-44-x', '3-a,b', '3-a:b',
		'golden', 'GOLD', 'gold,', E'3-a\tb', E'3-a\nb', E'3-\x1b[0m', E'3-\x7f', '3-' || repeat('a', 64),
		'3-' || repeat('主', 22), repeat('a', 100000), '3-' || repeat('主', 100000), repeat('1', 100000) || '-a', '３-gold']) input
	WHERE outcome(format('SELECT %L::tier', input)) <> '22P02'
$$, 'malformed text is an error');

-- Every label that is legal comes back from text and from binary as it was.
CREATE TABLE public.t (i serial, tier tier);
INSERT INTO t (tier) SELECT (r || '-' || label)::tier
FROM generate_series(0, 9) r, unnest(ARRAY['gold', 'VIP', '小', '普通', '主要', 'major customer', '-', '--', '3', '3x', '"', '''', '\', '{a}', 'a;b', '€', '👑', 'NULL', repeat('x', 63)]) label;
SELECT is((SELECT count(*) FROM t WHERE tier::text::tier <> tier OR tier::text <> tier_rank(tier) || '-' || tier_label(tier)), 0::bigint, 'text round trip');
SELECT is(array_agg(tier ORDER BY i), array_agg(tier ORDER BY i)::text::tier[], 'round trip in an array') FROM t;
SELECT is(_tier_send('3-小'), convert_to('3-小', 'UTF8'), 'binary is the text');

-------- binary

-- Give bytes to the receive function, through COPY.
CREATE TABLE public.received_tier (value tier);
CREATE TABLE public.received_tier_ladder (value tier_ladder);
CREATE FUNCTION public.receive(type text, bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message bytea = '\x5047434f50590aff0d0a000000000000000000'::bytea || int2send(1::int2) || int4send(length(bytes)) || bytes || int2send(-1::int2);
	answer text;
BEGIN
	EXECUTE format('TRUNCATE received_%s', type);
	EXECUTE format('COPY received_%s FROM PROGRAM %L WITH (FORMAT binary)', type, format('echo %s | base64 -d', translate(encode(message, 'base64'), E'\n', '')));
	EXECUTE format('SELECT value FROM received_%s', type) INTO answer;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

SELECT is(receive('tier', '3-gold'), '3-gold', 'receive');
SELECT is(receive('tier', 'gold'), '3-gold', 'receive a bare label');
SELECT is(receive('tier_ladder', '1-b:2.50,0-a:1'), '0-a:1, 1-b:2.5', 'receive a ladder');
SELECT is(receive('tier', ''), '22P02', 'receive nothing');
SELECT is(receive('tier', '3-a\000b'::bytea), '22021', 'receive an embedded zero');
SELECT is(receive('tier', '\x332de5b0'), '22021', 'receive half a character');
SELECT is(receive('tier', '\x332dff'), '22021', 'receive what is no character');
SELECT is(receive('tier', '\x332dc080'), '22021', 'receive an overlong form');

-- What a damaged message gives is an error, or a value that is legal: its text reads back as itself.
SELECT is_empty($$
	SELECT type, bytes, answer FROM (
		SELECT type, set_bit(value, b, 1 - get_bit(value, b)) AS bytes
		FROM (VALUES ('tier', convert_to('3-金a', 'UTF8')), ('tier_ladder', '0-a:-1.5, 3-b:20')) v(type, value),
		     LATERAL generate_series(0, length(value) * 8 - 1) b
		UNION ALL
		SELECT type, substr(value, 1, n)
		FROM (VALUES ('tier', convert_to('3-金a', 'UTF8')), ('tier_ladder', '0-a:-1.5, 3-b:20')) v(type, value),
		     LATERAL generate_series(0, length(value) - 1) n) damaged,
		LATERAL receive(type, bytes) answer
	WHERE answer NOT IN ('22P02', '22021') AND outcome(format('SELECT %L::crm.%I', answer, type)) IS DISTINCT FROM answer
$$, 'each flipped bit and each truncation: an error or a legal value');

-------- order

CREATE TABLE public.o AS SELECT ARRAY['0-z', '1-a', '1-aa', '1-b', '3-Gold', '3-gold', '3-小', '9-a']::tier[] AS ascending;
SELECT is((SELECT array_agg(v ORDER BY v) FROM unnest(ascending) v), ascending, 'by rank, then by the bytes of the label') FROM o;
SELECT is_empty($$
	SELECT a, b FROM o, unnest(ascending) WITH ORDINALITY x(a, i), unnest(ascending) WITH ORDINALITY y(b, j)
	WHERE (a < b) <> (i < j) OR (a <= b) <> (i <= j) OR (a = b) <> (i = j) OR (a <> b) <> (i <> j) OR (a >= b) <> (i >= j) OR (a > b) <> (i > j)
	   OR _tier_cmp(a, b) <> sign(i - j) OR (_tier_smaller(a, b) <> CASE WHEN i < j THEN a ELSE b END) OR (_tier_larger(a, b) <> CASE WHEN i > j THEN a ELSE b END)
	   OR (i = j) <> (_tier_hash(a) = _tier_hash(b)) OR (i = j) <> (_tier_hash_extended(a, 7) = _tier_hash_extended(b, 7))
$$, 'all comparisons, min, max and hash agree');
SELECT is(_tier_hash_extended('3-gold', 0) & 4294967295, _tier_hash('3-gold')::bigint & 4294967295, 'with seed 0 the two hashes share their low bits, as partitions want');
SELECT is_empty($$ SELECT opcname FROM pg_opclass WHERE opcintype IN ('tier'::regtype, 'tier_ladder'::regtype) AND NOT amvalidate(oid) $$, 'the operator classes are complete');
SELECT results_eq('SELECT min(tier), max(tier) FROM t', $$ VALUES ('0-"'::tier, '9-👑'::tier) $$, 'min and max');
SELECT results_eq('SELECT min(tier), max(tier) FROM t WHERE false', 'VALUES (NULL::tier, NULL::tier)', 'min and max of nothing');
SELECT results_eq($$ SELECT min(x), max(x) FROM (VALUES (NULL::tier), ('2-b'), (NULL), ('1-a')) v(x) $$, $$ VALUES ('1-a'::tier, '2-b'::tier) $$, 'min and max leave out NULL');

-------- a table of some size

CREATE TABLE public.customer AS
SELECT id, (ARRAY['none', 'none', 'none', 'none', 'none', 'none', 'bronze', 'bronze', 'silver', 'gold'])[1 + id * 7 % 10]::tier AS tier,
       (ARRAY['none', 'bronze', 'silver', 'gold'])[1 + id % 4] AS promised
FROM generate_series(1, 20000) id;
INSERT INTO customer SELECT 20000 + id, '9-owner' FROM generate_series(1, 3) id;
CREATE INDEX customer_tier ON customer (tier);
CREATE INDEX customer_tier_hash ON customer USING hash (tier);
ANALYZE customer;

SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE text_eq (text) AS SELECT count(*) FROM customer WHERE tier = $1;
PREPARE varchar_gt (varchar) AS SELECT count(*) FROM customer WHERE $1 < tier AND tier < '9-a';
PREPARE any_text (text[]) AS SELECT count(*) FROM customer WHERE tier = ANY ($1);
PREPARE in_varchar (varchar, varchar) AS SELECT count(*) FROM customer WHERE tier IN ($1, $2);
SELECT matches(plan_of($$ EXECUTE text_eq('gold') $$), 'Index Cond', 'a text parameter uses an index');
SELECT matches(plan_of($$ EXECUTE varchar_gt('silver') $$), 'Index Cond', 'so does a varchar parameter, on the left');
SELECT matches(plan_of($$ EXECUTE any_text('{gold,9-owner}') $$), 'Index Cond: \(tier = ANY', 'so does = ANY (text[])');
SELECT matches(plan_of($$ EXECUTE in_varchar('gold', '9-owner') $$), 'Index Cond', 'so does IN (varchar, varchar)');
SELECT matches(plan_of($$ SELECT max(tier) FROM customer $$), 'Index Only Scan Backward using customer_tier', 'so does max');
SELECT matches(plan_of($$ SELECT * FROM customer WHERE tier >= '9-a' $$), 'Index Scan using customer_tier on', 'and a literal, by its selectivity');
SELECT matches(plan_of($$ SELECT * FROM customer WHERE tier = '0-none' $$), 'Seq Scan', 'but not for most of the table');
SELECT is(outcome($$ EXECUTE text_eq('gold') $$), '2000', 'text = gives');
SELECT is(outcome($$ EXECUTE varchar_gt('bronze') $$), '4000', 'varchar < gives');
SELECT is(outcome($$ EXECUTE any_text('{gold,9-owner}') $$), '2003', '= ANY gives');
SELECT is(outcome($$ EXECUTE in_varchar('gold', 'silver') $$), '4000', 'IN gives');

-- A text column against a tier column is an equijoin like any other.
SET LOCAL enable_nestloop = off;
SELECT matches(plan_of($$ SELECT count(*) FROM customer c JOIN (VALUES ('gold'), ('2-silver')) v(label) ON c.tier = v.label $$), '(Hash|Merge) Join', 'a join with text can be hashed');
SELECT is(outcome($$ SELECT count(*) FROM customer c JOIN (VALUES ('gold'), ('2-silver')) v(label) ON c.tier = v.label $$), '4000', 'and gives');
RESET enable_nestloop;

-- Workers know the setting.
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT matches(plan_of($$ SELECT count(*) FILTER (WHERE tier >= promised), min(tier), max(tier) FROM customer $$), 'Finalize Aggregate.*Gather.*Partial Aggregate', 'the aggregates run in parallel');
CREATE TEMP TABLE parallel_answer AS SELECT count(*) FILTER (WHERE tier >= promised) AS n, min(tier), max(tier) FROM customer;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT results_eq('SELECT count(*) FILTER (WHERE tier >= promised), min(tier), max(tier) FROM customer', 'TABLE parallel_answer', 'in parallel as alone, bare labels included');

-------- tables that hold tiers

CREATE TABLE public.held (id int PRIMARY KEY, tier tier NOT NULL DEFAULT 'none' CHECK (tier < '9-a'), spent numeric,
	earned tier GENERATED ALWAYS AS (tier_for('0-none:0, 1-bronze:100', spent)) STORED, UNIQUE (id, tier));
INSERT INTO held (id, spent) VALUES (1, 100), (2, 99), (3, -1);
SELECT results_eq('SELECT tier::text, earned::text FROM held ORDER BY id', $$ VALUES ('0-none', '1-bronze'), ('0-none', '0-none'), ('0-none', NULL) $$, 'default and generated column');
SELECT throws_ok($$ INSERT INTO held VALUES (4, '9-owner') $$, '23514', NULL, 'check constraint');
CREATE VIEW public.seen AS SELECT id FROM held WHERE tier < 'gold';

CREATE TABLE public.by_range (tier tier) PARTITION BY RANGE (tier);
CREATE TABLE public.by_range_low PARTITION OF by_range FOR VALUES FROM (MINVALUE) TO ('silver');
CREATE TABLE public.by_range_high PARTITION OF by_range FOR VALUES FROM ('silver') TO (MAXVALUE);
CREATE TABLE public.by_list (tier tier) PARTITION BY LIST (tier);
CREATE TABLE public.by_list_a PARTITION OF by_list FOR VALUES IN ('none', 'bronze');
CREATE TABLE public.by_list_b PARTITION OF by_list DEFAULT;
CREATE TABLE public.by_hash (tier tier) PARTITION BY HASH (tier);
CREATE TABLE public.by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_range VALUES ('none'), ('bronze'), ('silver'), ('gold');
INSERT INTO by_list TABLE by_range;
INSERT INTO by_hash TABLE by_range;
SELECT results_eq('SELECT tier::text FROM by_range_high ORDER BY tier', ARRAY['2-silver', '3-gold'], 'range partition');
SELECT results_eq('SELECT tier::text FROM by_list_a ORDER BY tier', ARRAY['0-none', '1-bronze'], 'list partition');
SELECT is(count(*), 4::bigint, 'hash partition') FROM by_hash;
SELECT unalike(plan_of($$ SELECT * FROM by_range WHERE tier >= 'gold' $$), '%by_range_low%', 'partitions are pruned');

-- All that was written as a bare label stands there with its rank: another ladder changes nothing.
SET LOCAL crm.tier_ladder = '0-gold:0, 1-none:1';
SELECT is(pg_get_expr(adbin, adrelid), '''0-none''::tier', 'a default is frozen') FROM pg_attrdef WHERE adrelid = 'held'::regclass AND adnum = 2;
SELECT is(pg_get_expr(relpartbound, oid), 'FOR VALUES FROM (''2-silver'') TO (MAXVALUE)', 'so is a partition bound') FROM pg_class WHERE oid = 'by_range_high'::regclass;
SELECT is(outcome('SELECT count(*) FROM seen'), '3', 'so is a view');
SELECT is(outcome($$ EXECUTE text_eq('gold') $$), '0', 'a parameter is not');
RESET crm.tier_ladder;
SELECT is(outcome($$ EXECUTE text_eq('gold') $$), '22P02', 'without the setting a bare label is an error');
SELECT is(outcome($$ EXECUTE text_eq('3-gold') $$), '2000', 'and a tier with its rank needs none');

SELECT * FROM finish();
ROLLBACK;
