# run.sh: the demo, sourced by ./dev. It fills the database `shop` and then runs demo/sections/*.sql over it;
# what a section shows is what psql ran.

demo_help() {
	cat <<'TEXT'
./dev demo
    A made-up shop.

./dev demo FILE --customer COLUMN --at COLUMN --amount COLUMN [options]
    Your own orders. FILE is a table as text: CSV with comma, semicolon, tab or | between the columns, gzipped
    or not. Nothing is changed outside this folder, and nothing is sent anywhere.

    --customer COLUMN     who bought
    --at COLUMN           when: a date or a time
    --amount COLUMN       for how much; or a product: --amount 'Quantity * UnitPrice'. Below zero is a refund
    --order-id COLUMN     lines of one order are summed; without it, each row is an order
    --zone ZONE           time zone of times that name none, and of the shop's days (default UTC)
    --as-of DATE          the day to look from, the report's today (default: the day of the last order in the file)

    A column is given by its name in the first line, or by its number as #3. How the file is written is decided
    from all its rows, and said. Where that goes wrong, or nothing in the file decides:

    --decimal .|,         the decimal mark of amounts: 1,036.00 or 1.036,00
    --date-order ORDER    of dates such as 03/04/2024: dmy, mdy or ymd
    --currency LIST       which amounts to use (EUR, $, ...) if there are several currencies; those named are added up
    --delimiter D         what parts the columns: a character, or tab, space, comma, semicolon, pipe
    --encoding NAME       utf-8, latin1, utf-16le, cp437, ...
    --skip LINES          lines before the one with the names of the columns
    --no-header           there are no names: the first line is data, columns are called #1, #2, ...

    Amounts may carry signs, codes and words of currencies, marks between the thousands, a minus before or after:
    1.036,00 EUR   $1,036.00   CHF 1'036.50   Rs. 1,23,456.00   (12.50)   12,50-
    If more than one row in a hundred, or one in a hundred of the money, cannot be used, the report begins with it.
TEXT
}

# Read the command line before anything is installed, so that a mistake in it is told at once.
demo_options() {
	file='' zone=UTC as_of='' with_order_id=0 reader=()
	while [ $# -gt 0 ]; do
		case $1 in
			-h | --help) demo_help; exit 0 ;;
			--no-header) reader+=("$1"); shift; continue ;;
			--*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
			--*) [ $# -gt 1 ] || die "$1 needs a value (./dev demo --help)" ;;
			*) [ -z "$file" ] || die "one file at a time: $file, $1"; file=$1; shift; continue ;;
		esac
		case $1 in
			--customer | --at | --amount | --delimiter | --currency | --encoding) reader+=("$1" "$2") ;;
			--decimal) case $2 in . | ,) reader+=("$1" "$2") ;; *) die "--decimal is . or ,, not $2" ;; esac ;;
			--date-order) case $2 in [Dd][Mm][Yy] | [Mm][Dd][Yy] | [Yy][Mm][Dd]) reader+=("$1" "$2") ;; *) die "--date-order is dmy, mdy or ymd, not $2" ;; esac ;;
			--skip) case $2 in '' | *[!0-9]*) die "--skip is a number of lines, not $2" ;; *) reader+=("$1" "$2") ;; esac ;;
			--order-id) reader+=("$1" "$2"); with_order_id=1 ;;
			--zone) zone=$2 ;;
			--as-of) as_of=$2 ;;
			*) die "no such option: $1 (./dev demo --help)" ;;
		esac
		shift 2
	done
	if [ -n "$file" ]; then
		case $file in /*) ;; *) file=$origin/$file ;; esac
		[ -f "$file" ] && [ -r "$file" ] || die "cannot read $file"
	else
		[ ${#reader[@]} -eq 0 ] && [ "$zone$as_of" = UTC ] || die "which file? (./dev demo --help)"
	fi
}

demo_psql() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 "$@"; }

# One value from the demo's database.
demo_value() { demo_psql -A -t -v zone="$zone" -v as_of="$as_of" <<<"$1"; }

load_shop() {
	say "making up a shop"
	made_up=1 zone=Europe/London as_of=2025-06-30 ladder='0-none:-infinity, 1-bronze:100, 2-silver:500, 3-gold:2000'
	demo_psql -1 -f demo/shop.sql
	demo_value "SELECT format('   %s customers, %s orders, %s refunds', (SELECT count(*) FROM customers), (SELECT count(*) FROM orders), (SELECT count(*) FROM refunds))"
	say "today is $as_of: the day on which this shop was made up"
}

load_file() {
	made_up=0
	say "reading $file"
	perl demo/read_csv.pl "$file" "${reader[@]}" |
		demo_psql -v zone="$zone" -v with_order_id="$with_order_id" -f demo/load.sql \
		|| die "the file was not loaded"
	[ "$(demo_value "SELECT to_regclass('purchases') IS NOT NULL")" = t ] || die "the file has no rows"
	[ "$(demo_value 'SELECT count(*) FROM purchases')" -gt 0 ] || die "no row of the file can be used"
	local last by='as --as-of says'
	last=$(demo_value "SELECT max(at AT TIME ZONE :'zone')::date FROM purchases")
	if [ -z "$as_of" ]; then
		by=$(demo_value "SELECT CASE WHEN bool_or(amount >= 0) THEN 'order' ELSE 'refund' END FROM purchases WHERE (at AT TIME ZONE :'zone')::date = '$last'")
		as_of=$last by="the day of the last $by in the file (--as-of DATE looks from another)"
	elif [ "$(demo_value "SELECT min(at AT TIME ZONE :'zone')::date > :'as_of' FROM purchases")" = t ]; then
		die "--as-of $as_of: the file has no order until then; its last is of $last"
	fi
	say "today is $as_of: $by"
	# Tiers that fit the file: half of the customers, a fifth and a twentieth, at round figures.
	ladder=$(demo_value "
		WITH revenue AS (SELECT sum(amount) AS r FROM purchases GROUP BY customer_id),
		q AS (SELECT greatest(1, percentile_disc(p) WITHIN GROUP (ORDER BY r)) AS q, p FROM revenue, unnest('{0.5,0.8,0.95}'::float8[]) AS p GROUP BY p),
		rounded AS (SELECT p, trim_scale(round(q, -floor(log(q))::int)) AS t FROM q)
		SELECT format('0-none:-infinity, 1-bronze:%s, 2-silver:%s, 3-gold:%s', a, greatest(b, 2 * a), greatest(c, 2 * b, 4 * a))
		FROM (SELECT min(t) FILTER (WHERE p = 0.5) a, min(t) FILTER (WHERE p = 0.8) b, min(t) FILTER (WHERE p = 0.95) c FROM rounded) x")
}

run_demo() {
	build
	restart
	show_demo
}

# The demo on a server that runs.
show_demo() {
	set -o pipefail
	if [ "$(demo_psql -A -t -d postgres -v zone="$zone" <<<"SELECT count(*) FROM pg_timezone_names WHERE name = :'zone'")" = 0 ]; then
		die "no such time zone: $zone (for example Europe/London)"
	fi
	if [ -n "$as_of" ]; then
		demo_psql -d postgres -A -t -v as_of="$as_of" <<<"SELECT :'as_of'::date" >/dev/null 2>&1 || die "--as-of is a date such as 2025-06-30, not $as_of"
	fi
	demo_psql -d postgres <<-'SQL'
		SET client_min_messages = warning;
		DROP DATABASE IF EXISTS shop WITH (FORCE);
		CREATE DATABASE shop;
		ALTER DATABASE shop SET search_path = public, crm;
		\c shop
		CREATE EXTENSION crm;
	SQL
	if [ -n "$file" ]; then load_file; else load_shop; fi
	demo_psql -d shop -v ladder="$ladder" -v zone="$zone" <<-'SQL'
		-- For whoever asks on in ./dev psql: a bare 'gold' has a meaning, days are the shop's.
		ALTER DATABASE shop SET timezone = :'zone';
		ALTER DATABASE shop SET crm.tier_ladder = :'ladder';
	SQL

	local section missing bold='' off=''
	if [ -t 1 ]; then bold=$'\e[1m' off=$'\e[0m'; fi
	for section in demo/sections/*.sql; do
		echo
		sed -n "1s/^-- \(.*\)/$bold\1$off/p" "$section"
		# psql prints each statement as it sends it, then what came back.
		PGOPTIONS='-c client_min_messages=warning' demo_psql -v made_up="$made_up" -v zone="$zone" -v as_of="$as_of" -v ladder="$ladder" -v ECHO=queries -P footer=off -P null=- -P pager=off -f "$section"
	done
	echo
	[ -n "$file" ] && missing=$(demo_value "SELECT obj_description('purchases'::regclass)") || missing=''
	[ -z "$missing" ] || say "$missing"
	say "./dev psql opens a shell on this; \\dt lists the tables, \\df crm.* the functions"
}
