#!/usr/bin/env perl
# mutate.pl: ./dev mutate: would a test notice? Changes one place at a time, in copies of the tree, and runs the
# tests that could see it until one fails.
#
# Which places is decided by the seed and the tree alone. Each room gets mutants by its lines of code. Its sites
# are put in the order of a hash of seed and place; of n mutants, number k is the site k, or where that does not
# compile the site k + n, k + 2n, ...: so the draw is the same whatever is compiled first.
use strict;
use warnings;
use Cwd qw(getcwd);
use Digest::SHA qw(sha256_hex);
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use Getopt::Long;
use IO::Select;
use JSON::PP;
use List::Util qw(max min sum0);
use POSIX qw(setpgid WNOHANG);
use TAP::Parser;
use Time::HiRes qw(time sleep);
use lib dirname(__FILE__);
use Sites qw(find_sites lines_of_code);

# The rooms, what their tests' names begin with, and the rooms that build on them. A test of no room is everybody's,
# and what is in no room (glue.c, schema.sql) is noticed by any test.
my %room = (
	base    => { tests => [qw(base varint text cursor)],                             above => [qw(history segment tier clv)] },
	numeric => { tests => [qw(numeric special hyper2f1 optimise random)],            above => [qw(clv)] },
	history => { tests => [qw(history)],                                             above => [qw(segment clv)] },
	segment => { tests => [qw(segment rfm scheme cuts)],                             above => [] },
	tier    => { tests => [qw(tier ladder)],                                         above => [] },
	clv     => { tests => [qw(clv btyd bgnbd paretonbd gamma_gamma cdnow)],          above => [] },
	mart    => { tests => [qw(mart)],                                                above => [] },
);

# Not changed yet: the mart, and the steps from one released version to the next.
my %not_changed = map { $_ => 1 } qw(mart upgrade);

# Long work on whole servers about the mart is for its own mutants only. The demo shows much and checks little, and
# compared.pl and the timeouts are about the tests.
sub only_for_its_room { return $_[0] =~ m{^test/isolation/|/tap/(?:mart_|demo|compared)|/mart_retail|/timeout\.} }

# Where the catalogs are compared with expected/api.txt: what a change of the SQL shows in soonest.
my $catalogs = 'test/tap/install.pl';

# A test that hangs has noticed. Seconds beyond five times what it takes.
my $patience = 20;

# The program that runs, to be ended with this one.
my $running;

my %option  = (count => 100, workers => 0);
GetOptions(\%option, 'seed=s', 'count=i', 'room=s', 'only=i', 'list', 'workers=i', 'verbose') && !@ARGV
	or die "usage: ./dev mutate [--seed HEX] [--count N] [--room ROOM] [--list] [--only NUMBER] [--workers N]\n";
$option{workers} ||= max 1, min 2, `nproc`;
$option{seed} //= substr run_or_die('git', 'rev-parse', 'HEAD~1'), 0, 8;
$option{seed} = lc $option{seed};
die "a seed is a hexadecimal number\n" unless $option{seed} =~ /^[0-9a-f]+$/;

my $home    = getcwd();
my %text    = read_tree();
my %lines   = lines_by_room();
my @mutants = draw();
if (defined $option{only})
{
	@mutants = grep { $_->{number} == $option{only} } @mutants;
	die "there is no number $option{only}\n" unless @mutants;
}
printf "seed %s, %d of %d mutants, %d lines of code\n", $option{seed}, scalar @mutants, $option{count}, sum0(values %lines);
if ($option{list})
{
	print headline($_), "\n" foreach @mutants;
	exit 0;
}
exit run();

# ---------------------------------------------------------------- what is drawn

# The room of a file, by its folder; nothing where nothing is changed.
sub room_of
{
	my ($path) = @_;
	return "core/$1" if $path =~ m{^src/core/(\w+)/\w+\.[ch]$};
	return 'glue'    if $path =~ m{^src/\w+\.[ch]$};
	return $1        if $path =~ m{^src/(\w+)/\w+\.[ch]$};
	return "sql/$1"  if $path =~ m{^sql/(\w+)(?:/\w+)?\.sql$} && !$not_changed{$1};
	return undef;
}

# The files of the tree: committed, or new and not ignored.
sub tree
{
	my @files = split /\0/, run_or_die('git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
	return grep { -e $_ || -l $_ } @files;
}

# Those in which something is changed, of the rooms that were asked for.
sub read_tree
{
	my %rooms = map { $_ => room_of($_) } grep { defined room_of($_) } tree();
	my %found = map { $_ => slurp($_) } grep { !$option{room} || $rooms{$_} =~ m{^(?:.*/)?\Q$option{room}\E$} } keys %rooms;
	my %names = map { $_ => 1 } values %rooms;
	die "no such room: $option{room}; there are: @{[ sort keys %names ]}\n" unless %found;
	return %found;
}

sub lines_by_room
{
	my %sum;
	$sum{ room_of($_) } += lines_of_code($_, $text{$_}) foreach keys %text;
	return %sum;
}

sub draw
{
	my (%sites, %share, @mutants);

	foreach my $path (sort keys %text)
	{
		my @found = map { { path => $path, %$_ } } find_sites($path, $text{$path});
		push @{ $sites{ room_of($path) } }, @found if @found;
	}
	my @rooms = sort keys %sites;

	# By lines, the largest remainders rounded up.
	my $total = sum0(map { $lines{$_} } @rooms);
	my %exact = map { $_ => $option{count} * $lines{$_} / $total } @rooms;
	$share{$_} = int $exact{$_} foreach @rooms;
	my $left = $option{count} - sum0(values %share);
	$share{$_}++ foreach (sort { $exact{$b} - $share{$b} <=> $exact{$a} - $share{$a} || $a cmp $b } @rooms)[ 0 .. $left - 1 ];

	foreach my $room (@rooms)
	{
		my @order = map { $_->[1] } sort { $a->[0] cmp $b->[0] } map { [ sha256_hex("$option{seed} $_->{path} $_->{at}"), $_ ] } @{ $sites{$room} };
		my $n = min $share{$room}, scalar @order;
		foreach my $k (0 .. $n - 1)
		{
			my @candidates = map { with_variant($_) } @order[ map { $k + $_ * $n } 0 .. int((@order - 1 - $k) / $n) ];
			push @mutants, { number => @mutants + 1, room => $room, candidates => \@candidates };
		}
	}
	return @mutants;
}

# A site with one of its variants.
sub with_variant
{
	my ($site) = @_;
	my @variants = @{ $site->{variants} };
	my $chosen = $variants[ hex(substr sha256_hex("variant $option{seed} $site->{path} $site->{at}"), 0, 8) % @variants ];
	return { path => $site->{path}, line => $site->{line}, %$chosen };
}

sub mutated
{
	my ($candidate) = @_;
	my $text = $text{ $candidate->{path} };
	substr($text, $candidate->{from}, $candidate->{length}) = $candidate->{to};
	return $text;
}

# file:line, class: the changed line before -> after, of long ones what is near the change.
sub description
{
	my ($candidate) = @_;
	my ($text, $from, $end) = ($text{ $candidate->{path} }, $candidate->{from}, $candidate->{from} + $candidate->{length});
	my $left  = substr $text, 0, $from;
	my $right = substr $text, $end;
	my $old   = substr $text, $from, $candidate->{length};
	my $new   = $candidate->{to};

	foreach ($old, $new)
	{
		s/\s+/ /g;
		s/^(.{60}).{10,}(.{30})$/$1...$2/;
	}
	$left =~ s/.*\n//s;
	$right =~ s/\n.*//s;
	$left  =~ s/^\s+//;
	$left  =~ s/^.+(.{30})$/...$1/ if length $left > 34;
	$right =~ s/^(.{30}).+$/$1.../ if length $right > 34;
	return "$candidate->{path}:$candidate->{line} $candidate->{class}: `$left$old$right` -> `$left$new$right`";
}

sub headline { my ($mutant) = @_; return sprintf '%3d  %s', $mutant->{number}, description($mutant->{candidates}[0]); }

# ---------------------------------------------------------------- what could notice

sub tests_of_tree
{
	my @tests;
	foreach my $file (sort glob('test/unit/*.c test/fuzz/*.c test/pgtap/*.sql test/sql/*.sql test/isolation/specs/*.spec test/tap/*.pl'))
	{
		my ($kind) = $file =~ m{^test/(\w+)/};
		my $name = basename($file);
		my ($of) = grep { my $r = $_; grep { $name =~ /^\Q$_\E(?:_|\.)/ } @{ $room{$r}{tests} } } sort keys %room;
		push @tests, { file => $file, kind => $kind, room => $of, name => $name =~ s/\.\w+$//r };
	}
	return @tests;
}

# How far a test is from a room: 0 its own, 1 everybody's and those of rooms that build on it, 2 the mart's. Nothing
# if it could not notice.
sub distance
{
	my ($test, $place) = @_;
	my $own  = basename($place);
	my $core = $place =~ m{^core/};

	return undef if $test->{kind} =~ /^(?:unit|fuzz)$/ && !$core;
	return 0     if defined $test->{room} && $test->{room} eq $own;
	return undef if only_for_its_room($test->{file});
	return 2     if defined $test->{room} && $test->{room} eq 'mart';
	return 1     if !defined $test->{room} || !$room{$own};
	return 1     if grep { $_ eq $test->{room} } @{ $room{$own}{above} };
	return undef;
}

# The tests that could notice, those first that tell soonest.
sub tests_for
{
	my ($place, @tests) = @_;
	my @found;
	foreach my $test (@tests)
	{
		my $distance = distance($test, $place);
		next unless defined $distance;
		my $late = $test->{seconds} > 10 || $test->{kind} =~ /^(?:fuzz|tap|isolation)$/ ? 1 : 0;
		$late = 0 if $test->{file} eq $catalogs && $place =~ /^sql/;
		push @found, [ $late, $distance, $test->{kind} eq 'unit' ? 0 : 1, $test->{seconds}, $test ];
	}
	return map { $_->[4] } sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] || $a->[2] <=> $b->[2] || $a->[3] <=> $b->[3] } @found;
}

# ---------------------------------------------------------------- programs

sub slurp
{
	my ($path) = @_;
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$in>;
}

sub spew
{
	my ($path, $text) = @_;
	open my $out, '>:raw', $path or die "$path: $!\n";
	print $out $text;
	close $out or die "$path: $!\n";
}

# Run a program: its output, its status, and whether it was ended: because it took too long, or because a line said
# all that there is to know.
sub run_program
{
	my ($seconds, $enough, @command) = @_;
	my %result = (output => '', status => -1, late => 0);
	my $deadline = time + $seconds;

	pipe my $read, my $write or die "pipe: $!\n";
	$running = fork // die "fork: $!\n";
	if (!$running)
	{
		setpgid(0, 0);
		open STDIN,  '<', '/dev/null';
		open STDOUT, '>&', $write;
		open STDERR, '>&', $write;
		exec @command or POSIX::_exit(127);
	}
	close $write;
	my $select = IO::Select->new($read);
	while (1)
	{
		my $left = $deadline - time;
		if ($left <= 0 || !$select->can_read($left)) { $result{late} = 1; last; }
		last unless sysread $read, $result{output}, 65536, length $result{output};
		last if $enough && $result{output} =~ $enough;
		# A fault may fill the disk.
		if (length $result{output} > 50_000_000) { $result{late} = 1; last; }
	}
	# A whole server of a test deserves a word before the axe.
	if ($result{late} || $enough)
	{
		kill 'TERM', -$running;
		for (1 .. 20) { last if waitpid($running, WNOHANG) == $running && defined($result{status} = $?); sleep 0.05; }
		kill 'KILL', -$running;
	}
	if (waitpid($running, 0) == $running) { $result{status} = $?; }
	undef $running;
	return \%result;
}

sub run_or_die
{
	my (@command) = @_;
	my $result = run_program(900, undef, @command);
	die "@command: failed\n$result->{output}" if $result->{status} != 0 || $result->{late};
	return $result->{output};
}

sub psql
{
	my ($db, $sql, $seconds) = @_;
	return run_program($seconds // 60, undef, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $db, '-c', $sql);
}

# Do the work on each item, in as many processes as there are workers: each takes the next from a pipe, and sends
# what it found, a line, into another.
sub in_parallel
{
	my ($items, $prepare, $work, $report) = @_;
	my @workers;

	pipe my $next,   my $queue or die "pipe: $!\n";
	pipe my $result, my $found or die "pipe: $!\n";
	foreach my $worker (1 .. $option{workers})
	{
		my $pid = fork // die "fork: $!\n";
		if (!$pid)
		{
			$SIG{INT} = $SIG{TERM} = sub { kill 'KILL', -$running if $running; POSIX::_exit(1); };
			close $queue;
			close $result;
			eval {
				$prepare->($worker);
				while (sysread($next, my $i, 6) == 6)
				{
					my $line = JSON::PP->new->canonical->encode({ i => $i + 0, worker => $worker, %{ $work->($items->[$i]) } }) . "\n";
					syswrite $found, $line;
				}
				1;
			} or do { print STDERR "worker $worker: $@"; POSIX::_exit(1); };
			POSIX::_exit(0);
		}
		push @workers, $pid;
	}
	close $next;
	close $found;
	local $SIG{INT} = local $SIG{TERM} = sub { kill 'TERM', @workers; };
	local $SIG{PIPE} = 'IGNORE';
	syswrite $queue, sprintf '%6d', $_ foreach 0 .. $#$items;
	close $queue;
	while (my $line = <$result>)
	{
		my $outcome = decode_json($line);
		$report->($items->[ $outcome->{i} ], $outcome);
	}
	my $failed = 0;
	foreach (@workers) { waitpid $_, 0; $failed ||= $?; }
	die "stopped\n" if $failed;
}

# ---------------------------------------------------------------- the copies

sub copy_of { my ($worker) = @_; return "$home/build/mutate/$worker"; }

# One copy is built, the others are copies of that.
sub make_copies
{
	my (@tests) = @_;
	my $first = copy_of(1);
	# As in ./dev test: an assertion notices much.
	$ENV{CRM_ASSERTS} = 1;
	remove_copies();
	make_path($first);
	open my $tar, '|-', "tar --null -T - -c | tar -x -C \Q$first\E" or die "tar: $!\n";
	print $tar "$_\0" foreach tree();
	close $tar or die "the tree could not be copied\n";
	chdir $first;
	foreach my $path (keys %text) { die "$path has changed meanwhile\n" if slurp($path) ne $text{$path}; }
	run_or_die('./dev', 'build');
	my @programs = map { "build/$_->{kind}/$_->{name}" } grep { $_->{kind} =~ /^(?:unit|fuzz)$/ } @tests;
	run_or_die('make', '-s', "-j$option{workers}", '-f', 'test/unit.mk', 'OUT=build', @programs) if @programs;
	chdir $home;
	run_or_die('cp', '-a', $first, copy_of($_)) foreach 2 .. $option{workers};
}

sub remove_copies
{
	foreach my $copy (glob "build/mutate/*")
	{
		run_program(300, undef, "$copy/dev", 'clean') if -x "$copy/dev";
		remove_tree($copy);
	}
}

# Go to a copy: its server, and what a program needs to find it.
sub enter_copy
{
	my ($worker) = @_;
	chdir copy_of($worker) or die "chdir: $!\n";
	start_server();
	foreach (split /\0/, run_or_die('./dev', 'run', 'env', '-0')) { my ($name, $value) = split /=/, $_, 2; $ENV{$name} = $value if $name ne '_' && $name ne 'PWD'; }
	$ENV{ASAN_OPTIONS} = 'hard_rss_limit_mb=4000:detect_leaks=0';
	return if psql('mutate_base', 'SELECT 1')->{status} == 0;
	psql('postgres', 'CREATE DATABASE mutate_base')->{status} == 0 or die "no database\n";
	my $made = psql('mutate_base', 'CREATE EXTENSION pgtap');
	die $made->{output} if $made->{status} != 0;
}

# A fault may ask for all the memory that there is.
sub start_server { run_or_die('prlimit', '--core=0', '--as=' . 8 * 1024**3, './dev', 'start'); }

# Nothing of a test may be left for the next: sessions (a loop in C hears nothing but this signal, and the server
# starts anew after it), databases, roles.
sub clear_server
{
	my ($hung) = @_;
	my $sessions = q{SELECT pid FROM pg_stat_activity WHERE backend_type IN ('client backend', 'parallel worker') AND pid <> pg_backend_pid()};

	await_server();
	if ($hung)
	{
		my @pids = split ' ', psql('postgres', $sessions)->{output};
		kill 'QUIT', grep { /^\d+$/ } @pids;
		sleep 0.5 if @pids;
		await_server();
	}
	my $left = psql('postgres', q{
		SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1', 'mutate_base')});
	psql('postgres', $_) foreach split /\n/, $left->{output};
	$left = psql('postgres', q{SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'});
	psql('postgres', $_) foreach split /\n/, $left->{output};
}

sub await_server
{
	for (1 .. 100)
	{
		return if psql('postgres', 'SELECT 1', 10)->{status} == 0;
		sleep 0.2;
	}
	start_server();
}

# Compile and install in place of the last library: sessions that still have that one open keep their file. Returns
# why it failed, or what the compiler said.
sub build_and_install
{
	my $made = run_program(600, undef, 'make', '-s', 'with_llvm=no', 'all');
	return { failed => 'does not compile', output => $made->{output} } if $made->{status} != 0;
	# What lint would refuse; a missing pair of parentheses comes of how the change was made.
	my $warning = first_line($made->{output} =~ s/\[-W(?:logical-not-)?parentheses\]//gr, qr/warning: .*\[-W/);
	chomp(my $library = run_or_die('pg_config', '--pkglibdir'));
	chomp(my $share   = run_or_die('pg_config', '--sharedir'));
	run_or_die('sh', '-c', 'cp crm.so "$1/crm.so.new" && mv "$1/crm.so.new" "$1/crm.so" && cp crm--*.sql "$2/extension/"', 'sh', $library, $share);
	return { warning => $warning };
}

# A database to copy for each test. Returns what went wrong.
sub make_template
{
	await_server();
	psql('postgres', 'DROP DATABASE IF EXISTS crm_template WITH (FORCE)');
	psql('postgres', 'CREATE DATABASE crm_template TEMPLATE mutate_base');
	my $made = psql('crm_template', 'CREATE EXTENSION crm', 60);
	return $made->{status} == 0 ? undef : first_line($made->{output}, qr/ERROR|FATAL|server closed/) || 'hangs';
}

sub first_line
{
	my ($output, $pattern) = @_;
	my ($line) = grep { $_ =~ $pattern } split /\n/, $output;
	return defined $line ? substr($line =~ s/^\s+//r, 0, 160) : undef;
}

# ---------------------------------------------------------------- one test

# Run a test: nothing, or why it failed.
sub failure
{
	my ($test) = @_;
	my ($file, $kind, $name) = @$test{qw(file kind name)};
	my $seconds = $patience + 5 * ($test->{seconds} // 100);
	my $not_ok  = qr/^not ok\b(?!.*#\s*(?:TODO|SKIP)\b).*\n/mi;
	my $result;

	if ($kind eq 'unit' || $kind eq 'fuzz')
	{
		my $made = run_program(600, undef, 'make', '-s', '-f', 'test/unit.mk', 'OUT=build', "build/$kind/$name");
		return 'does not link' if $made->{status} != 0;
	}
	if ($kind eq 'unit')
	{
		$result = run_program($seconds, $not_ok, "build/unit/$name");
	}
	elsif ($kind eq 'fuzz')
	{
		# The same inputs each time, as far as they come in ten seconds.
		remove_tree('build/fuzz/new');
		make_path('build/fuzz/new');
		my @seeds = -d "test/fuzz/corpus/$name" ? "test/fuzz/corpus/$name" : ();
		$result = run_program($seconds, undef, "build/fuzz/$name", '-runs=100000', '-seed=1', '-max_total_time=10', '-timeout=10', '-rss_limit_mb=4096', '-artifact_prefix=build/fuzz/', 'build/fuzz/new', @seeds);
	}
	elsif ($kind eq 'pgtap')
	{
		$result = run_program($seconds, $not_ok, 'bash', 'test/pgtap_file.sh', $file);
	}
	elsif ($kind eq 'sql')
	{
		$result = run_program($seconds, undef, 'make', '-s', 'with_llvm=no', "REGRESS=$name", 'installcheck');
		return undef if $result->{status} == 0;
		return 'hangs' if $result->{late};
		my $diff = -e 'build/regress/regression.diffs' ? slurp('build/regress/regression.diffs') : '';
		return first_line($diff, qr/^[-+](?![-+])/) // first_line($result->{output}, qr/./) // 'fails';
	}
	else
	{
		$result = run_program($seconds, undef, './dev', 'test', $file);
		end_test_servers() if $result->{late};
	}
	return 'hangs' if $result->{late};

	my $output = $result->{output};
	if ($output =~ $not_ok)
	{
		my ($line) = $output =~ /($not_ok)/;
		return $line =~ s/^not ok \d+ *-? *|\n$//gr || 'not ok';
	}
	my $said = first_line($output, qr/ERROR:|FATAL:|PANIC:|server closed|runtime error:|Sanitizer|Assertion|Failed test|REQUIRE|error running|Dubious/);
	return $said // 'fails' if $result->{status} != 0;
	if ($kind eq 'unit' || $kind eq 'pgtap')
	{
		my $parser = TAP::Parser->new({ tap => $output });
		$parser->run;
		return $said // ($parser->parse_errors)[0] // 'fails' if $parser->has_problems;
	}
	return undef;
}

# The servers of a TAP test that was ended: a server works in its data directory.
sub end_test_servers
{
	foreach my $file (glob 'build/tap/tmp_check/*/pgdata/postmaster.pid')
	{
		my ($pid) = slurp($file) =~ /^(\d+)\n/ or next;
		my $where = readlink("/proc/$pid/cwd") // '';
		kill 'QUIT', $pid if $where eq getcwd() . '/' . dirname($file);
	}
}

# ---------------------------------------------------------------- one mutant

# What a compiler made, without what is only for debuggers.
sub object_code
{
	my ($path) = @_;
	my $object = $path =~ s/\.c$/.o/r;
	return '' unless $path =~ /\.c$/ && -e $object;
	run_or_die('objcopy', '-g', $object, 'build/compared.o');
	return slurp('build/compared.o');
}

sub restore
{
	my $made = build_and_install();
	die "the tree does not compile: $made->{output}" if $made->{failed};
}

sub try_mutant
{
	my ($mutant, @tests) = @_;
	my (@notes, $outcome);
	my $since = time;

	# What the last one changed is compiled again.
	restore();
	foreach my $candidate (@{ $mutant->{candidates} })
	{
		my $path   = $candidate->{path};
		my $before = object_code($path);

		die "$path has changed in the copy\n" if slurp($path) ne $text{$path};
		spew($path, mutated($candidate));
		$outcome = eval { outcome_of($mutant, $candidate, $before, @tests) };
		my $error = $@;
		spew($path, $text{$path});
		die $error if !$outcome;
		last unless $outcome->{redrawn};
		push @notes, description($candidate) . ": $outcome->{redrawn}";
		restore();
	}
	return { %$outcome, redrawn => \@notes, seconds => time - $since };
}

sub outcome_of
{
	my ($mutant, $candidate, $before, @tests) = @_;
	my %outcome = (what => description($candidate));

	my $made = build_and_install();
	return { redrawn => $made->{failed} } if $made->{failed};
	if ($before ne '' && object_code($candidate->{path}) eq $before)
	{
		return { %outcome, note => 'the compiler makes the same code of both' };
	}
	my $install = make_template();
	if (defined $install)
	{
		clear_server($install eq 'hangs');
		return { redrawn => 'does not install' } if $candidate->{path} =~ /^sql/;
		return { %outcome, caught => 'CREATE EXTENSION', why => $install };
	}
	foreach my $test (tests_for($mutant->{room}, @tests))
	{
		my $why = failure($test);
		next unless defined $why;
		clear_server($why eq 'hangs');
		return { %outcome, caught => $test->{file}, why => $why };
	}
	clear_server(0);
	return { %outcome, caught => 'lint', why => $made->{warning} } if defined $made->{warning};
	return \%outcome;
}

# ---------------------------------------------------------------- all of it

sub run
{
	my @tests = grep { my $test = $_; grep { defined distance($test, $_->{room}) } @mutants } tests_of_tree();
	my $since = time;
	local $SIG{INT} = local $SIG{TERM} = sub { kill 'KILL', -$running if $running; die "stopped\n"; };
	my $status = eval { run_in_copies(@tests); 1 } ? 0 : 1;
	$SIG{INT} = $SIG{TERM} = 'IGNORE';
	print STDERR "mutate: $@" if $@;
	remove_copies();
	printf "%d minutes\n", (time - $since + 30) / 60 if !$status;
	return $status;
}

sub run_in_copies
{
	my (@tests) = @_;
	my (%score, @survivors, @broken);
	local $| = 1;

	print "building $option{workers} copies\n";
	make_copies(@tests);

	# Without a change every test passes; what it takes is known from then on.
	printf "running %d tests without a change\n", scalar @tests;
	in_parallel(\@tests, sub {
		my ($worker) = @_;
		enter_copy($worker);
		my $wrong = make_template();
		die "CREATE EXTENSION: $wrong\n" if defined $wrong;
	}, sub {
		my ($test) = @_;
		my $since = time;
		my $why   = failure($test);
		return { seconds => time - $since, why => $why };
	}, sub {
		my ($test, $outcome) = @_;
		$test->{seconds} = $outcome->{seconds};
		printf "  %5.1f s  %s\n", $outcome->{seconds}, $test->{file} if $option{verbose};
		push @broken, "$test->{file}: $outcome->{why}" if defined $outcome->{why};
	});
	die "without a change these fail already:\n", map { "  $_\n" } @broken if @broken;
	printf "all pass, in %d s; now the mutants\n", sum0(map { $_->{seconds} } @tests);

	in_parallel(\@mutants, \&enter_copy, sub { try_mutant($_[0], @tests) }, sub {
		my ($mutant, $outcome) = @_;
		my $said = defined $outcome->{caught} ? "caught by $outcome->{caught}: $outcome->{why}" : 'SURVIVED';
		$said .= " ($outcome->{note})" if $outcome->{note};
		my $line = sprintf '%3d  %s', $mutant->{number}, $outcome->{what} // 'no place is left';

		printf "%3d  %s, drawn again\n", $mutant->{number}, $_ foreach @{ $outcome->{redrawn} };
		printf "%s: %s [%d s]\n", $line, $said, $outcome->{seconds};
		$score{ $mutant->{room} }{mutants}++;
		$score{ $mutant->{room} }{caught}++ if defined $outcome->{caught};
		push @survivors, [ $mutant->{number}, $line . ($outcome->{note} ? " ($outcome->{note})" : '') ] unless defined $outcome->{caught};
	});

	print "\n";
	my ($caught, $of) = (0, 0);
	foreach my $room (sort keys %score)
	{
		my ($c, $n) = ($score{$room}{caught} // 0, $score{$room}{mutants});
		printf "%-14s %3d of %3d caught\n", $room, $c, $n;
		$caught += $c;
		$of     += $n;
	}
	print "\nsurvivors:\n", map { "$_->[1]\n" } sort { $a->[0] <=> $b->[0] } @survivors if @survivors;
	printf "\nseed %s: %d of %d caught, %.0f %%\n", $option{seed}, $caught, $of, 100 * $caught / $of;
}
