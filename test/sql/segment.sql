-- What a person sees: cells, cuts, segments, schemes, their errors and plans.
SET search_path = crm, public;
SET datestyle = 'ISO';

-- RFM in two statements
CREATE TEMP TABLE customer AS SELECT id, history_agg(DATE '2024-01-01' + (id * 37 + i * 11) % 300, (id * 7 + i * 13) % 90 + 0.50) AS history
FROM generate_series(1, 40) id, generate_series(0, id % 5) i GROUP BY id;
SELECT rfm_cuts_agg(history, '2024-12-31', 5) AS cuts FROM customer \gset
SELECT :'cuts' AS cuts;
SELECT rfm, count(*), segment_name('cells11', rfm) FROM (SELECT rfm_score(:'cuts', history, '2024-12-31') AS rfm FROM customer) q GROUP BY rfm ORDER BY rfm DESC LIMIT 5;
SELECT rfm_cuts('{365,180}', '{2,4}', '{50,200}');

-- segments and schemes
SELECT '[45][45]*, 35[345]'::segment, ~'[1-4]**'::segment AS complement, '5**'::segment - '55*'::segment AS difference;
SELECT position, name, segment FROM segments('cells11');
SELECT position, name, segment FROM segments('klaviyo6');
SELECT 'rf10'::scheme;
SELECT * FROM check_scheme('rfm10');

-- errors say what is wrong, where, and what to do
SELECT '043'::rfm;
SELECT rfm(5, 4, 0);
SELECT '[45][54]6'::segment;
SELECT '5[5-4]5'::segment;
SELECT 'cells12'::scheme;
SELECT 'Best: 555; Best: 444'::scheme;
SELECT 'Best: 555; Good: 44'::scheme;
SELECT segment('klaviyo6', 'Best');
SELECT 'recency <= 180 365, orders >= 2 4, revenue >= 50 200'::rfm_cuts;
SELECT 'recency <= 365 180, visits >= 2 4, revenue >= 50 200'::rfm_cuts;
SELECT rfm_cuts('{365,180}', '{2}', '{50,200}');
SELECT rfm_cuts_agg(history, '2024-12-31', 6) FROM customer;
SELECT rfm_cuts_agg(history, '2024-12-31', 5, 'lines', 'revenue') FROM customer;
SELECT rfm_cuts_agg(history, '2024-12-31'::date + id, 5) FROM customer;
SELECT _rfm_sample_add(NULL, history, '2024-12-31', 5) FROM customer;

-- a constant segment is an index condition
CREATE TEMP TABLE scored AS SELECT i AS id, rfm(1 + i % 5, 1 + i / 5 % 5, 1 + i / 25 % 5) AS rfm FROM generate_series(1, 10000) i;
CREATE INDEX scored_rfm ON scored (rfm);
ANALYZE scored;
SET enable_bitmapscan = off;
SET enable_seqscan = off;
EXPLAIN (COSTS off) SELECT * FROM scored WHERE rfm <@ '55*, 321';
EXPLAIN (COSTS off) SELECT * FROM scored WHERE rfm <@ segment('cells11', 'Champions');
EXPLAIN (COSTS off) SELECT * FROM scored WHERE '555'::segment @> rfm;
