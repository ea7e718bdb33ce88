#!/usr/bin/env bash
# populations.sh: does the automatic fit answer on any shop? See populations.sql.
#
#   ./dev start && bench/populations.sh          POPULATIONS=300 PROCESS=auto STARTS=10
set -eu
cd "$(dirname "$0")/.."
: "${POPULATIONS:=300}" "${PROCESS:=auto}" "${STARTS:=10}"
. bench/lib.sh
bench_database
psql -XqAt -v ON_ERROR_STOP=1 -f bench/populations.sql
seq 0 $((POPULATIONS - 1)) | sed "s/.*/SET bench.process = '$PROCESS'; CALL try_population(&);/" |
	PGOPTIONS='-c search_path=public,crm -c client_min_messages=warning' psql -XqAt -v ON_ERROR_STOP=0
psql -Xq -P pager=off <<-'SQL'
	-- medians of the error of the total, where both have one; below: how far a process is below one nested in it
	SELECT family, count(*) AS n, count(*) FILTER (WHERE usable) AS usable, count(error + own) AS compared,
		round(percentile_cont(0.5) WITHIN GROUP (ORDER BY error) FILTER (WHERE pair IS NOT NULL)::numeric, 4) AS error, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY own) FILTER (WHERE pair IS NOT NULL)::numeric, 4) AS own_error,
		round((percentile_cont(0.5) WITHIN GROUP (ORDER BY error) FILTER (WHERE pair IS NOT NULL) / nullif(percentile_cont(0.5) WITHIN GROUP (ORDER BY own) FILTER (WHERE pair IS NOT NULL), 0))::numeric, 3) AS ratio,
		round(max(below)::numeric, 6) AS below, round(sum(seconds)::numeric, 1) AS seconds
	FROM (
		SELECT *, abs(said - came) / greatest(came, 1) AS error, abs(own_said - came) / greatest(came, 1) AS own
		FROM result
	) AS r, LATERAL (SELECT error + own AS pair) AS b
	GROUP BY ROLLUP (family) ORDER BY family NULLS LAST;
	SELECT number, family, days, customers, repeats, chosen FROM result WHERE NOT usable OR customers < 30 OR repeats < 10 ORDER BY 1;
	SELECT family, chosen, count(*) FROM result GROUP BY 1, 2 ORDER BY 1, 3 DESC;
SQL

# No fit below what a search without derivatives finds from STARTS starts, where that is quick.
mkdir -p build
gcc -std=gnu11 -O2 -Isrc bench/multistart.c src/core/*/*.c -lnlopt -lm -o build/multistart
run "CREATE TABLE searched (number integer, process text, top double precision)"
for number in $(run "SELECT number FROM result WHERE rows <= 150 ORDER BY 1"); do
	psql -XqAt -F ' ' -c "SELECT b.x, b.t_x, b.t, b.customers FROM result, crm.btyd_rows(data) AS b WHERE number = $number" >build/multistart.rows
	for process in nbd bgnbd mbgnbd paretonbd; do
		run "INSERT INTO searched VALUES ($number, '$process', $(build/multistart $process 1 "$STARTS" <build/multistart.rows | cut -d ' ' -f 1))"
	done
done
psql -Xq -P pager=off <<-'SQL'
	SELECT count(*) AS fits_searched, count(*) FILTER (WHERE f.log_likelihood < s.top - 1e-5) AS fits_below,
		round(max(s.top - f.log_likelihood)::numeric, 6) AS most
	FROM searched AS s JOIN fitted AS f USING (number, process);
	SELECT s.number, r.family, r.customers, r.repeats, s.process, f.status, round((s.top - f.log_likelihood)::numeric, 6) AS below
	FROM searched AS s JOIN fitted AS f USING (number, process) JOIN result AS r USING (number)
	WHERE f.log_likelihood < s.top - 1e-5 ORDER BY 7 DESC;
SQL
