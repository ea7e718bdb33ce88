#!/usr/bin/env bash
# history.sh: crm.history_agg against the plain SQL it replaces. Each line is a ratio of two things
# timed in turn in one session, the median of RUNS.
#
#   ./dev start && bench/history.sh          PURCHASES=5000000 CUSTOMERS=500000 RUNS=5
set -eu
cd "$(dirname "$0")/.."
: "${PURCHASES:=5000000}" "${CUSTOMERS:=500000}" "${RUNS:=5}"
. bench/lib.sh
bench_database

run "CREATE TABLE purchase AS
	SELECT (hashint8(i) & 2147483647) % $CUSTOMERS AS customer,
		DATE '2022-01-01' + (hashint8(i + 1000000007) & 2147483647) % 1000 AS at,
		round(((hashint8(i + 2000000011) & 2147483647) % 20000)::numeric / 100, 2)::numeric(12,2) AS amount
	FROM generate_series(1, $PURCHASES) i"
run "VACUUM ANALYZE purchase"
settings="SET work_mem = '4GB'; SET hash_mem_multiplier = 1; SET jit = off; SET max_parallel_workers_per_gather = 0;"

echo "$PURCHASES purchases, $CUSTOMERS customers, median of $RUNS"
ratio "history_agg / max, min, count, sum" "$settings" \
	"SELECT count(*) FROM (SELECT crm.history_agg(at, amount) FROM purchase GROUP BY customer OFFSET 0) q" \
	"SELECT count(*) FROM (SELECT max(at), min(at), count(*), sum(amount) FROM purchase GROUP BY customer OFFSET 0) q"

ratio "two-level GROUP BY / btyd(history_agg)" "$settings" \
	"SELECT sum(x), sum(t_x), sum(t), sum(m_x) FROM (
		SELECT count(*) - 1 AS x, (max(at) - min(at)) / 7.0 AS t_x, (DATE '2025-01-01' - min(at)) / 7.0 AS t,
			(sum(amount) - (array_agg(amount ORDER BY at))[1]) / nullif(count(*) - 1, 0) AS m_x
		FROM (SELECT customer, at, sum(amount) AS amount FROM purchase GROUP BY customer, at) d
		GROUP BY customer) q" \
	"SELECT sum(x), sum(t_x), sum(t), sum(m_x) FROM (
		SELECT (crm.btyd(crm.history_agg(at, amount), DATE '2025-01-01')).* FROM purchase GROUP BY customer OFFSET 0) q"

ratio "serial / parallel (2 workers)" "$settings" \
	"SELECT count(*) FROM (SELECT crm.history_agg(at, amount) FROM purchase GROUP BY customer OFFSET 0) q" \
	"SET max_parallel_workers_per_gather = 2; SET parallel_tuple_cost = 0.001;
	 SELECT count(*) FROM (SELECT crm.history_agg(at, amount) FROM purchase GROUP BY customer OFFSET 0) q"
run "$settings SET max_parallel_workers_per_gather = 2; SET parallel_tuple_cost = 0.001;
	EXPLAIN (COSTS off) SELECT customer, crm.history_agg(at, amount) FROM purchase GROUP BY customer"

run "$settings CREATE TABLE history AS
	SELECT customer, crm.history_agg(at, amount) AS history FROM purchase GROUP BY customer"
run "SELECT 'bytes a purchase: ' || round(sum(pg_column_size(history)) / $PURCHASES.0, 2) || ', without the length byte '
	|| round(sum(pg_column_size(history) - 1) / $PURCHASES.0, 2) FROM history"
