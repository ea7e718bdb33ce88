# run.sh: the test suite, sourced by ./dev. Each part is a function; a part that fails fails the run,
# but the others still tell what they know.

jobs=$(nproc)
warnings="-Wall -Wextra -Wshadow -Wno-unused-parameter -Wmissing-prototypes -Wvla -Werror"
# Seconds for each fuzz target: enough to notice what a change broke, not a campaign.
fuzz_seconds=${CRM_FUZZ_SECONDS:-10}

run_tests() {
	local parts=("$@") part failed=() since
	[ ${#parts[@]} -gt 0 ] || parts=(lint unit fuzz regress pgtap isolation tap)
	for part in "${parts[@]}"; do
		case $part in
			lint | unit | fuzz | regress | pgtap | isolation | tap) ;;
			test/pgtap/*.sql | test/sql/*.sql | test/unit/*.c | test/fuzz/*.c | test/isolation/specs/*.spec | test/tap/*.pl)
				[ -f "$part" ] || die "no such file: $part" ;;
			*) die "no such test part: $part" ;;
		esac
	done
	export CRM_ASSERTS=1
	build
	find_data
	: >"$stage/counted"
	for part in "${parts[@]}"; do
		say "$part"
		since=$SECONDS
		case $part in
			test/pgtap/*) with_server pgtap_files "$part" ;;
			test/sql/*) with_server regress_files "$(basename "$part" .sql)" ;;
			test/unit/*) unit_files "$part" ;;
			test/fuzz/*) fuzz_files "$part" ;;
			test/isolation/*) with_server isolation_files "$part" ;;
			test/tap/*) tap_files "$part" ;;
			*) "test_$part" ;;
		esac && printf '   %s: ok, %s s\n' "$part" $((SECONDS - since)) || failed+=("$part")
	done
	local tests
	tests=$(sed -n 's/.*Tests=\([0-9]*\).*/\1/p; s/.*All \([0-9]*\) tests* passed.*/\1/p' "$stage/counted" | awk '{ n += $1 } END { print n + 0 }')
	if [ ${#failed[@]} -gt 0 ]; then
		printf '\nFAILED: %s (%s tests)\n' "${failed[*]}" "$tests"
		exit 1
	fi
	printf '\nall passed: %s (%s tests)\n' "${parts[*]}" "$tests"
}

# Real data that some tests read through the server: bring it where the server's user can read it.
find_data() {
	if [ ! -d "$CRM_DATA" ]; then
		say "no real data at $CRM_DATA: the tests that read it are skipped"
		CRM_DATA=$stage/no-data
	elif ! "${runas[@]}" test -r "$CRM_DATA/README.md"; then
		rm -rf "$stage/real-data"
		cp -rL "$CRM_DATA" "$stage/real-data"
		own "$stage/real-data"
		CRM_DATA=$stage/real-data
	fi
}

# What a test runner says at its end is shown, and counted.
counted() ( set -o pipefail; "$@" | tee -a "$stage/counted" )

with_server() { restart && "$@"; }

# usage: have PATTERN: are there such files? `files` holds them.
have() {
	# shellcheck disable=SC2206
	files=($1)
	[ -e "${files[0]}" ] || { echo "   none: $1"; return 1; }
}

# ---------------------------------------------------------------- without a server

# Style, both compilers with warnings as errors, static analysis, what ./dev mutate changes.
test_lint() {
	local out=$stage/lint status=0 cc version room
	mkdir -p "$out"
	version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" crm.control)
	grep -qx "EXTVERSION = $version" Makefile && [ "$(grep -c "\"version\": \"$version\"" META.json)" = 2 ] \
		&& head -n 1 debian/changelog | grep -q "^postgresql-crm ($version-" \
		|| { echo "crm.control, Makefile, META.json and debian/changelog name different versions"; status=1; }
	for room in $(sed -n 's/^SQL_ROOMS = //p' Makefile); do
		grep -q "\"description\": .*\b$room (" META.json || { echo "META.json does not describe the room $room"; status=1; }
	done
	sed 's/PGVERSION/15/' debian/control.in | diff - debian/control || { echo "debian/control is not what pg_buildext makes of control.in"; status=1; }
	local inc; inc="-Isrc -isystem $("$PG_CONFIG" --includedir-server)"
	# An install script is read in the encoding of the database, whichever that is.
	! LC_ALL=C grep -rn '[^ -~	]' sql || { echo "sql/ must be plain ASCII"; status=1; }
	# Another version lays some lines out otherwise.
	case $(clang-format --version) in
		*" version 14."*) find src test -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror || status=1 ;;
		*) say "the layout is not checked: that needs clang-format 14" ;;
	esac
	# One compiler sees the assertions, the other what is left without them.
	for cc in gcc "clang -DCRM_ASSERTS -DUSE_ASSERT_CHECKING=1"; do
		find src -name '*.c' -print0 |
			xargs -0 -P "$jobs" -I{} sh -c "$cc -std=gnu11 -O2 $warnings $inc -c \"\$1\" -o \"\$2/\$(echo \"\$1\" | tr / -).${cc%% *}.o\"" - {} "$out" || status=1
	done
	# Both compilers shift a negative number arithmetically. What assertions call changes nothing but copies of its own.
	cppcheck --quiet -j "$jobs" --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches --suppress=shiftTooManyBitsSigned --suppress=assertWithSideEffect --error-exitcode=1 -Isrc src/core || status=1
	prove -Q test/mutate/sites.t || status=1
	perl test/arrows.pl --self && perl test/arrows.pl || status=1
	return $status
}

# usage: build_pure KIND FILE...: programs of test/unit or test/fuzz, each with the pure C, under the sanitizers.
build_pure() {
	local kind=$1 out; shift
	out=$(realpath --relative-to=. "$stage")
	make -s -j"$jobs" -f test/unit.mk OUT="$out" $(basename -s .c -a "$@" | sed "s|^|$out/$kind/|")
}

# Pure C tests of src/core, without a server, under the sanitizers.
test_unit() { if have 'test/unit/*.c'; then unit_files "${files[@]}"; fi; }

unit_files() {
	build_pure unit "$@" || return 1
	counted prove -Q -j "$jobs" --exec '' $(basename -s .c -a "$@" | sed "s|^|$(realpath --relative-to=. "$stage")/unit/|")
}

# libFuzzer targets of the pure C, for a bounded time. What they find stays in the stage's fuzz folder;
# test/fuzz/corpus/TARGET/, if there, holds inputs worth starting from.
test_fuzz() { if have 'test/fuzz/*.c'; then fuzz_files "${files[@]}"; fi; }

fuzz_files() {
	local out=$stage/fuzz
	build_pure fuzz "$@" || return 1
	printf '%s\0' "$@" | nice xargs -0 -P "$jobs" -I{} bash -c '
		name=$(basename "$1" .c); out=$2; seconds=$3
		mkdir -p "$out/corpus/$name"
		seeds=(); [ ! -d "test/fuzz/corpus/$name" ] || seeds=("test/fuzz/corpus/$name")
		"$out/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
			-artifact_prefix="$out/$name-" "$out/corpus/$name" "${seeds[@]}" >"$out/$name.log" 2>&1 \
			|| { tail -40 "$out/$name.log"; echo "   $name: FAILED, see $out/$name.log"; exit 1; }
		echo "   $name: $(sed -n "s/^stat::number_of_executed_units: *//p" "$out/$name.log") inputs, none broke it"
	' - {} "$out" "$fuzz_seconds"
}

# ---------------------------------------------------------------- with the private server

# psql's output, error messages and plans.
test_regress() { if have 'test/sql/*.sql'; then with_server regress_files $(basename -s .sql -a "${files[@]}"); fi; }

regress_files() {
	mkdir -p build/regress
	pgxs_make REGRESS="$*" installcheck >build/regress/log 2>&1 \
		|| { cat build/regress/log build/regress/regression.diffs 2>/dev/null; return 1; }
	counted grep -E 'All [0-9]+ tests? passed' build/regress/log
}

# Behaviour, in pgTAP: each file in a fresh database made from a template with crm and pgtap.
test_pgtap() { if have 'test/pgtap/*.sql'; then with_server pgtap_files "${files[@]}"; fi; }

pgtap_files() {
	"$bin/psql" -Xq -v ON_ERROR_STOP=1 -d postgres <<-SQL || return 1
		SET client_min_messages = warning;
		DROP DATABASE IF EXISTS crm_template WITH (FORCE);
		CREATE DATABASE crm_template;
		\c crm_template
		SET client_min_messages = warning;
		CREATE EXTENSION crm;
		CREATE EXTENSION pgtap;
	SQL
	counted prove -Q -j "$jobs" --exec 'bash test/pgtap_file.sh' "$@"
}

# Several sessions at once.
test_isolation() { if have 'test/isolation/specs/*.spec'; then with_server isolation_files "${files[@]}"; fi; }

isolation_files() {
	mkdir -p build/isolation
	PGOPTIONS='-c statement_timeout=2min' "$pgxs/test/isolation/pg_isolation_regress" --bindir="$bin" --inputdir=test/isolation --outputdir=build/isolation \
		--load-extension=crm --dbname=crm_isolation --user=postgres --dlpath="$root$syslib" \
		$(basename -s .spec -a "$@") >build/isolation/log 2>&1 \
		|| { cat build/isolation/log build/isolation/regression.diffs 2>/dev/null; return 1; }
	counted grep -E 'All [0-9]+ tests? passed' build/isolation/log
}

# ---------------------------------------------------------------- servers of their own

# Dump and restore, install, upgrade, crash, replicas.
test_tap() { if have 'test/tap/*.pl'; then tap_files "${files[@]}"; fi; }

tap_files() {
	local out=$stage/tap status=0
	rm -rf "$out"; mkdir -p "$out/log"
	# The server's user may not be able to read the clone: the tests run in a copy of what they read.
	local what
	for what in test/tap test/docs test/pgtap test/compared.tsv demo doc sql expected README.md; do
		[ ! -e "$what" ] || cp -r --parents "$what" "$out"
	done
	own "$out"
	# Released versions to update from.
	if [ -d test/releases ]; then cp test/releases/crm--*.sql "$root$sysshare/extension/"; fi
	counted "${runas[@]}" env -C "$out" -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE PATH="$PATH" CRM_DATA="$CRM_DATA" \
		TESTDIR="$out" TESTDATADIR="$out/tmp_check" TESTLOGDIR="$out/tmp_check/log" PG_TEST_PORT_DIR="$out/ports" PG_TEST_TIMEOUT_DEFAULT=180 PG_REGRESS="$pgxs/test/regress/pg_regress" \
		prove -Q -j "$jobs" -I "$pgxs/test/perl" -I test/tap "$@" \
		|| { echo "   the tests' and their servers' logs: $out/tmp_check/log"; status=1; }
	# What test/tap/docs.pl has written into its copy of the pages.
	if [ -n "${CRM_DOCS_UPDATE:-}" ]; then cp "$out/README.md" . && cp "$out"/doc/*.md doc/ || status=1; fi
	return $status
}
