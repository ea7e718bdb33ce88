-- The aggregate in real plans: parallel, partitioned, windowed; each beside the plain one.
BEGIN;
SET search_path = crm, public;
SELECT plan(12);
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS off) ' || query; END $$;

CREATE TABLE c AS SELECT id, id % 5 AS region, history_agg(DATE '2023-01-01' + (hashint4(id * 10 + i) & 1023), ((hashint4(id + i * 7) & 65535) - 3000) / 100.0) AS h
FROM generate_series(1, 20000) id, generate_series(1, 3) i GROUP BY id;
ANALYZE c;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT region, rfm_cuts_agg(h, '2025-06-30', 5) AS k FROM c GROUP BY region UNION ALL SELECT NULL, rfm_cuts_agg(h, '2025-06-30', 5) FROM c;
SELECT isnt(max(k::text), min(k::text), 'regions differ') FROM serial;
SELECT is((SELECT rfm_cuts_agg(h, '2025-06-30', 5) FROM (SELECT h FROM c ORDER BY random()) q), (SELECT k FROM serial WHERE region IS NULL), 'any order of rows');

SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT ok(bool_or(l LIKE '%Partial Aggregate%') AND bool_or(l LIKE '%Gather%'), 'a parallel plan') FROM pg_temp.plan('SELECT rfm_cuts_agg(h, ''2025-06-30'', 5) FROM c') l;
SELECT is((SELECT rfm_cuts_agg(h, '2025-06-30', 5) FROM c), (SELECT k FROM serial WHERE region IS NULL), 'parallel = serial');
SELECT ok(bool_or(l LIKE '%Partial%Aggregate%') AND bool_or(l LIKE '%Gather%'), 'a parallel plan with groups') FROM pg_temp.plan('SELECT region, rfm_cuts_agg(h, ''2025-06-30'', 5) FROM c GROUP BY region') l;
SELECT is_empty('SELECT region, rfm_cuts_agg(h, ''2025-06-30'', 5) FROM c GROUP BY region EXCEPT SELECT * FROM serial', 'parallel groups = serial');
SELECT is((SELECT rfm_cuts_agg(h, '2025-06-30', 5) FROM c WHERE id < 0), NULL, 'parallel over no row');
SELECT ok(bool_or(l LIKE '%Partial Aggregate%'), 'segment_agg: a parallel plan') FROM pg_temp.plan('SELECT segment_agg(rfm(1 + id % 5, 1 + id % 3, 1)) FROM c') l;
SELECT is((SELECT segment_agg(rfm(1 + id % 5, 1 + id % 3, 1)) FROM c), '*[123]1', 'segment_agg: parallel');
SELECT ok(bool_or(l LIKE '%Gather%'), 'scores: a parallel plan') FROM pg_temp.plan('SELECT rfm_score(''recency <= 90, orders >= 2, revenue >= 500'', h, ''2025-06-30'') FROM c WHERE rfm_score(''recency <= 90, orders >= 2, revenue >= 500'', h, ''2025-06-30'') = ''222''') l;
SET LOCAL max_parallel_workers_per_gather = 0;

SET LOCAL work_mem = '64kB';
SELECT is_empty('SELECT region, rfm_cuts_agg(h, ''2025-06-30'', 5) FROM c GROUP BY region EXCEPT SELECT * FROM serial', 'little memory');
RESET work_mem;
SELECT is_empty('SELECT DISTINCT region, rfm_cuts_agg(h, ''2025-06-30'', 5) OVER (PARTITION BY region) FROM c EXCEPT SELECT * FROM serial', 'over a window');

SELECT * FROM finish();
ROLLBACK;
