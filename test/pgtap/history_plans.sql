-- The aggregate in real plans: parallel, hashed, sorted, spilled, partitioned; each beside the plain one.
BEGIN;
SET search_path = crm, public;
SELECT plan(9);

CREATE TABLE p AS SELECT i % 1000 AS c, DATE '2022-01-01' + (hashint4(i) & 1023) AS d, ((hashint4(i + 7) & 65535) - 3000) / 100.0 AS a FROM generate_series(1, 60000) i;
ANALYZE p;
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS off) ' || query; END $$;

SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT c, history_agg(d, a) AS h FROM p GROUP BY c;
SET LOCAL enable_hashagg = off;
SELECT ok(bool_or(l LIKE '%GroupAggregate%'), 'a sorted plan') FROM pg_temp.plan('SELECT c, history_agg(d, a) FROM p GROUP BY c') l;
SELECT is_empty('SELECT c, history_agg(d, a) FROM p GROUP BY c EXCEPT SELECT * FROM serial', 'sorted = hashed');
SET LOCAL enable_hashagg = on;

SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT ok(bool_or(l LIKE '%Partial%Aggregate%') AND bool_or(l LIKE '%Gather%'), 'a parallel plan') FROM pg_temp.plan('SELECT c, history_agg(d, a) FROM p GROUP BY c') l;
SELECT is_empty('SELECT c, history_agg(d, a) FROM p GROUP BY c EXCEPT SELECT * FROM serial', 'parallel = serial');
SELECT is((SELECT history_agg(d, a) FROM p), (SELECT history_agg(h) FROM serial), 'parallel without groups = roll-up of the groups');
SELECT is((SELECT history_agg(d, a) FROM p WHERE c < 0)::text, '', 'parallel over no row');

SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL work_mem = '64kB';
SELECT is_empty('SELECT c, history_agg(d, a) FROM p GROUP BY c EXCEPT SELECT * FROM serial', 'spilled to disk = in memory');
RESET work_mem;

CREATE TABLE pp (c int, d date, a numeric) PARTITION BY HASH (c);
CREATE TABLE pp0 PARTITION OF pp FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE pp1 PARTITION OF pp FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO pp SELECT * FROM p;
ANALYZE pp;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT is((SELECT count(*) FROM pg_temp.plan('SELECT c, history_agg(d, a) FROM pp GROUP BY c') l WHERE l LIKE '%Aggregate%'), 2::bigint, 'one aggregate a partition');
SELECT is_empty('SELECT c, history_agg(d, a) FROM pp GROUP BY c EXCEPT SELECT * FROM serial', 'partitionwise = plain');

SELECT * FROM finish();
ROLLBACK;
