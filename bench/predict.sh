#!/usr/bin/env bash
# predict.sh: what crm.predict costs, against a scan that reads revenue(history): processor time of the server, the
# median of RUNS taken in turn.
#
#   ./dev start && bench/predict.sh          CUSTOMERS=1000000 RUNS=5
set -eu
cd "$(dirname "$0")/.."
: "${CUSTOMERS:=1000000}" "${RUNS:=5}"
. bench/lib.sh
bench_database

run "CREATE TABLE customer AS SELECT customer, crm.history_agg(at, amount) AS history
	FROM crm.clv_simulate(crm.clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), $CUSTOMERS, '2024-01-01', '2024-09-30', 1) GROUP BY customer;
	CREATE TABLE model AS SELECT process, crm.clv_fit((SELECT crm.btyd_agg(history, '2024-09-30') FROM customer), process) AS model FROM crm.clv_processes()"
run "VACUUM ANALYZE customer"
serial="SET jit = off; SET max_parallel_workers_per_gather = 0;"

# Milliseconds of processor time that the last statement takes, by the server's own account: work beside it does not
# count.
milliseconds() {
	psql -XqAt -v ON_ERROR_STOP=1 <<-SQL 2>&1 | awk '/s user, .* s elapsed/ { sub(/^[^0-9]*/, ""); print ($1 + $4) * 1000; exit }'
		$1
		SET client_min_messages = log;
		SET log_statement_stats = on;
		$2;
	SQL
}

echo "$CUSTOMERS simulated customers; processor time, median of $RUNS"
base="SELECT sum(crm.revenue(history)) FROM customer"
for process in mbgnbd bgnbd nbd paretonbd; do
	m="(SELECT model FROM model WHERE process = '$process')"
	ratio "$process: predict without date / revenue" "$serial" "SELECT count(crm.predict($m, history, '2024-09-30', next_order => false)) FROM customer" "$base"
	ratio "$process: predict with date / revenue" "$serial" "SELECT count(crm.predict($m, history, '2024-09-30')) FROM customer" "$base"
	ratio "$process: predict with intervals / revenue" "$serial" "SELECT count(crm.predict($m, history, '2024-09-30', next_order => false, intervals => true)) FROM customer" "$base"
	ratio "$process: predict_total / revenue" "$serial" "SELECT crm.predict_total($m, history, '2024-09-30', 365, 0.1, 1) FROM customer" "$base"
done
m="(SELECT model FROM model WHERE process = 'mbgnbd')"
ratio "clv for life / clv for a year" "$serial" "SELECT sum(crm.clv($m, history, '2024-09-30', NULL)) FROM customer" "SELECT sum(crm.clv($m, history, '2024-09-30')) FROM customer"
ratio "the row in FROM, LATERAL / in OFFSET 0" "$serial" "SELECT sum(p.clv) FROM customer, LATERAL crm.predict($m, history, '2024-09-30', next_order => false) AS p" \
	"SELECT sum((p).clv) FROM (SELECT crm.predict($m, history, '2024-09-30', next_order => false) AS p FROM customer OFFSET 0) AS q"
