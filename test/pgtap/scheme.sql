-- crm.scheme: rules, presets, and what check_scheme says of them.
BEGIN;
SET search_path = crm, public;
SELECT plan(84);
CREATE TEMP TABLE cell AS SELECT c FROM cells('***, 000') c;
CREATE TEMP TABLE preset AS SELECT p AS name, p::scheme AS s FROM unnest(ARRAY['cells11', 'klaviyo6', 'rfm10', 'rf10']) p;

-- ---------------------------------------------------------------- text

SELECT is(t::scheme::text, canonical, 'canonical: ' || t) FROM (VALUES ('Best:555', 'Best: 555'), (' Best : 555 , 554 ; Rest : **[1-4] ; ', 'Best: 55[45]; Rest: **[1234]'), ('A: 555; ELSE: Others', 'A: 555; else: Others'), ('A: 555; else: "a;b"', 'A: 555; else: "a;b"'),
	('"A:B": 555', '"A:B": 555'), ('"A ""B""": 555', '"A ""B""": 555'), ('"else": 555', '"else": 555'), ('"A": 555', 'A: 555'), ('小 普通: 555; 主要: 000; VIP: 1**', '小 普通: 555; 主要: 000; VIP: 1**'), ('Can''t Lose, maybe: 555', 'Can''t Lose, maybe: 555')) v(t, canonical);
SELECT throws_ok(format('SELECT %L::crm.scheme', t), '22P02', format('invalid input syntax for type crm.scheme: "%s"', left(t, 100)), 'no scheme: ' || left(t, 20))
FROM unnest(ARRAY['', ' ', ';', 'cells12', 'Cells11', '555', 'A', 'A:', 'A: ;', ': 555', 'A: 55', 'A: 555; A: 444', 'A: 555 else: B', 'else: B', 'A: 555; else: B; C: 444', 'A: 555; else: B; else: C', 'A: 555; else:', 'A: 555; else: A', 'A: 555;; B: 444', '"A: 555', '"": 555', '" ": 555',
	'A"B: 555', repeat('x', 256) || ': 555', repeat('x', 100000), repeat('A: 555;', 100000)]) t;
SELECT is((repeat('x', 255) || ': 555')::scheme::text, repeat('x', 255) || ': 555', 'a name of 255 bytes');
SELECT is((SELECT string_agg(format('n%s: 555', i), '; ' ORDER BY i) FROM generate_series(1, 250) i), (SELECT string_agg(format('n%s: 555', i), '; ' ORDER BY i)::scheme::text FROM generate_series(1, 250) i), '250 rules');
SELECT throws_ok($$SELECT (SELECT string_agg(format('n%s: 555', i), '; ') FROM generate_series(1, 251) i)::scheme$$, '22P02', NULL, '251 rules');
SELECT is_empty('SELECT name FROM preset WHERE s::text::scheme <> s OR s::text = name', 'presets are written as full rules');
SELECT is('A: 555, 554'::scheme = 'A : 55[45]'::scheme, true, 'equal by meaning of the patterns');
SELECT is('A: 555; B: 444'::scheme <> 'B: 444; A: 555'::scheme, true, 'order matters');
SELECT is((SELECT count(*) FROM (SELECT s FROM preset UNION ALL SELECT s FROM preset) q GROUP BY s ORDER BY 1 LIMIT 1), 2::bigint, 'grouped by value');
CREATE TEMP TABLE kept AS SELECT 'cells11'::text AS t, 'cells11'::scheme AS s;
INSERT INTO kept (s) SELECT 'Best: 555'::text;
SELECT is((SELECT count(*) FROM kept), 2::bigint, 'text is assigned to a scheme column');

-- ---------------------------------------------------------------- names and segments

SELECT is(segment_name('Best: 555, 000; Good: 5**; else: "Others"', c::rfm), name, c || ': ' || name) FROM (VALUES ('555', 'Best'), ('554', 'Good'), ('111', 'Others'), ('000', 'Best')) v(c, name);
SELECT is(segment_name('Best: 555', '111'), NULL, 'no rule, no name');
SELECT is(segment_name('Best: 555; else: Others', '000'), NULL, 'else does not name whoever never bought');
SELECT is_empty($$SELECT name, c FROM preset, cell WHERE segment_name(s, c) IS DISTINCT FROM (SELECT g.name FROM segments(s) g WHERE c <@ g.segment)$$, 'segments() has just the cells that get the name');
SELECT is_empty($$SELECT name, c FROM preset, cell WHERE segment_name(s, c) IS DISTINCT FROM (SELECT g.name FROM segments(s) g WHERE c <@ g.written ORDER BY position LIMIT 1)$$, 'the first rule that has the cell wins');
SELECT is_empty('SELECT p.name FROM preset p, segments(s) g WHERE crm.segment(s, g.name) <> g.segment', 'segment(scheme, name) is that of segments()');
SELECT results_eq($$SELECT position, name, segment::text, written::text FROM segments('Best: 555; Good: 55*; else: Others')$$,
	$$VALUES (1, 'Best', '555', '555'), (2, 'Good', '55[1234]', '55*'), (3, 'Others', '5[1234]*, [1234]**', '5[1234]*, [1234]**')$$, 'segments()');
SELECT throws_ok($$SELECT crm.segment('rf10', 'Nobody')$$, '22023', 'the scheme has no segment "Nobody"', 'an unknown name');

-- ---------------------------------------------------------------- presets

SELECT is_empty($$SELECT * FROM check_scheme('cells11')$$, 'cells11 has no gap and no overlap');
SELECT results_eq($$SELECT count(*), sum(cell_count(segment)), bool_and(segment = written) FROM segments('cells11')$$, 'VALUES (11::bigint, 125::numeric, true)', 'cells11: 11 names, 125 cells');
SELECT is(segment('cells11', 'Champions'), '445 454 455 544 545 554 555', 'cells11: Champions');
SELECT ok(segment('cells11', 'Loyal') @> '335 344 345 354 355 435 444 543', 'cells11: Loyal');
SELECT is_empty($$SELECT * FROM check_scheme('klaviyo6')$$, 'klaviyo6 covers its three levels');
SELECT results_eq($$SELECT name, segment::text::crm.segment::text FROM segments('klaviyo6')$$, $$SELECT n, t::crm.segment::text FROM (VALUES ('Champions', '333 332 323'), ('Loyal', '321 322 331 232 233'), ('Recent', '312 313 311 222 223'), ('Needs Attention', '213 221 123 132 133'),
	('At Risk', '231 212 122 131 211'), ('Inactive', '111 112 113 121')) v(n, t)$$, 'klaviyo6 as published');
SELECT results_eq($$SELECT problem, cell_count(cells) FROM check_scheme('klaviyo6', 5)$$, $$VALUES ('gap', 98::bigint)$$, 'klaviyo6 is not for five levels');
SELECT is_empty($$SELECT * FROM check_scheme('rf10')$$, 'rf10 has no gap and no overlap');
SELECT is_empty($$SELECT a.c FROM cell a, cell b WHERE recency_score(a.c) = recency_score(b.c) AND frequency_score(a.c) = frequency_score(b.c) AND segment_name('rf10', a.c) <> segment_name('rf10', b.c)$$, 'rf10 looks at recency and frequency only');
SELECT results_eq($$SELECT cell_count(cells), name FROM check_scheme('rfm10') WHERE problem = 'gap'$$, 'VALUES (10::bigint, NULL::text)', 'rfm10: 10 cells have no home');
SELECT is((SELECT count(DISTINCT c) FROM check_scheme('rfm10'), cells(cells) c WHERE problem = 'overlap'), 58::bigint, 'rfm10: 58 cells have several');
SELECT is((SELECT count(*) FROM cell WHERE (SELECT count(*) FROM segments('rfm10') g WHERE c <@ written AND position <= 10) > 1), 58::bigint, 'counted the plain way');
SELECT is((SELECT count(*) FROM cell WHERE segment_name('rfm10', c) = 'Others'), 10::bigint, 'they fall to Others');

-- ---------------------------------------------------------------- check_scheme

SELECT results_eq($$SELECT problem, position, name, cells::text, explanation FROM check_scheme('A: 5**; B: 55*; C: [1-4]**; D: 000; else: E')$$,
	$$VALUES ('overlap', 2, 'B', '55*', '5 cells also in an earlier rule, which wins: A'), ('never wins', 2, 'B', '55*', 'earlier rules take all its cells'), ('never wins', 5, 'E', '', 'every cell is in a rule, so else is not used')$$, 'overlap and rules that never win');
SELECT results_eq($$SELECT problem, cells::text, explanation FROM check_scheme('A: [2-5]**; B: 1[2-5]*; C: 11[2-5]')$$, $$VALUES ('gap', '111', '1 cell in no rule, without a name')$$, 'a gap');
SELECT results_eq($$SELECT problem, name FROM check_scheme('A: [12]**; B: 333', 2)$$, $$VALUES ('never wins', 'B')$$, 'levels given');
SELECT is_empty('SELECT * FROM check_scheme(NULL)', 'NULL');
SELECT throws_ok($$SELECT ('A: 555;' || repeat(' ', 1100000))::crm.scheme$$, '22P02', NULL, 'a text too long');
SELECT throws_ok($$SELECT ('recency <= 1,' || repeat(' ', 5000) || 'orders >= 1, revenue >= 1')::crm.rfm_cuts$$, '22P02', NULL, 'cuts too long');
SELECT throws_ok('SELECT * FROM crm.check_scheme(''rf10'', 6)', '22023', NULL, 'six levels');

-- ---------------------------------------------------------------- levels

SELECT is(scheme_levels(scheme::scheme), levels::int[], 'made for ' || levels || ': ' || scheme) FROM (VALUES ('cells11', '{5}'), ('klaviyo6', '{3}'), ('rfm10', '{5}'), ('rf10', '{5}'),
	('A: 3**; B: [12]**', '{3,4,5}'), ('Best: 444; Good: [34]**; else: Others', '{4,5}'), ('Lost: 1[12]*; Never: 000', '{2,3,4,5}')) v(scheme, levels);
CREATE TEMP TABLE met AS SELECT levels, rfm_cuts_agg(h, '2024-03-01', levels) AS cuts FROM (VALUES (history('2024-01-05', 71)), (history('2024-02-05', 7))) v(h), generate_series(2, 5) levels GROUP BY levels;
SELECT results_eq($$SELECT levels, scheme, segment_name(scheme::scheme, cuts, history('2024-02-05', 7), '2024-03-01') FROM met JOIN (VALUES (5, 'cells11'), (3, 'klaviyo6')) v(levels, scheme) USING (levels) ORDER BY 1$$,
	$$SELECT levels, scheme, segment_name(scheme::scheme, rfm_score(cuts, history('2024-02-05', 7), '2024-03-01')) FROM met JOIN (VALUES (5, 'cells11'), (3, 'klaviyo6')) v(levels, scheme) USING (levels) ORDER BY 1$$, 'name and cell agree');
CREATE FUNCTION pg_temp.hint(scheme scheme, levels int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM segment_name($1, cuts, history('2024-02-05', 7), '2024-03-01') FROM met m WHERE m.levels = $2;
	RETURN 'none';
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLERRM || '. ' || hint;
END $$;
SELECT results_eq($$SELECT s, levels, pg_temp.hint(s::scheme, levels) FROM unnest(ARRAY['cells11', 'klaviyo6', 'Best: 444; Good: [34]**']) s, generate_series(2, 5) levels WHERE pg_temp.hint(s::scheme, levels) <> 'none' ORDER BY 1, 2$$,
	$$SELECT s, levels, format('the scheme is not made for cuts of %s levels. It is made for %s levels: take cuts of as many, or another scheme.', levels, made) FROM (VALUES ('Best: 444; Good: [34]**', 2, '4 or 5'), ('Best: 444; Good: [34]**', 3, '4 or 5'),
		('cells11', 2, '5'), ('cells11', 3, '5'), ('cells11', 4, '5'), ('klaviyo6', 2, '3'), ('klaviyo6', 4, '3'), ('klaviyo6', 5, '3')) v(s, levels, made) ORDER BY 1, 2$$, 'where a scheme and cuts meet');

SELECT * FROM finish();
ROLLBACK;
