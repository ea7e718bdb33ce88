#!/usr/bin/env bash
# segment.sh: cuts and scores of stored histories against ntile(5) over plain numbers, and what an index
# saves. Each ratio is of two things timed in turn in one session, the median of RUNS.
#
#   ./dev start && bench/segment.sh          CUSTOMERS=1000000 RUNS=5
set -eu
cd "$(dirname "$0")/.."
: "${CUSTOMERS:=1000000}" "${RUNS:=5}"
. bench/lib.sh
bench_database

run "CREATE TABLE rfm_history AS
	SELECT customer, crm.history_agg(DATE '2022-01-01' + (hashint8(customer * 16 + i) & 2147483647)::int % 1000,
		round(((hashint8(customer * 16 + i + 1000000007) & 2147483647) % 20000)::numeric / 100, 2)) AS history
	FROM generate_series(1, $CUSTOMERS::bigint) customer, generate_series(1, 1 + (hashint8(customer) & 2147483647)::int % 9) i GROUP BY customer"
run "CREATE TABLE rfm_plain AS
	SELECT customer, crm.recency_days(history, '2025-01-01') AS recency, crm.purchase_days(history) AS frequency, crm.revenue(history) AS monetary FROM rfm_history"
run "VACUUM ANALYZE rfm_history"
run "VACUUM ANALYZE rfm_plain"
settings="SET search_path = public, crm; SET work_mem = '4GB'; SET jit = off; SET max_parallel_workers_per_gather = 0;"

echo "$CUSTOMERS customers, median of $RUNS"
ratio "three ntile(5) / cuts + scores" "$settings" \
	"SELECT count(r), count(f), count(m) FROM (SELECT ntile(5) OVER (ORDER BY recency DESC) AS r, ntile(5) OVER (ORDER BY frequency) AS f,
		ntile(5) OVER (ORDER BY monetary) AS m FROM rfm_plain OFFSET 0) q" \
	"WITH k AS MATERIALIZED (SELECT crm.rfm_cuts_agg(history, '2025-01-01', 5) AS cuts FROM rfm_history)
		SELECT count(rfm) FROM (SELECT crm.rfm_score((SELECT cuts FROM k), history, '2025-01-01') AS rfm FROM rfm_history OFFSET 0) q"
ratio "three percent_rank() / cuts + scores" "$settings" \
	"SELECT count(r), count(f), count(m) FROM (SELECT 1 + floor(5 * percent_rank() OVER (ORDER BY recency DESC)) AS r, 1 + floor(5 * percent_rank() OVER (ORDER BY frequency)) AS f,
		1 + floor(5 * percent_rank() OVER (ORDER BY monetary)) AS m FROM rfm_plain OFFSET 0) q" \
	"WITH k AS MATERIALIZED (SELECT crm.rfm_cuts_agg(history, '2025-01-01', 5) AS cuts FROM rfm_history)
		SELECT count(rfm) FROM (SELECT crm.rfm_score((SELECT cuts FROM k), history, '2025-01-01') AS rfm FROM rfm_history OFFSET 0) q"
ratio "count(*) of the histories / cuts alone" "$settings" \
	"SELECT count(history) FROM rfm_history" "SELECT crm.rfm_cuts_agg(history, '2025-01-01', 5) FROM rfm_history"

run "CREATE TABLE rfm_scored AS SELECT customer,
	crm.rfm_score((SELECT crm.rfm_cuts_agg(history, '2025-01-01', 5) FROM rfm_history), history, '2025-01-01') AS rfm FROM rfm_history"
run "CREATE INDEX ON rfm_scored (rfm)"
run "VACUUM ANALYZE rfm_scored"
ratio "<@ without / with the index" "$settings" \
	"SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off; SELECT count(*) FROM rfm_scored WHERE rfm <@ '551'" \
	"SELECT count(*) FROM rfm_scored WHERE rfm <@ '551'"
run "$settings EXPLAIN (COSTS off) SELECT count(*) FROM rfm_scored WHERE rfm <@ '55[12]'"
