-- crm.segment: patterns, algebra, and what the planner makes of <@.
BEGIN;
SET search_path = crm, public;
SELECT plan(99);
-- plans are compared as text
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; whole text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP whole := whole || line || E'\n'; END LOOP;
	RETURN whole;
END $$;
CREATE FUNCTION pg_temp.estimate(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
CREATE TEMP TABLE cell AS SELECT r * 100 + f * 10 + m AS n, rfm(r, f, m) AS c FROM generate_series(1, 5) r, generate_series(1, 5) f, generate_series(1, 5) m UNION ALL SELECT 0, '000';

-- ---------------------------------------------------------------- patterns

SELECT is(t::segment::text, canonical, 'canonical: ' || translate(t, E'\n\t', '  ')) FROM (VALUES ('[45][45]*, 35[345]', '[45][45]*, 35[345]'), ('', ''), (' ', ''), ('***', '***'), ('000', '000'), ('000 5**', '5**, 000'),
	('[3-5]55', '[345]55'), ('[1-35]55', '[1235]55'), ('[12345]55', '*55'), ('[1-5][5][5]', '*55'), ('555 554 545 544', '5[45][45]'), (E'555,\n554\t,545', '55[45], 545'), ('555 555', '555'),
	('321 322 331 232 233', '331, 32[12], 23[23]'), ('*1*', '*1*'), ('**1 **2', '**[12]')) v(t, canonical);
SELECT throws_ok(format('SELECT %L::crm.segment', t), '22P02', format('invalid input syntax for type crm.segment: "%s"', left(t, 100)), 'no segment: ' || t)
FROM unnest(ARRAY[',', '555,', ',555', '555,,554', '5', '55', '5555', '55x', '556', '[55', '5]5', '55[]', '55[5-4]', '55[-5]', '55[5-]', '55[[5]]', '043', '540', '[0-5]55', '0**', '00', '0000', '-555', '5 5 5', '555;444',
	'小', repeat('5', 100000), repeat('[', 100000)]) t;
SELECT is((repeat('555, ', 13000) || '444')::segment, '555, 444', 'a long text');
SELECT throws_ok($$SELECT (repeat('555, ', 14000) || '444')::crm.segment$$, '22P02', NULL, 'a text too long');
SELECT is_empty($$SELECT c FROM cell WHERE c::text::segment::text <> c::text OR cell_count(c::text::segment) <> 1 OR NOT c <@ c::text::segment$$, 'each cell alone');
SELECT results_eq($$SELECT * FROM cells('[45]5[12], 000')$$, $$SELECT x::rfm FROM (VALUES ('000'), ('451'), ('452'), ('551'), ('552')) v(x)$$, 'cells, lowest first');
SELECT is_empty($$SELECT cells('')$$, 'no cells');
SELECT is_empty('SELECT cells(NULL::segment)', 'no cells of NULL');
SELECT is(count(*), 125::bigint, 'all cells, twice in one query') FROM cells('***') a JOIN cells('***') b ON a = b;
SELECT is(segment_agg(c), '***, 000', 'segment_agg of all') FROM cell;
SELECT is(segment_agg(c), '', 'segment_agg of nothing') FROM cell WHERE false;
SELECT is(segment_agg(x::rfm), '555, 111', 'segment_agg skips NULL') FROM unnest(ARRAY['555', NULL, '111', '555']) x;
SELECT is(_segment_add_rfm(s, '111'), '555, 111', 'the step called by hand returns another value') FROM (SELECT '555'::segment) v(s);
SELECT is((SELECT string_agg(segment_agg::text, '; ' ORDER BY r) FROM (SELECT recency_score(c) AS r, segment_agg(c) FROM cell GROUP BY 1) q), '000; 1**; 2**; 3**; 4**; 5**', 'segment_agg by group');

-- ---------------------------------------------------------------- algebra, against sets of numbers

CREATE TEMP TABLE seg AS SELECT i, (SELECT segment_agg(c) FROM cell WHERE hashint8(n * 1000003::bigint + i) & 3 < i % 4) AS s FROM generate_series(1, 24) i;
INSERT INTO seg SELECT 100 + i, x::segment FROM unnest(ARRAY['', '***', '000', '***, 000', '5**', '[45][45]*', '555']) WITH ORDINALITY v(x, i);
CREATE TEMP TABLE member AS SELECT i, s, ARRAY(SELECT c::int FROM cells(s) c ORDER BY 1) AS a FROM seg;
SELECT is_empty('SELECT i FROM member WHERE cell_count(s) <> cardinality(a) OR s::text::segment <> s', 'text of any set reads back');
SELECT is_empty('SELECT i FROM member, cell WHERE (c <@ s) <> (n = ANY (a)) OR (s @> c) <> (n = ANY (a))', 'membership, both ways');
SELECT is_empty('SELECT x.i, y.i FROM member x, member y WHERE (x.s <@ y.s) <> (x.a <@ y.a) OR (x.s @> y.s) <> (x.a @> y.a) OR (x.s && y.s) <> (x.a && y.a) OR (x.s = y.s) <> (x.a = y.a) OR (x.s <> y.s) <> (x.a <> y.a)', 'inclusion, overlap, equality');
SELECT is_empty($$SELECT x.i, y.i FROM member x, member y WHERE ARRAY(SELECT c::int FROM cells(x.s + y.s) c ORDER BY 1) <> ARRAY(SELECT unnest(x.a) UNION SELECT unnest(y.a) ORDER BY 1)
	OR ARRAY(SELECT c::int FROM cells(x.s & y.s) c ORDER BY 1) <> ARRAY(SELECT unnest(x.a) INTERSECT SELECT unnest(y.a) ORDER BY 1)
	OR ARRAY(SELECT c::int FROM cells(x.s - y.s) c ORDER BY 1) <> ARRAY(SELECT unnest(x.a) EXCEPT SELECT unnest(y.a) ORDER BY 1)$$, 'union, intersection, difference');
SELECT is_empty($$SELECT i FROM member WHERE ~s <> '***'::segment - s OR ~(~s) <> (s & '***')$$, 'the complement is among those who bought');
SELECT is(~'***'::segment, '', 'nobody else bought');
SELECT is('000'::rfm <@ ~'555'::segment, false, 'never bought is in no complement');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT s FROM seg) q), (SELECT count(DISTINCT a) FROM member), 'grouped by value');
SELECT is_empty('SELECT x.i, y.i FROM seg x, seg y WHERE (x.s < y.s)::int + (x.s = y.s)::int + (x.s > y.s)::int <> 1 OR (x.s <= y.s) <> NOT x.s > y.s OR (x.s >= y.s) <> NOT x.s < y.s OR _segment_cmp(x.s, y.s) <> -_segment_cmp(y.s, x.s)', 'a total order');
SELECT is_empty('SELECT x.i FROM seg x, seg y WHERE x.s = y.s AND (_segment_hash(x.s) <> _segment_hash(y.s) OR _segment_hash_extended(x.s, 5) <> _segment_hash_extended(y.s, 5))', 'equal values, equal hashes');

-- ---------------------------------------------------------------- the planner

CREATE TABLE customer AS SELECT i AS id, CASE WHEN i % 10 = 0 THEN NULL ELSE rfm(1 + i % 5, 1 + (i / 5) % 5 * (i % 2), 1 + (i / 25) % 5 * (i % 3) / 2) END AS rfm FROM generate_series(1, 20000) i;
CREATE INDEX customer_rfm ON customer (rfm);
CREATE INDEX customer_rfm_hash ON customer USING hash (rfm);
ANALYZE customer;
SET LOCAL enable_seqscan = off;
CREATE TEMP TABLE question (q) AS VALUES ($$rfm <@ '[45][45]*'$$), ($$'55*'::segment @> rfm$$), ($$rfm <@ segment('cells11', 'Champions')$$), ($$rfm <@ ('5**'::segment - '55*'::segment)$$), ($$_rfm_in_segment(rfm, '55*')$$), ($$rfm <@ '511'$$), ($$rfm <@ ''$$),
	($$rfm <@ '***, 000'$$), ($$rfm <@ '000'$$), ($$rfm <@ '5**' AND rfm >= '544'$$);
SELECT ok(pg_temp.plan('SELECT id FROM customer WHERE ' || q) ~ 'Index (Only )?Scan .*customer_rfm\M' AND pg_temp.plan('SELECT id FROM customer WHERE ' || q) ~ 'Index Cond: .*rfm = ANY', 'an index scan: ' || q) FROM question WHERE q NOT LIKE '%***%' AND q NOT LIKE '%''511''%';
SELECT ok(pg_temp.plan($$SELECT id FROM customer WHERE rfm <@ '511'$$) ~ 'Index Scan', 'an index scan: one cell');
SET LOCAL enable_bitmapscan = off;
SELECT ok(pg_temp.plan($$SELECT id FROM customer WHERE rfm <@ '[45][45]*'$$) !~ 'Filter', 'a plain index scan needs no second look');
SET LOCAL enable_bitmapscan = on;
SELECT ok(pg_temp.plan($$SELECT c.id FROM seg s JOIN customer c ON c.rfm <@ s.s$$) !~ 'Index Cond', 'a segment that is not known yet cannot use the index');
CREATE FUNCTION pg_temp.compare(condition text) RETURNS SETOF int LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL enable_indexscan = on; SET LOCAL enable_bitmapscan = on; SET LOCAL enable_seqscan = off;
	EXECUTE 'CREATE TEMP TABLE by_index AS SELECT id FROM customer WHERE ' || condition;
	SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_seqscan = on;
	RETURN QUERY EXECUTE format('(TABLE by_index EXCEPT SELECT id FROM customer WHERE %1$s) UNION ALL (SELECT id FROM customer WHERE %1$s EXCEPT TABLE by_index)', condition);
	DROP TABLE by_index;
END $$;
SELECT is_empty(format('SELECT pg_temp.compare(%L)', q), 'index = no index: ' || q) FROM question;
SELECT ok(abs(pg_temp.estimate('SELECT id FROM customer WHERE ' || q) - n) <= 0.1 * n + 60, format('estimate: %s is %s, in truth %s', q, pg_temp.estimate('SELECT id FROM customer WHERE ' || q), n))
FROM question, LATERAL (SELECT (xpath('//n/text()', query_to_xml('SELECT count(*) AS n FROM customer WHERE ' || q, false, true, '')))[1]::text::numeric AS n) t WHERE q NOT LIKE '_rfm_in%' AND q NOT LIKE '%AND%';
-- a column of segments, asked for a cell: another index, another type, no harm
CREATE TABLE rule (s segment);
INSERT INTO rule SELECT s FROM seg;
CREATE INDEX ON rule (s);
ANALYZE rule;
SELECT ok(pg_temp.plan($$SELECT s FROM rule WHERE s @> '555'::rfm$$) !~ 'Index Cond' AND pg_temp.plan($$SELECT s FROM rule WHERE '555'::rfm <@ s$$) !~ 'Index Cond', 'no index condition on a column of segments');
SELECT is((SELECT count(*) FROM rule WHERE s @> '555'::rfm), (SELECT count(*) FROM member WHERE 555 = ANY (a)), 'and the right rows');
-- a domain over the type
CREATE DOMAIN cell_domain AS rfm;
CREATE TABLE of_domain AS SELECT rfm::cell_domain FROM customer;
CREATE INDEX of_domain_rfm ON of_domain (rfm);
ANALYZE of_domain;
RESET enable_indexscan; RESET enable_indexonlyscan;
SET LOCAL enable_seqscan = off;
SELECT ok(pg_temp.plan($$SELECT * FROM of_domain WHERE rfm <@ '55*'$$) ~ 'Index Cond', 'an index on a domain over rfm serves as well');
SELECT is((SELECT count(*) FROM of_domain WHERE rfm <@ '55*'), (SELECT count(*) FROM customer WHERE rfm BETWEEN '551' AND '555'), 'and gives the right rows');

SELECT * FROM finish();
ROLLBACK;
