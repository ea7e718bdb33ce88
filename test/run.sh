# run.sh: the test suite, sourced by ./dev. Each part is a function; a part that fails fails the run,
# but the others still tell what they know.

run_tests() {
	local parts=("$@") part failed=()
	[ ${#parts[@]} -gt 0 ] || parts=(lint unit regress pgtap isolation tap)
	for part in "${parts[@]}"; do
		case $part in
			lint | unit | regress | pgtap | isolation | tap) ;;
			*) [ -f "$part" ] || die "no such test part or file: $part" ;;
		esac
	done
	build
	for part in "${parts[@]}"; do
		say "$part"
		case $part in
			test/pgtap/*) with_server pgtap_files "$part" || failed+=("$part") ;;
			test/unit/*) unit_files "$part" || failed+=("$part") ;;
			test/tap/*) tap_files "$part" || failed+=("$part") ;;
			*) "test_$part" || failed+=("$part") ;;
		esac
	done
	if [ ${#failed[@]} -gt 0 ]; then
		printf '\nFAILED: %s\n' "${failed[*]}"
		exit 1
	fi
	printf '\nall parts passed: %s\n' "${parts[*]}"
}

with_server() { restart; "$@"; }

# Style, both compilers with warnings as errors, static analysis.
test_lint() {
	local out=$stage/lint status=0
	mkdir -p "$out"
	clang-format --dry-run -Werror src/*.[ch] src/*/*.[ch] test/unit/*.[ch] || status=1
	local inc; inc="-Isrc -I$("$PG_CONFIG" --includedir-server)"
	local warn="-std=gnu11 -O2 -Wall -Wextra -Wshadow -Wno-unused-parameter -Wmissing-prototypes -Wvla -Werror"
	local cc f
	for cc in gcc clang; do
		for f in src/*.c src/*/*.c; do
			$cc $warn $inc -c "$f" -o "$out/$(basename "$f").$cc.o" || status=1
		done
	done
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --error-exitcode=1 -Isrc src/math || status=1
	return $status
}

# Pure C tests of src/math, without a server, under the sanitizers.
test_unit() { unit_files test/unit/*.c; }

unit_files() {
	local out=$stage/unit f exe exes=()
	mkdir -p "$out"
	local flags="-std=gnu11 -O1 -g -Wall -Wextra -Wno-unused-parameter -fsanitize=address,undefined -fno-sanitize-recover=all -Isrc -Itest/unit"
	local objects=()
	for f in src/math/*.c; do
		objects+=("$out/math-$(basename "$f" .c).o")
		gcc $flags -c "$f" -o "${objects[-1]}" || return 1
	done
	for f in "$@"; do
		exe=$out/$(basename "$f" .c)
		gcc $flags "$f" "${objects[@]}" -lnlopt -lm -o "$exe" || return 1
		exes+=("$exe")
	done
	prove --exec '' "${exes[@]}"
}

# psql's output, error messages and plans.
test_regress() {
	restart
	mkdir -p build/regress
	make -s PG_CONFIG="$PG_CONFIG" with_llvm=no PGUSER=postgres installcheck || { cat build/regress/regression.diffs 2>/dev/null; return 1; }
}

# Behaviour, in pgTAP: each file in a fresh database made from a template with crm and pgtap.
test_pgtap() { with_server pgtap_files test/pgtap/*.sql; }

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
	prove --exec "bash $here/test/pgtap_file.sh" "$@"
}

test_isolation() {
	ls test/isolation/specs/*.spec >/dev/null 2>&1 || { echo "no specs"; return 0; }
	restart
	mkdir -p build/isolation
	local iso; iso=$(dirname "$("$PG_CONFIG" --pgxs)")/../test/isolation
	"$iso/pg_isolation_regress" --bindir="$bin" --inputdir=test/isolation --outputdir=build/isolation \
		--load-extension=crm --dbname=crm_isolation --user=postgres --dlpath="$root$syslib" \
		$(for f in test/isolation/specs/*.spec; do basename "$f" .spec; done) \
		|| { cat build/isolation/regression.diffs 2>/dev/null; return 1; }
}

# Whole servers: dump, restore, upgrade, crash, replicas.
test_tap() { ls test/tap/*.pl >/dev/null 2>&1 || { echo "no TAP tests"; return 0; }; tap_files test/tap/*.pl; }

tap_files() {
	local out=$stage/tap perl; perl=$(dirname "$("$PG_CONFIG" --pgxs)")/../test/perl
	rm -rf "$out"; mkdir -p "$out/log"; own "$out"
	"${runas[@]}" env -u PGHOST -u PGUSER -u PGDATABASE PATH="$PATH" TESTDATADIR="$out" TESTLOGDIR="$out/log" PG_TEST_TIMEOUT_DEFAULT=180 \
		CRM_DATA="$CRM_DATA" PG_REGRESS="$(dirname "$("$PG_CONFIG" --pgxs)")/../test/regress/pg_regress" \
		prove -I "$perl" "$@"
}
