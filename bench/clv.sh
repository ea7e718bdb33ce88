#!/usr/bin/env bash
# clv.sh: what a fit and predictions cost, against the plain SQL that reads the same rows. Each line is
# a ratio of two things timed in turn in one session, the median of RUNS.
#
#   ./dev start && bench/clv.sh          CUSTOMERS=1000000 RUNS=5
set -eu
cd "$(dirname "$0")/.."
: "${CUSTOMERS:=1000000}" "${RUNS:=5}"
. bench/lib.sh
bench_database

run "CREATE TABLE customer AS SELECT customer, crm.history_agg(at, amount) AS history
	FROM crm.clv_simulate(crm.clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), $CUSTOMERS, '2024-01-01', '2024-09-30', 1) GROUP BY customer;
	CREATE TABLE numbers AS SELECT b.* FROM customer, crm.btyd(history, '2024-09-30') AS b;
	CREATE TABLE model AS SELECT process, crm.clv_fit((SELECT crm.btyd_agg(history, '2024-09-30') FROM customer), process) AS model FROM crm.clv_processes()"
run "VACUUM ANALYZE customer; " && run "VACUUM ANALYZE numbers"
serial="SET work_mem = '1GB'; SET jit = off; SET max_parallel_workers_per_gather = 0;"

echo "$CUSTOMERS simulated customers, first orders over 9 months, days; median of $RUNS"
run "SELECT 'distinct rows: ' || distinct_rows || ', of spend: ' || distinct_spend_rows || '; stored ' || pg_column_size(data) || ' bytes, ' || round(pg_column_size(data) / (distinct_rows + distinct_spend_rows)::numeric, 1) || ' a row'
	FROM (SELECT crm.btyd_agg(history, '2024-09-30') AS data FROM customer OFFSET 0) q, crm.btyd_summary(data)"

plain="SELECT count(*) FROM (SELECT x, t_x, t FROM numbers GROUP BY 1, 2, 3) q"
plain_money="SELECT count(*), (SELECT count(*) FROM (SELECT x, m_x FROM numbers WHERE x > 0 GROUP BY 1, 2) q) FROM (SELECT x, t_x, t FROM numbers GROUP BY 1, 2, 3) q"
for process in mbgnbd bgnbd paretonbd; do
	ratio "btyd_agg and clv_fit $process / GROUP BY" "$serial" "SELECT crm.clv_fit(crm.btyd_rows_agg(x, t_x, t), '$process') FROM numbers" "$plain"
done
ratio "the same with money, mbgnbd / two GROUP BY" "$serial" "SELECT crm.clv_fit(crm.btyd_rows_agg(x, t_x, t, m_x), 'mbgnbd') FROM numbers" "$plain_money"
ratio "btyd_agg alone / GROUP BY" "$serial" "SELECT crm.btyd_rows_agg(x, t_x, t) FROM numbers" "$plain"
ratio "btyd_agg(history) / sum(revenue(history))" "$serial" "SELECT crm.btyd_agg(history, '2024-09-30') FROM customer" "SELECT sum(crm.revenue(history)) FROM customer"
ratio "btyd_agg(history) serial / 2 workers" "$serial" "SELECT crm.btyd_agg(history, '2024-09-30') FROM customer" \
	"SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SELECT crm.btyd_agg(history, '2024-09-30') FROM customer"
run "SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; EXPLAIN (COSTS off) SELECT crm.btyd_agg(history, '2024-09-30') FROM customer"

# on a busy machine: what is left for the leader to do
parallel="${serial/gather = 0/gather = 2} SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0;"
for ((i = 0; i < RUNS; i++)); do
	a=$(processor "$parallel" "SELECT crm.btyd_agg(history, '2024-09-30') FROM customer")
	b=$(processor "$serial" "SELECT crm.btyd_agg(history, '2024-09-30') FROM customer")
	awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f  (%d ms / %d ms)\n", a / b, a, b }'
done | median | sed 's/^/processor time of the leader with 2 workers \/ serial: /'

# auto, of data that are counted: every process with every regularity, of shops of three kinds
shop() {
	run "CREATE TABLE shop AS SELECT crm.history_agg(at, amount) AS history
		FROM crm.clv_simulate($2, $CUSTOMERS, '2022-01-01', '2024-06-30', 2, '2023-03-31') GROUP BY customer;
		CREATE TABLE shop_numbers AS SELECT b.x, b.t_x, b.t FROM shop, crm.btyd(history, '2024-06-30') AS b;
		CREATE TABLE shop_data AS SELECT crm.btyd_agg(history, '2024-06-30') AS data FROM shop"
	for season in "'flat'" NULL; do
		for ((i = 0; i < RUNS; i++)); do
			a=$(processor "$serial" "SELECT crm.clv_fit(data, spend => false, season => $season) FROM shop_data")
			b=$(processor "$serial" "SELECT count(*) FROM (SELECT x, t_x, t, count(*) FROM shop_numbers GROUP BY 1, 2, 3) q")
			awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f  (%d ms / %d ms)\n", a / b, a, b }'
		done | median | sed "s/^/processor time of auto \/ GROUP BY x, t_x, t, $1, season $season: /"
	done
	run "DROP TABLE shop, shop_numbers, shop_data"
}
shop "people leave" "crm.clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}')"
shop "nobody leaves" "crm.clv_model('nbd', '{.8, 8.5}')"
shop "regular buyers" "crm.clv_model('mbgnbd', '{.8, 4.3, .3, 3}', regularity => 2)"

for process in mbgnbd bgnbd paretonbd; do
	m="(SELECT model FROM model WHERE process = '$process')"
	ratio "p_alive, expected_orders, clv $process / revenue" "$serial" \
		"SELECT sum(crm.p_alive($m, history, '2024-09-30')), sum(crm.expected_orders($m, history, '2024-09-30', 365)), sum(crm.clv($m, history, '2024-09-30')) FROM customer" \
		"SELECT sum(crm.revenue(history)) FROM customer"
done
