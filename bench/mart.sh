#!/usr/bin/env bash
# mart.sh: what a mart costs the tables it follows, against the same table without one and with the row
# trigger that a careful engineer would write by hand (upsert of count, sum, min, max). Each line is a
# ratio of things measured in turn, the median of RUNS.
#
#   ./dev start && bench/mart.sh             CUSTOMERS=1000000 PURCHASES=5000000 COPY_ROWS=1000000 SECONDS_EACH=10 CLIENTS=2 RUNS=5
#   DURABLE=1 (default) commits to disk, as a shop does; DURABLE=0 leaves only the work of the processor.
#   PARTS="insert copy length backfill refresh" chooses.
set -eu
cd "$(dirname "$0")/.."
: "${CUSTOMERS:=1000000}" "${PURCHASES:=5000000}" "${COPY_ROWS:=1000000}" "${SECONDS_EACH:=10}" "${CLIENTS:=2}" "${RUNS:=5}" "${DURABLE:=1}"
: "${PARTS:=insert copy length backfill refresh}"
. bench/lib.sh
bench_database
work=$(mktemp -d); trap 'rm -rf "$work"; run_as postgres "ALTER SYSTEM RESET fsync" >/dev/null; run_as postgres "SELECT pg_reload_conf()" >/dev/null' EXIT
run_as() { psql -XqAt -d "$1" -c "$2"; }
[ "$DURABLE" = 0 ] || { run_as postgres "ALTER SYSTEM SET fsync = on"; run_as postgres "SELECT pg_reload_conf()" >/dev/null; sleep 1; }

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
wants() { case " $PARTS " in *" $1 "*) return 0 ;; esac; return 1; }

# Three tables of orders: plain, with the trigger by hand, with a mart. The same customers are known to all.
three_tables() {
	run "DROP SCHEMA IF EXISTS hand CASCADE; CREATE SCHEMA hand;
		CREATE TABLE plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL, ordered_at timestamptz NOT NULL, total numeric(12,2) NOT NULL, status text NOT NULL DEFAULT 'paid');
		CREATE TABLE by_hand (LIKE plain INCLUDING ALL);
		CREATE TABLE in_mart (LIKE plain INCLUDING ALL);
		INSERT INTO in_mart (customer_id, ordered_at, total) SELECT g, now() - g % 300 * interval '1 day', g % 100 FROM generate_series(1, $CUSTOMERS) g;
		CREATE TABLE hand.customer (customer_id bigint PRIMARY KEY, orders bigint, revenue numeric, first_order timestamptz, last_order timestamptz) WITH (fillfactor = 80);
		INSERT INTO hand.customer SELECT customer_id, 1, total, ordered_at, ordered_at FROM in_mart;
		CREATE FUNCTION hand.follow() RETURNS trigger LANGUAGE plpgsql AS \$\$
		BEGIN
			INSERT INTO hand.customer AS c VALUES (NEW.customer_id, 1, NEW.total, NEW.ordered_at, NEW.ordered_at)
			ON CONFLICT (customer_id) DO UPDATE SET orders = c.orders + 1, revenue = c.revenue + excluded.revenue,
				first_order = least(c.first_order, excluded.first_order), last_order = greatest(c.last_order, excluded.last_order);
			RETURN NULL;
		END \$\$;
		CREATE TRIGGER follow AFTER INSERT ON by_hand FOR EACH ROW WHEN (NEW.status <> 'cancelled') EXECUTE FUNCTION hand.follow()"
	run "SET client_min_messages = warning; SELECT crm.create_mart('shop', 'Europe/London')" >/dev/null
	run "SET client_min_messages = warning; SELECT crm.add_source('shop', 'in_mart', order_id => 'id', customer_id => 'customer_id', at => 'ordered_at', amount => 'total', condition => \$\$status <> 'cancelled'\$\$)" >/dev/null
	run "VACUUM ANALYZE"
}

# throughput TABLE: single-row INSERTs a second.
throughput() {
	printf '\\set c random(1, %s)\nINSERT INTO %s (customer_id, ordered_at, total) VALUES (:c, now(), 12.34);\n' "$CUSTOMERS" "$1" >"$work/$1.pgb"
	pgbench -n -M prepared -c "$CLIENTS" -j "$CLIENTS" -T "$SECONDS_EACH" -f "$work/$1.pgb" "$PGDATABASE" 2>&1 | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}

if wants insert || wants copy; then three_tables; fi

if wants insert; then
	echo "single-row INSERTs, $CUSTOMERS customers, $CLIENTS clients, durable commits: $DURABLE; $RUNS times $SECONDS_EACH s"
	for mode in 'no tiers' 'tiers'; do
		[ "$mode" = 'no tiers' ] || run "SELECT crm.set_tiers('shop', '0-none:0, 1-bronze:100, 2-silver:500, 3-gold:2000')" >/dev/null
		for t in plain by_hand in_mart; do : >"$work/tps.$t"; done
		for _ in $(seq "$RUNS"); do
			for t in plain by_hand in_mart; do throughput $t >>"$work/tps.$t"; done
		done
		awk -v p="$(median <"$work/tps.plain")" -v h="$(median <"$work/tps.by_hand")" -v m="$(median <"$work/tps.in_mart")" -v mode="$mode" \
			'BEGIN { printf "%-60s %6.2f   (%.0f of %.0f a second)\n%-60s %6.2f   (%.0f)\n", "  mart, " mode " / plain table", m / p, m, p, "  mart, " mode " / trigger by hand", m / h, h }'
	done
	run "SELECT crm.set_tiers('shop', NULL)" >/dev/null
fi

if wants copy; then
	run "COPY (SELECT 1 + (random() * ($CUSTOMERS - 1))::bigint, now() - random() * interval '300 days', round((random() * 100)::numeric, 2) FROM generate_series(1, $COPY_ROWS)) TO STDOUT" >"$work/rows"
	for t in plain by_hand in_mart; do : >"$work/copy.$t"; done
	for _ in $(seq "$RUNS"); do
		for t in plain by_hand in_mart; do
			run "CHECKPOINT"
			since=$(date +%s.%N)
			psql -Xq -c "COPY $t (customer_id, ordered_at, total) FROM STDIN" <"$work/rows"
			echo "$since $(date +%s.%N)" | awk '{ print $2 - $1 }' >>"$work/copy.$t"
		done
	done
	awk -v p="$(median <"$work/copy.plain")" -v h="$(median <"$work/copy.by_hand")" -v m="$(median <"$work/copy.in_mart")" -v n="$COPY_ROWS" \
		'BEGIN { printf "COPY of %d rows\n%-60s %6.2f   (%.1f s of %.1f s)\n%-60s %6.2f   (%.1f s)\n", n, "  mart / plain table", m / p, m, p, "  mart / trigger by hand", m / h, h }'
fi

# One order of a customer with 10 and with 2,000 purchase days: time and WAL.
if wants length; then
	run "DROP SCHEMA IF EXISTS long CASCADE; CREATE SCHEMA long; SET client_min_messages = warning;
		CREATE TABLE long.short_past (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int, day date, total numeric(12,2));
		CREATE TABLE long.long_past (LIKE long.short_past INCLUDING ALL);
		INSERT INTO long.short_past (customer_id, day, total) SELECT c, current_date - d * 200, c % 100 FROM generate_series(1, 200) c, generate_series(1, 10) d;
		INSERT INTO long.long_past (customer_id, day, total) SELECT c, current_date - d, c % 100 FROM generate_series(1, 200) c, generate_series(1, 2000) d"
	for t in short_past long_past; do
		run "SET client_min_messages = warning; SELECT crm.create_mart('mart_$t', 'UTC'); SELECT crm.add_source('mart_$t', 'long.$t', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'total')" >/dev/null
		run "SELECT crm.set_tiers('mart_$t', '0-none:0, 1-bronze:100, 2-silver:500, 3-gold:2000')" >/dev/null
		: >"$work/len.$t"; : >"$work/wal.$t"
		printf '\\set c random(1, 200)\nINSERT INTO long.%s (customer_id, day, total) VALUES (:c, current_date, 12.34);\n' "$t" >"$work/$t.pgb"
	done
	run "VACUUM ANALYZE"
	for _ in $(seq "$RUNS"); do
		for t in short_past long_past; do
			run "CHECKPOINT"
			before=$(run "SELECT pg_current_wal_lsn()")
			pgbench -n -M prepared -c 1 -t 20000 -f "$work/$t.pgb" "$PGDATABASE" 2>&1 | sed -n 's/^latency average = \([0-9.]*\).*/\1/p' >>"$work/len.$t"
			run "SELECT (pg_current_wal_lsn() - '$before') / 20000" >>"$work/wal.$t"
		done
	done
	awk -v a="$(median <"$work/len.short_past")" -v b="$(median <"$work/len.long_past")" -v c="$(median <"$work/wal.short_past")" -v d="$(median <"$work/wal.long_past")" \
		'BEGIN { printf "one order, 2000 / 10 purchase days, with tiers\n%-60s %6.2f   (%.3f ms, %.3f ms)\n%-60s %6.2f   (%.0f bytes, %.0f bytes)\n", "  time", b / a, b, a, "  WAL", d / c, d, c }'
fi

if wants backfill || wants refresh; then
	run "DROP TABLE IF EXISTS big; CREATE TABLE big (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int, ordered_at timestamptz, total numeric(12,2), status text);
		INSERT INTO big (customer_id, ordered_at, total, status) SELECT 1 + (random() * ($CUSTOMERS - 1))::int, now() - random() * interval '700 days', round((random() * 100)::numeric, 2), 'paid' FROM generate_series(1, $PURCHASES)"
	run "VACUUM ANALYZE big"
fi
if wants backfill; then
	: >"$work/ctas"; : >"$work/fill"
	for _ in $(seq "$RUNS"); do
		since=$(date +%s.%N)
		run "SET max_parallel_workers_per_gather = 0; CREATE TABLE histories AS SELECT customer_id, crm.history_agg(ordered_at, total, 'Europe/London') AS history FROM big WHERE status <> 'cancelled' GROUP BY 1"
		echo "$since $(date +%s.%N)" | awk '{ print $2 - $1 }' >>"$work/ctas"
		run "DROP TABLE histories; SET client_min_messages = warning; SELECT crm.create_mart('fill', 'Europe/London')" >/dev/null
		since=$(date +%s.%N)
		run "SET client_min_messages = warning; SET max_parallel_workers_per_gather = 0; SELECT crm.add_source('fill', 'big', order_id => 'id', customer_id => 'customer_id', at => 'ordered_at', amount => 'total', condition => \$\$status <> 'cancelled'\$\$)" >/dev/null
		echo "$since $(date +%s.%N)" | awk '{ print $2 - $1 }' >>"$work/fill"
		run "SELECT crm.drop_mart('fill')" >/dev/null
	done
	awk -v a="$(median <"$work/ctas")" -v b="$(median <"$work/fill")" -v n="$PURCHASES" \
		'BEGIN { printf "first filling, %d purchases\n%-60s %6.2f   (%.1f s of %.1f s)\n", n, "  add_source / CREATE TABLE AS SELECT history_agg", b / a, b, a }'
fi
if wants refresh; then
	echo "refresh, $CUSTOMERS customers: part, rows, seconds"
	run "SET client_min_messages = warning; SELECT crm.create_mart('fill', 'Europe/London'); SELECT crm.add_source('fill', 'big', order_id => 'id', customer_id => 'customer_id', at => 'ordered_at', amount => 'total', condition => \$\$status <> 'cancelled'\$\$)" >/dev/null
	run "SELECT crm.set_tiers('fill', '0-none:0, 1-bronze:100, 2-silver:300, 3-gold:500')" >/dev/null
	run "VACUUM ANALYZE"
	run "SELECT '  first', * FROM crm.refresh('fill')"
	run "SELECT '  a month later', * FROM crm.refresh('fill', crm.mart_today('fill') + 31)"
fi
