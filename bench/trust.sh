#!/usr/bin/env bash
# trust.sh: what clv_verdict says of real shops, process by process, how often the next order had come by the date it was
# expected, and what a backtest of 100,000 customers costs.
#
#   ./dev start && bench/trust.sh          DATA=../shared/data PROCESSES="auto nbd" CUSTOMERS=100000
set -eu
cd "$(dirname "$0")/.."
: "${DATA:=../shared/data}" "${PROCESSES:=auto nbd}" "${CUSTOMERS:=100000}"
. bench/lib.sh
bench_database

# CDNOW, all customers; Online Retail as in the literature: invoices of known customers that are not cancelled, above zero
psql -XqAt -v ON_ERROR_STOP=1 <<-SQL
	SET search_path = public, crm;
	CREATE TABLE line (invoice text, stock text, description text, quantity integer, at timestamp, price numeric, customer text, country text);
	\copy line FROM PROGRAM 'zcat $DATA/online_retail/online_retail.csv.gz' WITH (FORMAT csv, HEADER, ENCODING 'latin1')
	CREATE TABLE purchase (line text);
	\copy purchase FROM PROGRAM 'tail -n +2 $DATA/cdnow/CDNOW_master.txt | tr -s " " | tr -d "\r"'
	CREATE TABLE shop AS
	SELECT 'Online Retail' AS name, date '2011-12-09' AS as_of, array_agg(history) AS histories
	FROM (SELECT history_agg(day, amount) AS history
		FROM (SELECT customer, min(at)::date AS day, sum(quantity * price) AS amount FROM line
			WHERE customer <> '' AND invoice NOT LIKE 'C%' GROUP BY customer, invoice HAVING sum(quantity * price) > 0) AS i
		GROUP BY customer) AS c
	UNION ALL
	SELECT 'CDNOW', '1998-06-30', array_agg(history)
	FROM (SELECT history_agg(to_date(p[2], 'YYYYMMDD'), p[4]::numeric) AS history
		FROM purchase, string_to_array(trim(line), ' ') AS p WHERE p[4] IS NOT NULL GROUP BY p[1]) AS c
	UNION ALL
	SELECT 'made up', '2025-12-31', array_agg(history)
	FROM (SELECT history_agg(at, amount) AS history
		FROM clv_simulate(clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), 20000, '2024-01-01', '2025-12-31', 1)
		GROUP BY customer) AS c;
	CREATE TABLE big AS SELECT array_agg(history) AS histories
	FROM (SELECT history_agg(at, amount) AS history
		FROM clv_simulate(clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), $CUSTOMERS, '2024-01-01', '2025-12-31', 1)
		GROUP BY customer) AS c;
SQL
for process in $PROCESSES; do
	run "SELECT format(E'%s, $process, %s windows: %s\n  %s\n', name, windows, grade, replace(verdict, '; ', E';\n  '))
		FROM shop, (VALUES (4), (1)) AS w (windows), LATERAL crm.clv_verdict(histories, as_of, windows => windows, process => '$process')"
	run "SELECT format('%s, $process, by %s: of those due with 25, 50, 75 %% had come %s', name, through,
			string_agg(format('%s %%', round(100 * (1 - actual_silent))), ', ' ORDER BY bucket))
		FROM shop, crm.clv_backtest(histories, as_of, process => '$process') WHERE section = 'next order' GROUP BY name, through ORDER BY name, through"
	echo
done
for process in $PROCESSES; do
	echo "clv_backtest, $process, $CUSTOMERS customers, four quarters: $(milliseconds "" "SELECT count(*) FROM big, crm.clv_backtest(histories, '2025-12-31', process => '$process')") ms"
done
