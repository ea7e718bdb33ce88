#!/usr/bin/env bash
# matrix.sh: the whole suite, or Debian's package of crm, on other Debians, each with the PostgreSQL it ships,
# in a folder of its own.
#
# It sees a mount table and processes that nobody else sees (unshare): what is mounted and started here
# ends with this script, however it ends, and no other program can meet the mounts.
set -eu -o pipefail
umask 022

usage() {
	cat <<'TEXT'
test/matrix.sh [--fresh] [SUITE ...] [-- PART|FILE ...]    the test suite
test/matrix.sh [--fresh] --package [SUITE ...]             build Debian's package, install and test it

  SUITE       a Debian suite that debootstrap knows; without one: trixie testing, for a package bookworm, too
  --fresh     make the suites' folders anew
  PART|FILE   what ./dev test takes; without one: all of it

Needs root and Debian's package debootstrap. The folders are kept in /var/tmp/crm-matrix, or in
CRM_MATRIX_DIR, with a log of each run. CRM_MATRIX_MIRROR may say where Debian's packages come from.
TEXT
}

say() { printf '== %s\n' "$*"; }
die() { printf 'matrix: %s\n' "$*" >&2; exit 1; }

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
dir=${CRM_MATRIX_DIR:-/var/tmp/crm-matrix}
mirror=${CRM_MATRIX_MIRROR:-}
shared=${CRM_DATA:-$here/../shared/data}

if [ "${1:-}" != --unshared ]; then
	case ${1:-} in -h | --help | help) usage; exit 0 ;; esac
	[ "$(id -u)" -eq 0 ] || die "run it as root: it makes folders of Debian and changes into them"
	command -v debootstrap >/dev/null || die "needs debootstrap: apt-get install debootstrap"
	exec unshare --mount --propagation private --pid --fork --kill-child -- "$0" --unshared "$@"
fi
shift
trap 'exit 130' INT TERM

fresh=no package=no suites=()
while [ $# -gt 0 ]; do
	case $1 in
		--fresh) fresh=yes ;;
		--package) package=yes ;;
		--) shift; break ;;
		-* | */* | .*) usage >&2; exit 2 ;;
		*) suites+=("$1") ;;
	esac
	shift
done
[ $package = no ] || [ $# -eq 0 ] || { usage >&2; exit 2; }
if [ ${#suites[@]} -eq 0 ]; then
	suites=(trixie testing)
	[ $package = no ] || suites=(bookworm "${suites[@]}")
fi

# Root works in this folder: it must be nobody else's. One run at a time: a second one would change the folders.
mkdir -p "$dir"
[ -O "$dir" ] && [ ! -L "$dir" ] || die "$dir belongs to somebody else"
dir=$(readlink -f "$dir")
case $dir in *[[:space:]]*) die "a folder without blanks, please: $dir" ;; esac
exec 9>"$dir/lock"
flock -n 9 || die "another run is at work in $dir"

# Delete a folder, unless something is mounted in it: that may be anything.
remove() {
	! awk -v folder="$1" 'index($5 "/", folder "/") == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo \
		|| die "something is mounted in $1: it is not deleted"
	rm -rf --one-file-system -- "$1"
}

# usage: inside SUITE COMMAND ...: as root in that folder, without what the caller's shell has set.
inside() {
	chroot "$dir/$1" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
		${CRM_FUZZ_SECONDS:+CRM_FUZZ_SECONDS="$CRM_FUZZ_SECONDS"} "${@:2}" 9>&-
}

# A folder appears under its name when it is complete.
make_folder() {
	local folder=$dir/$1
	[ "$fresh" = no ] || remove "$folder"
	[ -d "$folder" ] && return
	say "$1: debootstrap"
	remove "$folder.part"
	debootstrap --variant=minbase --include=ca-certificates "$1" "$folder.part" ${mirror:+"$mirror"} >"$dir/$1.debootstrap" 2>&1 9>&- \
		|| { tail -5 "$dir/$1.debootstrap" >&2; return 1; }
	mv "$folder.part" "$folder"
}

# The files that git knows, as they lie in the clone, and the real data beside them.
copy_clone() {
	local to=$dir/$1/srv
	remove "$to" && mkdir -p "$to/crm" "$to/shared" || return
	(cd "$here" && git ls-files -z | perl -0ne 'chomp; print "$_\0" if -l || -e' | tar -c --null -T -) |
		tar -x --no-same-owner -C "$to/crm" || return
	[ ! -d "$shared" ] || cp -rL "$shared" "$to/shared/data"
}

mount_in() { mountpoint -q "${*: -1}" || mount "$@"; }

prepare() {
	local folder=$dir/$1
	copy_clone "$1" || return
	# How this machine reaches Debian's packages.
	cp -L /etc/resolv.conf "$folder/etc/resolv.conf" || return
	apt-config dump | grep '^Acquire::' >"$folder/etc/apt/apt.conf.d/90machine"
	mount_in -t proc -o nosuid,nodev,noexec proc "$folder/proc" &&
		mount_in -t tmpfs -o nosuid,nodev,mode=1777 shm "$folder/dev/shm" &&
		mount_in -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 pts "$folder/dev/pts" || return
	say "$1: packages"
	inside "$1" sh -c 'apt-get -qq update && apt-get -qq -y dist-upgrade' >"$dir/$1.apt" 2>&1 \
		|| { tail -5 "$dir/$1.apt" >&2; return 1; }
}

# The newest PostgreSQL that has all that the suite needs.
newest_major() {
	local names major
	names=$(inside "$1" apt-cache pkgnames postgresql-)
	for major in $(sed -n 's/^postgresql-\([0-9]*\)$/\1/p' <<<"$names" | sort -rn); do
		if grep -qx "postgresql-$major-pgtap" <<<"$names" && grep -qx "postgresql-$major-cron" <<<"$names"; then
			echo "$major"
			return
		fi
		say "$1: PostgreSQL $major is NOT TESTED: no pgtap or no cron for it there" >&2
	done
	return 1
}

# What passed and what failed of a suite, one after the other, and the number of tests.
passed='' failed='' tests=0

run_suite() {
	local suite=$1 major=$2 log=$dir/$1.log; shift 2
	say "$suite: ./dev test, PostgreSQL $major"
	inside "$suite" env -C /srv/crm PG_MAJOR="$major" sh -c './dev test "$@"; ./dev stop' - "$@" 2>&1 | tee "$log"
	passed=$(sed -n 's/^   \([^ :]*\): ok, [0-9]* s$/\1/p' "$log" | paste -sd' ')
	failed=$(sed -n 's/^FAILED: \(.*\) ([0-9]* tests)$/\1/p' "$log")
	tests=$(sed -n 's/^\(FAILED\|all passed\): .* (\([0-9]*\) tests)$/\2/p' "$log")
	[ -n "$tests" ] || failed="ended early"
}

# The steps of somebody who packages it: the build is an unprivileged user's, the tests run against the
# installed package.
run_package() {
	local suite=$1 major=$2 log=$dir/$1.package
	local nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/nonexistent)
	step() {
		say "$suite: package, $1"
		if inside "$suite" env -C /srv/crm "${@:2}" >>"$log" 2>&1 </dev/null; then passed+="$1 "; else
			failed=$1
			tail -30 "$log"
			return 1
		fi
	}
	: >"$log"
	# Nobody asked for the cluster that a server package makes. An older crm would be tested instead.
	step prepare sh -c 'mkdir -p /etc/postgresql-common && echo create_main_cluster = false >/etc/postgresql-common/createcluster.conf &&
			dpkg-query -W -f "\${Package}\n" "postgresql-*-crm" 2>/dev/null | xargs -r apt-get -qq -y purge &&
			apt-get -qq -y --no-install-recommends build-dep ./ && chown -R nobody:nogroup /srv' &&
		step control "${nobody[@]}" pg_buildext updatecontrol &&
		step build "${nobody[@]}" dpkg-buildpackage -us -uc -b &&
		step install sh -c 'apt-get -qq -y install /srv/postgresql-*-crm_*.deb' &&
		step installcheck "${nobody[@]}" debian/tests/installcheck || true
	tests=$(sed -n 's/.*All \([0-9]*\) tests* passed.*/\1/p' "$log" | tail -n 1)
}

# A row of the table: Debian, PostgreSQL, parts that passed, parts that failed, tests.
rows=() status=0
row() { rows+=("$(printf '%-8s %-12s %-10s %-48s %-12s %s' "$@")"); }

row suite Debian PostgreSQL ok failed tests
for suite in "${suites[@]}"; do
	passed='' failed='not run' tests=0
	if make_folder "$suite" && prepare "$suite" && major=$(newest_major "$suite"); then
		failed=''
		if [ $package = yes ]; then run_package "$suite" "$major"; else run_suite "$suite" "$major" "$@"; fi
		version=$(inside "$suite" "/usr/lib/postgresql/$major/bin/postgres" --version | cut -d' ' -f3) || version=$major
	else
		version=?
	fi
	[ -z "$failed" ] || status=1
	row "$suite" "$(cat "$dir/$suite/etc/debian_version" || echo ?)" "$version" "${passed:--}" "${failed:--}" "${tests:-0}"
done

echo
printf '%s\n' "${rows[@]}"
exit $status
