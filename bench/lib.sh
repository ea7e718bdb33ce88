# lib.sh: what the benchmarks share. Sourced with the project's root as the current folder.

export PGUSER=postgres PGPORT=5432 PGDATABASE=bench PGHOST=${PGHOST:-$PWD/build/sock}
export PATH=/usr/lib/postgresql/${PG_MAJOR:-15}/bin:$PATH

run() { psql -XqAt -v ON_ERROR_STOP=1 -c "SET client_min_messages = warning" -c "$1"; }

# A fresh database each time: tables left from another version of the types would not read.
bench_database() {
	dropdb --if-exists --force bench 2>/dev/null
	createdb bench
	run "CREATE EXTENSION crm"
}

# Milliseconds that the last statement of SQL takes.
milliseconds() {
	psql -XqAt -v ON_ERROR_STOP=1 <<-SQL | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | tail -1
		$1
		\timing on
		$2;
	SQL
}

# ratio NAME SETTINGS A B: the median of RUNS of A's time over B's, run in turn.
ratio() {
	local i a b rows=()
	for ((i = 0; i < RUNS; i++)); do
		a=$(milliseconds "$2" "$3"); b=$(milliseconds "$2" "$4")
		rows+=("$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.3f %.0f %.0f", a / b, a, b }')")
	done
	printf '%-45s %s\n' "$1" "$(printf '%s\n' "${rows[@]}" | sort -n | awk '{ v[NR] = $0 } END { split(v[int((NR + 1) / 2)], f, " "); printf "%s  (%s ms / %s ms)", f[1], f[2], f[3] }')"
}

# Milliseconds of processor time that the last statement of SQL takes in its backend, without workers.
processor() {
	psql -XqAt -v ON_ERROR_STOP=1 <<-SQL | tail -1
		$1
		SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1) AS before \gset
		$2 \g /dev/null
		SELECT round((split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric - :before) / 1e6)
	SQL
}

# The median of numbers, a line each.
median() { sort -n | awk '{ v[NR] = $0 } END { print v[int((NR + 1) / 2)] }'; }
