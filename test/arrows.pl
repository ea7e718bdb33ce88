#!/usr/bin/env perl
# arrows.pl: the architecture, held against the code. Arrows run one way:
#
#     src/module.c -> src/ROOM -> src/core/ROOM -> src/core/numeric, src/core/base
#
# Includes are read from the files, calls and names from the objects that make left beside them.
#
#     perl test/arrows.pl            checks the tree; says what is wrong, a line each
#     perl test/arrows.pl --self     checks this program, on trees that are wrong
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Find;
use File::Path qw(make_path);
use File::Temp qw(tempdir);

# Rooms that others may use: everything is made from histories.
my @common = qw(history);

# How C names of a room begin; what SQL calls is type_verb instead.
my %prefix = (
	'core/base'    => [qw(Calendar Cursor Varint)],
	'core/numeric' => [qw(Beta Cholesky Digamma Gauss Integrate Linear Log NegativeBinomial Opt Race Random Root Trigamma)],
	'history'      => [qw(History Zone)],
	'segment'      => [qw(Cell Rfm Scheme Segment)],
	'tier'         => [qw(Tier)],
	'clv'          => [qw(Bg Btyd Clv Erlang GammaGamma Life Mixture Outcome Paretonbd Season Wait)],
	'src'          => [qw(Crm)],
);

# The C library, and the optimiser that numeric is built on: all that the core may know.
my $standard = qr/^(?:float|inttypes|limits|math|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|assert)\.h$/;

exit self_check() if ($ARGV[0] // '') eq '--self';
my @wrong = (wrong_includes('.'), wrong_objects('.'));
print map { "$_\n" } @wrong;
exit(@wrong ? 1 : 0);

# core/ROOM, ROOM, or src for what lies in none.
sub room_of
{
	my ($path) = @_;
	return $path =~ m{^src/(core/\w+|\w+)/} ? $1 : 'src';
}

# May a file of one room use a file of another?
sub allowed
{
	my ($from, $to, $to_path) = @_;
	return 1 if $from eq $to;
	return 1 if $from eq 'src' && $to =~ m{^core/base$};
	if ($from eq 'src') { return $to !~ m{^core/}; }
	my ($room) = $from =~ m{^(?:core/)?(\w+)$};
	return $to eq 'core/base' if $from eq 'core/numeric';
	return 0                  if $from eq 'core/base';
	return 1                  if $to =~ m{^core/(?:base|numeric)$};
	return 1                  if grep { $to eq "core/$_" } $room, @common;
	return 0                  if $from =~ m{^core/};
	return 1                  if grep { $to eq $_ } @common;
	return $to eq 'src' && $to_path !~ /module/;
}

sub files_below
{
	my ($root, $ending) = @_;
	my @files;
	find({ no_chdir => 1, wanted => sub { push @files, s{^\Q$root\E/}{}r if /\.$ending$/ && -f } }, "$root/src");
	return sort @files;
}

sub wrong_includes
{
	my ($root) = @_;
	my (%uses, @wrong);

	foreach my $path (files_below($root, '[ch]'))
	{
		open my $in, '<', "$root/$path" or die "$path: $!\n";
		while (<$in>)
		{
			my ($mark, $name) = /^\s*#\s*include\s*([<"])([^>"]+)/ or next;
			my $from = room_of($path);
			if (-e "$root/src/$name")
			{
				push @wrong, "$path:$.: an arrow that runs back: $from -> " . room_of("src/$name") . " ($name)"
					unless allowed($from, room_of("src/$name"), "src/$name");
				$uses{$path}{"src/$name"} = 1;
			}
			elsif ($from =~ m{^core/} && !($mark eq '<' && ($name =~ $standard || ($name eq 'nlopt.h' && $from eq 'core/numeric'))))
			{
				push @wrong, "$path:$.: the core knows nothing of $name";
			}
			push @wrong, "$path:$.: versions of PostgreSQL are told apart in compat.h" if $name =~ /^pg_config/;
		}
		seek $in, 0, 0;
		while (<$in>)
		{
			push @wrong, "$path: versions of PostgreSQL are told apart in compat.h" if /\bPG_VERSION_NUM\b/ && $path ne 'src/compat.h' && !m{^\s*\*};
		}
	}
	return @wrong, circles('headers include each other', \%uses);
}

# Names and calls, from the objects: nm tells what each defines and what it uses.
sub wrong_objects
{
	my ($root) = @_;
	my (%defines, %uses, %sql, @wrong);
	my @objects = files_below($root, 'o');

	return "no objects below $root/src: make first" unless @objects;
	foreach my $object (@objects)
	{
		next unless -e "$root/$object" =~ s/\.o$/.c/r;
		foreach (split /\n/, `nm -g '$root/$object'`)
		{
			my ($kind, $name) = /([A-Za-z]) (\w+)$/ or next;
			if ($kind eq 'U') { push @{ $uses{$object} }, $name; }
			elsif ($name =~ /^pg_finfo_(\w+)/) { $sql{$1} = 1; }
			elsif ($name !~ /^(?:Pg_magic_func|_PG_init)$/) { $defines{$name} = $object; }
		}
	}
	foreach my $name (sort keys %defines)
	{
		my $room = room_of($defines{$name});
		my @begin = @{ $prefix{$room} // $prefix{ $room =~ s{^core/}{}r } // [] };
		my $idiom = $room !~ m{^core/} && $name =~ /^DatumGet[A-Z]|GetDatum$/;

		if ($sql{$name}) { push @wrong, "$defines{$name}: what SQL calls is snake_case: $name" if $name =~ /[A-Z]/; }
		elsif (!$idiom && !grep { $name =~ /^$_(?:[A-Z0-9]|$)/ || $name =~ /^Log\w*$/ && $_ eq 'Log' } @begin)
		{
			push @wrong, "$defines{$name}: a name of $room begins with @begin, in CamelCase: $name";
		}
	}
	my %calls;
	foreach my $object (keys %uses)
	{
		foreach my $name (@{ $uses{$object} })
		{
			my $other = $defines{$name} or next;
			$calls{$object}{$other} = 1;
			push @wrong, "$object: a call that runs back: $name of $other"
				unless allowed(room_of($object), room_of($other), $other);
		}
	}
	return @wrong, circles('files call each other', \%calls);
}

# Files that lead back to themselves, each circle once.
sub circles
{
	my ($what, $arrows) = @_;
	my (%state, %seen, @wrong);
	my $walk;
	$walk = sub {
		my ($at, @way) = @_;
		if (($state{$at} // '') eq 'open')
		{
			my @circle = @way;
			shift @circle while $circle[0] ne $at;
			push @wrong, "$what: " . join ' -> ', @circle, $at unless $seen{ join ' ', sort @circle }++;
			return;
		}
		return if $state{$at};
		$state{$at} = 'open';
		$walk->($_, @way, $at) foreach grep { $_ ne $at } sort keys %{ $arrows->{$at} // {} };
		$state{$at} = 'done';
	};
	$walk->($_) foreach sort keys %$arrows;
	return @wrong;
}

# A tree with one thing wrong, or nothing, must be told from the others.
sub self_check
{
	my $failed = 0;
	my @trees = (
		[ qr/^$/, 'nothing wrong', { 'core/tier/a.h' => '#include <stdbool.h>', 'tier/a.h' => qq{#include "core/tier/a.h"\n#include "glue.h"}, 'glue.h' => '' } ],
		[ qr/runs back: core\/tier -> tier/, 'core uses glue', { 'core/tier/a.h' => '#include "tier/a.h"', 'tier/a.h' => '' } ],
		[ qr/runs back: tier -> segment/, 'a room uses another', { 'tier/a.c' => '#include "segment/a.h"', 'segment/a.h' => '' } ],
		[ qr/runs back: core\/base -> core\/numeric/, 'base uses numeric', { 'core/base/a.c' => '#include "core/numeric/a.h"', 'core/numeric/a.h' => '' } ],
		[ qr/nothing of postgres\.h/, 'PostgreSQL in the core', { 'core/tier/a.c' => '#include "postgres.h"' } ],
		[ qr/nothing of nlopt\.h/, 'the optimiser outside of numeric', { 'core/clv/a.c' => '#include <nlopt.h>' } ],
		[ qr/include each other: .*a\.h -> .*b\.h -> .*a\.h/, 'a circle', { 'tier/a.h' => '#include "tier/b.h"', 'tier/b.h' => '#include "tier/a.h"' } ],
		[ qr/told apart in compat/, 'a version elsewhere', { 'tier/a.c' => '#if PG_VERSION_NUM > 1' } ],
	);
	foreach (@trees)
	{
		my ($want, $name, $files) = @$_;
		my $root = tempdir(CLEANUP => 1);
		foreach my $path (keys %$files)
		{
			make_path(dirname("$root/src/$path"));
			open my $out, '>', "$root/src/$path" or die $!;
			print $out "$files->{$path}\n";
		}
		my $got = join '; ', wrong_includes($root);
		next if $got =~ $want;
		print "arrows.pl does not see: $name (it says: $got)\n";
		$failed = 1;
	}

	# Two files that call each other, and a name that is nobody's.
	my $root = tempdir(CLEANUP => 1);
	make_path("$root/src/tier");
	my %source = (a => 'void TierB(void); void TierA(void) { TierB(); }', b => 'void TierA(void); void TierB(void) { TierA(); } void lost(void) {}');
	foreach my $name (keys %source)
	{
		open my $out, '>', "$root/src/tier/$name.c" or die $!;
		print $out "$source{$name}\n";
		close $out;
		system('cc', '-c', "$root/src/tier/$name.c", '-o', "$root/src/tier/$name.o") == 0 or die "cc does not work\n";
	}
	my $got = join '; ', wrong_objects($root);
	foreach my $want (qr/call each other: \S*a\.o -> \S*b\.o -> \S*a\.o/, qr/a name of tier begins with Tier.*: lost/)
	{
		next if $got =~ $want;
		print "arrows.pl does not see $want (it says: $got)\n";
		$failed = 1;
	}
	return $failed;
}
