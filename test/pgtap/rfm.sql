-- crm.rfm and crm.rfm_cuts: the types, fixed cuts, scores.
BEGIN;
SET search_path = crm, public;
SELECT plan(79);

-- ---------------------------------------------------------------- rfm

CREATE TEMP TABLE cell AS SELECT lpad(i::text, 3, '0') AS t FROM generate_series(0, 999) i WHERE i = 0 OR lpad(i::text, 3, '0') ~ '^[1-5]{3}$';
SELECT is(count(*), 126::bigint, '126 cells') FROM cell;
SELECT is_empty('SELECT t FROM cell WHERE t::rfm::text <> t', 'each reads and writes as it is');
SELECT is_empty('SELECT t FROM cell WHERE t::rfm::int <> t::int OR t::int::rfm::text <> t', 'a cell is its number, both ways');
SELECT is_empty($$SELECT t FROM cell WHERE rfm(recency_score(t::rfm), frequency_score(t::rfm), monetary_score(t::rfm)) <> t::rfm$$, 'the scores make the cell');
SELECT results_eq($$SELECT recency_score('543'), frequency_score('543'), monetary_score('543')$$, 'VALUES (5, 4, 3)', 'recency, frequency, monetary, in this order');
SELECT results_eq('SELECT t FROM cell ORDER BY t::rfm', 'SELECT t FROM cell ORDER BY t COLLATE "C"', 'ordered by recency, frequency, monetary');
SELECT is_empty($$SELECT a.t, b.t FROM cell a, cell b WHERE (a.t::rfm < b.t::rfm) <> (a.t < b.t COLLATE "C") OR (a.t::rfm <= b.t::rfm) <> (a.t <= b.t COLLATE "C")
	OR (a.t::rfm = b.t::rfm) <> (a.t = b.t) OR (a.t::rfm <> b.t::rfm) <> (a.t <> b.t) OR (a.t::rfm > b.t::rfm) <> (a.t > b.t COLLATE "C") OR (a.t::rfm >= b.t::rfm) <> (a.t >= b.t COLLATE "C")
	OR sign(_rfm_cmp(a.t::rfm, b.t::rfm)) <> sign(a.t::int - b.t::int)$$, 'all comparisons agree');
SELECT is((SELECT count(DISTINCT _rfm_hash(t::rfm)) FROM cell), 126::bigint, 'hashes differ');
SELECT is((SELECT count(*) FROM cell WHERE _rfm_hash_extended(t::rfm, 0) & 4294967295 = _rfm_hash(t::rfm)::bigint & 4294967295), 126::bigint, 'the extended hash with seed 0 agrees with the plain one');
SELECT is((SELECT count(DISTINCT x) FROM (SELECT t::rfm AS x FROM cell UNION ALL SELECT t::rfm FROM cell) q), 126::bigint, 'DISTINCT');
SELECT throws_ok(format('SELECT %L::crm.rfm', t), '22P02', format('invalid input syntax for type crm.rfm: "%s"', left(t, 100)), 'no cell: ' || t) FROM unnest(ARRAY['', '5', '54', '5432', '054', '504', '540', '640', '00', '0000', 'abc', ' 543', '-11', '５４３']) t;
SELECT throws_ok(format('SELECT (%s)::crm.rfm', n), '22003', NULL, 'no cell: ' || n) FROM unnest(ARRAY[-1, 1, 43, 110, 560, 556, 666, 1111, 2147483647]) n;
SELECT throws_ok('SELECT rfm(5, 4, 0)', '22003', '540 is not an RFM cell', 'zero beside other scores');
SELECT throws_ok('SELECT rfm(6, 4, 1)', '22003', 'RFM score 6 is out of range', 'a score above 5');
SELECT throws_ok('SELECT rfm(2147483647, 4, 1)', '22003', NULL, 'a score far above 5');
SELECT is(rfm(0, 0, 0)::text, '000', 'never bought');
SELECT throws_ok('SELECT t FROM (VALUES (''543''::rfm)) v(t) WHERE t = '' 543''::text', '22P02', NULL, 'beside a cell, text is read as one (text_path.sql)');
SELECT throws_ok('SELECT t FROM (VALUES (''543''::rfm)) v(t) WHERE t || ''x'' = 5', NULL, NULL, 'no cell becomes a number in silence');
CREATE TEMP TABLE stored (r rfm);
INSERT INTO stored SELECT '543'::text; INSERT INTO stored SELECT '444'::varchar; INSERT INTO stored SELECT 111;
SELECT results_eq('SELECT r::text FROM stored ORDER BY 1', $$VALUES ('111'), ('444'), ('543')$$, 'text, varchar and int are assigned');

-- ---------------------------------------------------------------- rfm_cuts

SELECT is('recency<=365 180,orders>=2 4 , revenue >= 50 200.5'::rfm_cuts::text, 'recency <= 365 180, orders >= 2 4, revenue >= 50.00 200.50', 'text form');
SELECT is(rfm_cuts('{365,180}', '{2,4}', '{50,200.5}'), 'recency <= 365 180, purchase_days >= 2 4, revenue >= 50 200.50'::rfm_cuts, 'the constructor');
SELECT is(rfm_cuts('{365,180}', '{2,NULL}', '{NULL,NULL}', 'orders', 'average_order_value')::text, 'recency <= 365 180, orders >= 2 none, average_order_value >= none none', 'measures, and cuts that nobody reaches');
SELECT is(rfm_cuts(recency_cuts(c), frequency_cuts(c), monetary_cuts(c), frequency_measure(c), monetary_measure(c)), c, 'taken apart and put together: ' || c)
FROM unnest(ARRAY['recency <= 3 2 1 0, orders >= -1 5 none none, revenue >= -0.00000001 0 0 12345678901234567890.5', 'recency <= 3, purchase_days >= 1, average_order_value >= none']::rfm_cuts[]) c;
SELECT is(rfm_cuts('{365,180}', frequency_cuts(c), monetary_cuts(c))::text, 'recency <= 365 180, purchase_days >= 2 4, revenue >= 50.00 200.00', 'fixed recency beside measured thirds')
FROM (SELECT 'recency <= 9 1, purchase_days >= 2 4, revenue >= 50 200'::rfm_cuts) q(c);
SELECT is(rfm_levels('recency <= 365 180, orders >= 2 4, revenue >= 50 200'), 3, 'levels');
SELECT is(rfm_cuts('{5}', '{1}', '{0.10}') = rfm_cuts('{5}', '{1}', '{0.1}'), true, 'equal by value, not by decimals');
SELECT is(_rfm_cuts_hash(rfm_cuts('{5}', '{1}', '{0.10}')), _rfm_cuts_hash(rfm_cuts('{5}', '{1}', '{0.1}')), 'and hashed so');
SELECT is(rfm_cuts('{5}', '{1}', '{1}') <> rfm_cuts('{5}', '{1}', '{1}', 'orders'), true, 'another measure is another value');
SELECT throws_ok(c, code, NULL, c) FROM (VALUES
	('SELECT crm.rfm_cuts(''{1,2}'', ''{1,2}'', ''{1,2}'')', '22023'), ('SELECT crm.rfm_cuts(''{2,1}'', ''{2,1}'', ''{1,2}'')', '22023'), ('SELECT crm.rfm_cuts(''{2,1}'', ''{1,2}'', ''{2,1}'')', '22023'),
	('SELECT crm.rfm_cuts(''{2,1}'', ''{1}'', ''{1,2}'')', '22023'), ('SELECT crm.rfm_cuts(''{}'', ''{}'', ''{}'')', '22023'), ('SELECT crm.rfm_cuts(''{5,4,3,2,1}'', ''{1,2,3,4,5}'', ''{1,2,3,4,5}'')', '22023'),
	('SELECT crm.rfm_cuts(''{{2,1}}'', ''{1,2}'', ''{1,2}'')', '2202E'), ('SELECT crm.rfm_cuts(''{NULL,1}'', ''{1,2}'', ''{1,2}'')', '22023'), ('SELECT crm.rfm_cuts(''{-1}'', ''{1}'', ''{1}'')', '22023'),
	('SELECT crm.rfm_cuts(''{1}'', ''{1}'', ''{NaN}'')', '22003'), ('SELECT crm.rfm_cuts(''{1}'', ''{1}'', ''{0.123456789}'')', '22003'), ('SELECT crm.rfm_cuts(''{1}'', ''{1}'', ''{1}'', ''visits'')', '22023'),
	('SELECT crm.rfm_cuts(''{1}'', ''{1}'', ''{1}'', ''orders'', ''orders'')', '22023')) v(c, code);

-- ---------------------------------------------------------------- scores with fixed cuts

SELECT results_eq($$SELECT r, f, m, rfm_score('recency <= 365 180, orders >= 2 4, revenue >= 50 200', r, f, m)::text FROM (VALUES (366, 1::bigint, 49.9999999999999999), (365, 2, 50), (180, 4, 200), (0, 9, 1e9), (181, 3, 199.99)) v(r, f, m)$$,
	$$VALUES (366, 1::bigint, 49.9999999999999999, '111'), (365, 2, 50, '222'), (180, 4, 200, '333'), (0, 9, 1e9, '333'), (181, 3, 199.99, '222')$$, 'a value equal to a cut has reached it; fewer days are better');
SELECT is(rfm_score('recency <= 1, orders >= 1, revenue >= 1', NULL::int, 0, NULL::numeric)::text, '000', 'frequency 0 is never bought');
SELECT is(rfm_score('recency <= 1, orders >= 1, revenue >= 1', NULL::int, 1, 1), NULL, 'otherwise NULL gives NULL');
SELECT is(rfm_score(NULL::rfm_cuts, 1, 1, 1), NULL, 'no cuts, no score');
SELECT throws_ok(c, code, NULL, c) FROM (VALUES ('SELECT crm.rfm_score(''recency <= 1, orders >= 1, revenue >= 1'', -1, 1, 1)', '22023'), ('SELECT crm.rfm_score(''recency <= 1, orders >= 1, revenue >= 1'', 1, -1, 1)', '22023'),
	('SELECT crm.rfm_score(''recency <= 1, orders >= 1, revenue >= 1'', 1, 1, ''NaN'')', '22003'), ('SELECT crm.rfm_score(''recency <= 1, orders >= 1, revenue >= 1'', 1, 1, ''-Infinity'')', '22003')) v(c, code);

SELECT is(rfm_score('recency <= 30 10, orders >= 2 3, revenue >= 70 71', '2024-01-05:2:71.00,2024-02-11:0:-3.50', day)::text, want, 'at ' || day)
FROM (VALUES (DATE '2024-01-04', '000'), ('2024-01-05', '323'), ('2024-01-16', '223'), ('2024-02-11', '121')) v(day, want);
SELECT is(rfm_score('recency <= 30 10, orders >= 2 3, revenue >= 70 71', '2024-01-05:0:-5', '2024-02-01')::text, '000', 'a refund alone is no purchase');
SELECT is(rfm_score('recency <= 30, orders >= 2, revenue >= 70', '', '2024-02-01')::text, '000', 'the empty history');
SELECT is(rfm_score('recency <= 30, orders >= 2, average_order_value >= 70', '2024-01-05:1:10,2024-01-06:-1:5', '2024-02-01'), NULL, 'no orders, no average order value, no score');
SELECT throws_ok('SELECT crm.rfm_score(''recency <= 1, orders >= 1, revenue >= 1'', '''', ''infinity'')', '22008', NULL, 'an infinite day');

SELECT * FROM finish();
ROLLBACK;
