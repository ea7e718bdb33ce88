#!/usr/bin/env bash
# populations.sh: does the automatic fit answer on any shop? See populations.sql.
#
#   ./dev start && bench/populations.sh          POPULATIONS=300 PROCESS=auto
set -eu
cd "$(dirname "$0")/.."
: "${POPULATIONS:=300}" "${PROCESS:=auto}"
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
		SELECT *, abs(said / nullif(came, 0) - 1) AS error, abs(own_said / nullif(came, 0) - 1) AS own
		FROM result
	) AS r, LATERAL (SELECT error + own AS pair) AS b
	GROUP BY ROLLUP (family) ORDER BY family NULLS LAST;
	SELECT number, family, days, customers, repeats, chosen FROM result WHERE NOT usable OR customers < 30 OR repeats < 10 ORDER BY 1;
	SELECT family, chosen, count(*) FROM result GROUP BY 1, 2 ORDER BY 1, 3 DESC;
SQL
