#!/usr/bin/env bash
# export.sh: customers counted in the database, against the same work done elsewhere: purchases
# exported with COPY, loaded into DuckDB, grouped by customer and day, by customer, and by (x, t_x, t).
# Processor time of all that takes part, one worker each, in turn, medians of RUNS. DuckDB comes from npm
# (npm install @duckdb/node-api) in the folder DUCKDB.
#
#   ./dev start && DUCKDB=/path/with/node_modules bench/export.sh     CUSTOMERS=400000 ORDER=at RUNS=5
set -eu
cd "$(dirname "$0")/.."
: "${CUSTOMERS:=400000}" "${RUNS:=5}" "${ORDER:=at}" "${DUCKDB:=.}"
[ -d "$DUCKDB/node_modules/@duckdb/node-api" ] || { echo "no DuckDB in $DUCKDB/node_modules: npm install @duckdb/node-api there"; exit 0; }
. bench/lib.sh
bench_database
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# a shop's orders, in the order in which they came
run "CREATE TABLE purchase AS SELECT customer, at, amount
	FROM crm.clv_simulate(crm.clv_model('mbgnbd', '{1.2, 8, .5, 3}', 7, '{6.25, 3.74, 15.44}'), $CUSTOMERS, '2023-07-01', '2024-12-31', 1) ORDER BY $ORDER;
	CREATE TABLE history AS SELECT customer, crm.history_agg(at, amount) AS history FROM purchase GROUP BY customer"
run "VACUUM ANALYZE purchase" && run "VACUUM ANALYZE history"
settings="SET work_mem = '1GB'; SET jit = off; SET max_parallel_workers_per_gather = 0;"

# customers as (x, t_x, t), counted, and as (x, m_x), counted: what crm.btyd_data holds, but for days and gaps
cat >"$work/group.js" <<'JS'
const { DuckDBInstance } = require(process.argv[2] + '/node_modules/@duckdb/node-api');
(async () => {
	const file = process.argv[3];
	const start = process.cpuUsage();
	const c = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
	await c.run(`CREATE TABLE purchase AS SELECT * FROM read_csv('${file}', header = false,
		columns = { customer: 'INTEGER', day: 'DATE', amount: 'DECIMAL(12,2)' })`);
	await c.run(`CREATE TABLE numbers AS
		SELECT count(*) - 1 AS x, (max(day) - min(day)) / 7.0 AS t_x, (DATE '2025-01-01' - min(day)) / 7.0 AS t,
			(sum(amount) - arg_min(amount, day)) / nullif(count(*) - 1, 0) AS m_x
		FROM (SELECT customer, day, sum(amount) AS amount FROM purchase GROUP BY ALL) GROUP BY customer`);
	const rows = await c.runAndReadAll(`SELECT
		(SELECT count(*) FROM (SELECT x, t_x, t, count(*) FROM numbers GROUP BY x, t_x, t)),
		(SELECT count(*) FROM (SELECT x, m_x, count(*) FROM numbers WHERE x > 0 GROUP BY x, m_x))`);
	const used = process.cpuUsage(start);
	console.log((used.user + used.system) / 1000);
	console.error(String(rows.getRows()[0]));
})();
JS

for ((i = 0; i < RUNS; i++)); do
	processor "$settings" "SELECT crm.btyd_agg(history, '2025-01-01') FROM (SELECT crm.history_agg(at, amount) AS history FROM purchase GROUP BY customer) q" >>"$work/purchases"
	processor "$settings" "SELECT sum((b).x), sum((b).t_x), sum((b).t), sum((b).m_x) FROM (SELECT crm.btyd(crm.history_agg(at, amount), '2025-01-01') AS b FROM purchase GROUP BY customer OFFSET 0) q" >>"$work/rows_made"
	processor "$settings" "SELECT crm.btyd_agg(history, '2025-01-01') FROM history" >>"$work/stored"
	copy=$(psql -XqAt <<-SQL
		SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1) AS before \gset
		\copy purchase TO '$work/purchase.csv' (FORMAT csv)
		SELECT round((split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric - :before) / 1e6)
	SQL
	)
	load=$(node "$work/group.js" "$(readlink -f "$DUCKDB")" "$work/purchase.csv" 2>"$work/rows") || { cat "$work/rows"; exit 1; }
	awk -v c="$copy" -v l="$load" 'BEGIN { printf "%.0f\n", c + l }' >>"$work/exported"
	echo "$copy" >>"$work/copy"
done
echo "$(run "SELECT count(*) FROM purchase") purchases, $CUSTOMERS customers; distinct rows, spend rows there: $(cat "$work/rows"), here: $(run "SELECT distinct_rows, distinct_spend_rows FROM crm.btyd_summary((SELECT crm.btyd_agg(history, '2025-01-01') FROM history))")"
d=$(median <"$work/rows_made"); a=$(median <"$work/purchases") b=$(median <"$work/stored") c=$(median <"$work/exported")
awk -v d="$d" -v a="$a" -v b="$b" -v c="$c" -v copy="$(median <"$work/copy")" 'BEGIN {
	printf "btyd_agg(history_agg) of purchases / exported and counted   %.2f  (%d ms / %d ms, of which COPY %d)\n", a / c, a, c, copy
	printf "x, t_x, t, m_x of purchases / exported and counted   %.2f  (%d ms)\n", d / c, d
	printf "btyd_agg of stored histories / exported and counted   %.2f  (%d ms)\n", b / c, b }'
