#!/usr/bin/perl
# read_csv.pl FILE --customer C --at T --amount A [options]   (./dev demo --help lists them)
#
# Read a file of orders, whoever wrote it, and print the few columns that are wanted as input for a COPY
# of PostgreSQL: notes on how the file was read, as rows without a line number, then its rows (line number,
# customer, time, amount factors, order id, problem, rough amount). The file is read twice: what a cell such as 1.036 or 03/04/2024 means is
# decided from the whole column, or asked. load.sql judges the values. What cannot be read is passed on with
# its problem, so that every line of the file is accounted for.
#
# Needs nothing but perl-base, which every Debian has.
use strict;
use warnings;
my ($here) = $0 =~ m{^(.*/)}s;
require(($0 =~ m{^/} ? '' : './') . ($here // '') . 'values.pl');

my $FACTOR  = "\x1f";       # parts the factors of an amount; load.sql multiplies them
my $LONGEST = 1 << 20;      # bytes of a row; no order is longer
my $ENOUGH  = 50 * $LONGEST;    # bytes to read again because of broken quoting

my $quiet = !-t STDERR;
my $rows  = 0;

# What is said of the file may come from the file: shown short, and without what would move a cursor.
sub shown
{
	my ($text) = @_;
	$text = substr($text, 0, 60) . '...' if length $text > 63;
	$text =~ s/[^\P{C}]/?/g;
	return $text;
}

sub fail
{
	print STDERR "\n" if $rows >= 50000 && !$quiet;
	my $said = join("\n      ", @_);
	utf8::encode($said);
	print STDERR "demo: $said\n";
	exit 1;
}

my %opt = (skip => 0);
my $file;
while (@ARGV)
{
	my $arg = shift @ARGV;
	if ($arg eq '--no-header') { $opt{'no-header'} = 1; }
	elsif ($arg =~ /^--(customer|at|amount|order-id|delimiter|decimal|date-order|currency|encoding|skip)$/) { $opt{$1} = shift(@ARGV) // fail("$arg needs a value"); utf8::decode($opt{$1}); }
	else { $file = $arg; }
}
my $path = $file;
utf8::decode($file);
fail('--decimal is . or ,')                if defined $opt{decimal}      && $opt{decimal} !~ /^[.,]\z/;
fail('--date-order is dmy, mdy or ymd')    if defined $opt{'date-order'} && ($opt{'date-order'} = lc $opt{'date-order'}) !~ /^(?:dmy|mdy|ymd)\z/;
fail('--skip is a number of lines')        if $opt{skip} !~ /^\d{1,6}\z/;
fail('--encoding is a name such as utf-8') if defined $opt{encoding} && $opt{encoding} !~ /^\w[\w.:-]*\z/;

# ---------------------------------------------------------------- the file

# Files that are no tables of text, by how they begin.
my @OTHERS = (
	[ qr/^PK/,                               'a zip archive or a spreadsheet', 'Unpack it, or save the sheet as CSV.' ],
	[ qr/^\xd0\xcf\x11\xe0/,                 'a spreadsheet',                  'Save the sheet as CSV.' ],
	[ qr/^(?:BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|7z\xbc\xaf)/, 'a packed file',      'Unpack it (gzip alone is unpacked here).' ],
	[ qr/^%PDF/,                             'a PDF',                          'Ask for the table as CSV.' ],
	[ qr/^PAR1/,                             'a Parquet file',                 'Write it out as CSV.' ],
	[ qr/^\s*<(?:!doctype|html|\?xml)/i,     'a page of HTML or XML',          'Ask for the table as CSV.' ],
	[ qr/^\s*[\[{]\s*[\[{"]/,                'JSON',                           'Write it out as CSV.' ]);

my ($in, $buffer, $searched, $newline, @held);
my $lines = 0;    # read so far
my $recode;       # the encoding that iconv has to turn into UTF-8
my $packed;

sub open_file
{
	if (defined $recode)
	{
		open($in, '-|:raw', 'bash', '-c', 'set -o pipefail; { if [ "$1" ]; then gzip -dc -- "$2"; else cat -- "$2"; fi; } | iconv -f "$3" -t UTF-8',
			'bash', $packed, $path, $recode) or fail("cannot read $file: $!");
	}
	elsif ($packed) { open($in, '-|:raw', 'gzip', '-dc', '--', $path) or fail("cannot unpack $file: $!"); }
	else { open($in, '<:raw', $path) or fail("cannot read $file: $!"); }
	($buffer, $searched, $lines, @held) = ('', 0, 0);
	more();
	$buffer =~ s/^\xef\xbb\xbf//;
}

# Read on into the buffer; gives whether there was more.
sub more
{
	my $got = read($in, $buffer, 1 << 16, length $buffer) // fail("cannot read $file: $!");
	return $got > 0;
}

sub close_file
{
	close $in or fail(defined $recode ? "$file cannot be read as $recode" : "$file could not be unpacked whole");
}

# Read a line, without its end.
sub next_line
{
	$lines++;
	return shift @held if @held;
	my $end;
	while (($end = index($buffer, $newline, $searched)) < 0)
	{
		$searched = length $buffer;
		fail("line $lines is longer than a megabyte: that is no row of a table") if $searched > $LONGEST;
		next if more();
		if ($buffer eq '') { $lines--; return undef; }
		$end = $searched;
		last;
	}
	my $line = substr($buffer, 0, $end + 1, '');
	$searched = 0;
	$line =~ s/[\r\n]+\z//;
	return $line;
}

open(my $probe, '<:raw', $path) or fail("cannot read $file: $!");
read($probe, my $magic, 4) // fail("cannot read $file: $!");
close $probe;
fail("$file is empty") if $magic eq '';
$packed = $magic =~ /^\x1f\x8b/ ? 1 : '';
open_file();
fail("$file cannot be unpacked, or nothing is in it") if $buffer eq '';
for my $other (@OTHERS) { fail("$file is $other->[1]", $other->[2]) if $buffer =~ $other->[0]; }

# Text is UTF-8, or UTF-16 by its mark or its zeros, or else, told from all its lines, of one byte a character.
my $encoding = 'open';
if (defined $opt{encoding})
{
	if ($opt{encoding} =~ /^utf-?8\z/i) { $encoding = 'utf-8'; }
	elsif ($opt{encoding} =~ /^(?:latin-?1|iso-?8859-?1|windows-?1252|cp1252)\z/i) { $encoding = 'one byte'; }
	else { $recode = $opt{encoding}; }
}
elsif ($buffer =~ /^(?:\xff\xfe|\xfe\xff)/)  { $recode = 'UTF-16'; }
elsif ($buffer =~ /^(?:[^\0]\0){4}/)         { $recode = 'UTF-16LE'; }
elsif ($buffer =~ /^(?:\0[^\0]){4}/)         { $recode = 'UTF-16BE'; }
if (defined $recode)
{
	$encoding = 'utf-8';
	open_file();
	if ($buffer eq '') { close_file(); fail("nothing is in $file"); }
}
$newline = $buffer !~ /\n/ && $buffer =~ /\r/ ? "\r" : "\n";

# Windows-1252: Latin-1, with these in the places of its second set of control characters.
my @WINDOWS = (0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f, 0x90,
	0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178);

# Decode a piece of the file; undefined if it is no text that the database takes.
sub text
{
	my ($bytes) = @_;
	if ($bytes =~ /[\x80-\xff]/)
	{
		my $copy = $bytes;
		if ($encoding ne 'one byte' && utf8::decode($copy))
		{
			return undef if $copy =~ /[\x{d800}-\x{dfff}]/ || $copy =~ /[^\x{0}-\x{10ffff}]/;
			$bytes = $copy;
		}
		elsif ($encoding eq 'utf-8') { return undef; }
		else { $bytes =~ s/([\x80-\x9f])/chr $WINDOWS[ord($1) - 0x80]/ge; }
	}
	return $bytes =~ tr/\0\x1f// ? undef : $bytes;
}

# ---------------------------------------------------------------- the delimiter

my $d;
my %named = ('tab' => "\t", '\t' => "\t", 'comma' => ',', 'semicolon' => ';', 'space' => ' ', 'pipe' => '|');
if (defined $opt{delimiter})
{
	$d = $named{ lc $opt{delimiter} } // $opt{delimiter};
	fail('a delimiter is one character of ASCII, or one of: ' . join(', ', sort grep { !/\\/ } keys %named)) unless $d =~ /^[\x01-\x7f]\z/ && $d !~ /["\r\n]/;
}

# The line with the names of the columns; some write in a line before it what parts them.
sub first_line
{
	next_line() // fail("$file has fewer than $opt{skip} lines") for 1 .. $opt{skip};
	my $line = next_line() // fail("nothing is in $file" . ($opt{skip} ? ' after the lines to skip' : ''));
	if ($line =~ /^"?sep=([\x01-\x7f])"?\z/i)
	{
		$d //= $1;
		$line = next_line() // fail("nothing is in $file but its first line");
	}
	return $line;
}

my $first = first_line();
fail("line $lines of $file is no text, but holds zero bytes") if $first =~ /\0/;
unless (defined $d)
{
	(my $bare = $first) =~ s/"[^"]*"//g;
	my %seen = map { my $c = $_; $c => scalar(() = $bare =~ /\Q$c\E/g) } (',', ';', "\t", '|');
	my @best = sort { $seen{$b} <=> $seen{$a} } sort keys %seen;
	fail('the first line has neither comma, semicolon, tab nor |: ' . shown(text($first) // $first),
		'If the columns are parted by spaces: --delimiter space', 'If their names come in a later line: --skip LINES')
		if $seen{ $best[0] } == 0;
	my ($one, $two) = map { $_ eq "\t" ? 'tab' : $_ } @best;
	fail('the first line could be read in two ways: ' . shown(text($first) // $first), "Say which: --delimiter '$one' or --delimiter '$two'")
		if $seen{ $best[0] } == $seen{ $best[1] };
	$d = $best[0];
}

my $again = 0;    # bytes read again so far

# Split a record into fields; a quoted field may hold delimiters, doubled quotes and line ends.
# Gives nothing if the quoting is broken: then only the first line is lost, the others are records again.
sub fields
{
	my ($line) = @_;
	if ($d eq ' ') { $line =~ s/^ +//; return split(/[ \t]+/, $line); }
	return split(/\Q$d\E/, $line, -1) if index($line, '"') < 0;
	my (@f, @more);
	my ($start, $size) = ($lines, 0);
	pos($line) = 0;
	while (1)
	{
		if ($line =~ /\G"/gc)
		{
			my $value = '';
			while (1)
			{
				$line =~ /\G([^"]*)/gc;
				$value .= $1;
				if ($line =~ /\G""/gc) { $value .= '"'; next; }
				last if $line =~ /\G"/gc;
				my $next = next_line() // fail("the quote opened in line $start is never closed");
				push @more, $next;
				$size += 1 + length $next;
				fail("the quote opened in line $start is not closed within a megabyte") if $size > $LONGEST;
				$value .= "\n";
				$line = $next;
				pos($line) = 0;
			}
			push @f, $value;
			unless ($line =~ /\G(?=\Q$d\E|\z)/gc)
			{
				fail("the quoting of $file is broken in too many places, one of them line $start") if ($again += $size) > $ENOUGH;
				unshift @held, @more;
				$lines -= @more;
				return ();
			}
		}
		else { $line =~ /\G([^\Q$d\E]*)/gc; push @f, $1; }
		last unless $line =~ /\G\Q$d\E/gc;
	}
	return @f;
}

# ---------------------------------------------------------------- the columns

my $header_line = $lines;
my @header = fields($first);
fail('the quoting of the first line is broken: ' . shown(text($first) // $first)) unless @header;
my $columns = @header;
@header = map { plain(text($_) // '?') } @header;
if ($opt{'no-header'})
{
	fail('the first line ends inside quotes') if $lines > $header_line;
	@header = map { "#$_" } 1 .. $columns;
}
my $data_starts = $lines;

# Find a column by its name, as written or in other letters' case, or by its number: #3.
sub column
{
	my ($name) = @_;
	return $1 - 1 if $name =~ /^#(\d{1,9})\z/ && $1 >= 1 && $1 <= $columns;
	$name = plain($name);
	my @found = grep { $header[$_] eq $name } 0 .. $#header;
	@found = grep { lc $header[$_] eq lc $name } 0 .. $#header unless @found;
	fail("several columns are called $name: use their number (" . join(', ', map { '#' . ($_ + 1) } @found) . ')') if @found > 1;
	return @found ? $found[0] : undef;
}

# How many letters one has to put in, take out or change to make one name of the other.
sub distance
{
	my ($from, $to) = map { substr($_, 0, 40) } @_;
	my @row = 0 .. length $to;
	for my $i (1 .. length $from)
	{
		my @next = ($i);
		for my $j (1 .. length $to)
		{
			my $least = $row[ $j - 1 ] + (substr($from, $i - 1, 1) ne substr($to, $j - 1, 1));
			$least = $_ + 1 < $least ? $_ + 1 : $least for $row[$j], $next[-1];
			push @next, $least;
		}
		@row = @next;
	}
	return $row[-1];
}

# The columns whose names come close to one that is not there, closest first.
sub like_name
{
	my ($name) = @_;
	my $bare  = sub { lc($_[0]) =~ s/[\W_]+//gr };
	my $asked = $bare->($name);
	my %far;
	for my $i (0 .. ($#header > 999 ? 999 : $#header))
	{
		my $has = $bare->($header[$i]);
		next if $has eq '' || $asked eq '';
		my $within = index($has, $asked) >= 0 || index($asked, $has) >= 0;
		my $steps  = distance($has, $asked);
		$far{$i} = $within ? $steps / 10 : $steps if $steps <= length($asked) / 2 || $within && length $has > 1;
	}
	return sort { $far{$a} <=> $far{$b} || $a <=> $b } keys %far;
}

# What columns of each use are often called.
my %OFTEN = (
	customer => qr/cust|client|kund|buyer|user|member|account|shopper|e-?mail/i,
	at       => qr/date|datum|fecha|data\b|time|(?:_|\b)at\b|when|zeit|day\b/i,
	amount   => qr/total|amount|betrag|summe?\b|price|preis|revenue|umsatz|value|importe|montant|gross|net\b/i);

sub the_columns
{
	my $last = $#header > 29 ? 29 : $#header;
	return 'The file has: ' . join(', ', map { "'" . shown($_) . "'" } @header[ 0 .. $last ]) . ($#header > $last ? sprintf(' and %d more', $#header - $last) : '');
}

# Shell words that name a column.
sub quoted { my ($name) = @_; return $name =~ /^\w+\z/ ? $name : "'" . ($name =~ s/'/'\\''/gr) . "'"; }

sub need_column
{
	my ($option, $name) = @_;
	my $at = column($name);
	return $at if defined $at;
	my @near = like_name($name);
	@near = grep { $header[$_] =~ $OFTEN{$option} } 0 .. $#header if !@near && $OFTEN{$option};
	fail("--$option: no column is called '" . shown($name) . "'", the_columns(),
		@near ? 'Perhaps: --' . $option . ' ' . quoted(shown($header[ $near[0] ])) : (),
		$opt{'no-header'} || $opt{skip} ? () : 'If the names come in a later line: --skip LINES');
}

for my $option (qw(customer at amount))
{
	next if defined $opt{$option};
	my @guess;
	for my $o (qw(customer at amount))
	{
		my ($i) = grep { $header[$_] =~ $OFTEN{$o} } 0 .. $#header;
		push @guess, "--$o " . (defined $opt{$o} ? quoted($opt{$o}) : defined $i ? quoted(shown($header[$i])) : 'COLUMN');
	}
	fail("--$option COLUMN is missing", the_columns(), $opt{'no-header'} ? () : "Perhaps: @guess");
}
my $customer = need_column('customer', $opt{customer});
my $at       = need_column('at', $opt{at});
my $order    = defined $opt{'order-id'} ? need_column('order-id', $opt{'order-id'}) : undef;
my $whole    = column($opt{amount});
my @amount   = defined $whole ? ($whole) : map { plain($_) } split(/\*/, $opt{amount}, -1);
@amount = map { need_column('amount', $_) } @amount unless defined $whole;
my @wanted = ($customer, $at, @amount, defined $order ? $order : ());

# ---------------------------------------------------------------- the rows

# Go to the first row.
sub rewind
{
	open_file();
	next_line() while $lines < $data_starts;
	if ($opt{'no-header'}) { @held = ($first); $lines--; }
	$rows = 0;
}

# Read the next record: line number, problem, the line, the wanted fields in turn. Nothing at the end.
sub next_record
{
	while (defined(my $line = next_line()))
	{
		my $number = $lines;
		next if $line eq '' || ($d eq ' ' && $line !~ /\S/);
		my @f = fields($line);
		if (++$rows % 50000 == 0 && !$quiet) { printf STDERR "\r   %d rows read", $rows; }
		# Some end each row with a delimiter, but not the names.
		pop @f while @f > $columns && $f[-1] eq '';
		return ($number, 'broken quoting', $line) if !@f;
		return ($number, sprintf('%d columns where the first line has %d', scalar @f, $columns), $line) if @f != $columns;
		my @found = map { text($_) } @f[@wanted];
		return ($number, (grep { tr/\0\x1f// } @f[@wanted]) ? 'zero bytes in the text' : 'not UTF-8 text', $line) if grep { !defined } @found;
		# A spreadsheet's ="007" is 007.
		s/^="(.*)"\z/$1/s for @found;
		return ($number, undef, $line, @found);
	}
	return ();
}

# ---------------------------------------------------------------- first reading: what do the cells mean?

# What amount_parts says of a cell, and what number it is under a decimal point and under a decimal comma. A
# column of amounts repeats itself: what was found out is kept, to a limit.
my %parts;
sub parts
{
	my ($cell) = @_;
	%parts = () if keys %parts > 100000;
	$cell = substr($cell, 0, 200);    # no amount is as long
	return $parts{$cell} //= do
	{
		my ($sign, $digits, $money) = amount_parts($cell);
		{
			sign  => $sign,
			money => $money // '',
			marks => scalar(defined $digits && $digits =~ /[.,]/),
			'.'   => defined $digits ? number($digits, '.') : undef,
			','   => defined $digits ? number($digits, ',') : undef
		};
	};
}

# Keep how often something was seen, and where first.
sub count
{
	my ($counts, $what, $line, $cell) = @_;
	$counts->{$what} //= [ 0, $line, $cell ];
	$counts->{$what}[0]++;
}

my (%mark, %dates, %numeric, %currency, %bytes);
my $dotted = 0;
rewind();
while (my ($number, $problem, $line, undef, $when, @rest) = next_record())
{
	count(\%bytes, utf8::decode(my $copy = $line) ? 'utf-8' : 'one byte', $number) if $line =~ /[\x80-\xff]/;
	next if defined $problem;
	$when = plain($when) if length $when < 100 && $when !~ /^\d{4}-/;
	if (my ($one, $two, $three, $between) = open_date($when))
	{
		my @orders = date_orders($one, $two, $three);
		# 05/05/2024 says nothing, and does not matter.
		count(\%dates, "@orders", $number, $when) if @orders && !("@orders" eq 'dmy mdy' && $one == $two);
		$dotted++ if $between eq '.';
	}
	elsif (my $kind = numeric_time($when)) { count(\%numeric, $kind, $number, $when); }
	my %named;
	for my $cell (@rest[ 0 .. $#amount ])
	{
		my $parts = parts($cell);
		$named{ $parts->{money} } = 1 if $parts->{money} ne '';
		next unless $parts->{marks};
		my ($point, $comma) = @$parts{ '.', ',' };
		count(\%mark, defined $point ? defined $comma ? 'either' : '.' : defined $comma ? ',' : next, $number, $cell);
	}
	count(\%currency, $_, $number, '') for keys %named;
}
close_file();
my $all_rows = $rows;

my @notes;
sub place { my ($seen) = @_; return sprintf("'%s' in line %d", shown($seen->[2]), $seen->[1]); }
sub how_many { my ($seen) = @_; return $seen ? $seen->[0] : 0; }
sub counted { my ($n, $thing) = @_; return $n == 1 ? "1 $thing" : "$n ${thing}s"; }

# The decimal mark: what cannot be read otherwise decides. Very few such cells among many that could be either
# way would rather be slips.
my $decimal = $opt{decimal};
unless (defined $decimal)
{
	my ($point, $comma, $either) = map { how_many($mark{$_}) } '.', ',', 'either';
	my $ask = 'Say so: --decimal . or --decimal ,';
	fail("is the comma or the point the decimal mark? As many amounts show the one as the other: " . place($mark{'.'}) . ', ' . place($mark{','}), $ask)
		if $point && $point == $comma;
	if ($either > 20 * ($point + $comma))
	{
		my $parts = parts($mark{either}[2]);
		fail('is ' . place($mark{either}) . " $parts->{'.'} or $parts->{','}? " . ($point + $comma ? 'Almost no' : 'No') . ' other amount tells', $ask);
	}
	$decimal = $comma > $point ? ',' : '.';
	my $against = $decimal eq '.' ? ',' : '.';
	my %name = ('.' => 'point', ',' => 'comma');
	push @notes, [ 1, "The decimal mark of amounts is the $name{$decimal}: " . place($mark{$decimal}) . '. '
			. ($mark{$against} ? counted($mark{$against}[0], 'amount') . ' cannot be read so: ' . place($mark{$against}) . '. ' : '') . "Otherwise: --decimal $against" ]
		if $decimal eq ',' || $either || $mark{$against};
}

# The order of dates: the one in which most of them are dates.
my $date_order = $opt{'date-order'};
if (!defined $date_order && %dates)
{
	my %fits;
	my @kinds = sort keys %dates;
	for my $kind (@kinds) { $fits{$_} += $dates{$kind}[0] for split(' ', $kind); }
	my @best = sort { $fits{$b} <=> $fits{$a} || $a cmp $b } keys %fits;
	my ($open) = sort { $b->[0] <=> $a->[0] } map { $dates{$_} } grep { / / } @kinds;
	if (@best > 1 && $fits{ $best[0] } == $fits{ $best[1] })
	{
		# Points stand in dates only where the day comes first.
		my $all = 0;
		$all += $_->[0] for values %dates;
		fail("line $open->[1]: is the day or the month first in '" . shown($open->[2]) . "'? No other date tells", 'Say so: --date-order '
			. join(' or --date-order ', grep { $fits{$_} == $fits{ $best[0] } } @best)) unless $best[0] eq 'dmy' && $dotted >= $all && $best[1] eq 'mdy';
	}
	$date_order = $best[0];
	my ($shows)   = map { $dates{$_} } grep { $_ eq $date_order } @kinds;
	my ($against) = map { $dates{$_} } grep { !/$date_order/ } @kinds;
	my %name = (dmy => 'day comes first', mdy => 'month comes first', ymd => 'year comes first');
	push @notes, [ 2, "In dates the $name{$date_order}: " . ($shows ? place($shows) . '. ' : 'they have points, ' . place($open) . '. ')
			. ($against ? sprintf("%s cannot be read so: %s. If two programs wrote this file, those that could be read either way may be wrong too. ",
				counted($against->[0], 'date'), place($against)) : '') . 'Otherwise: --date-order ' . ($date_order eq 'dmy' ? 'mdy' : 'dmy') ];
}
$date_order //= 'dmy';
push @notes, [ 3, "Times are read as $_: " . place($numeric{$_}) ] for sort keys %numeric;

# The encoding: that of most lines that are not plain ASCII.
if ($encoding eq 'open')
{
	$encoding = how_many($bytes{'one byte'}) > how_many($bytes{'utf-8'}) ? 'one byte' : 'utf-8';
	push @notes, [ 4, "The file is not UTF-8, and was read as Windows-1252 (Latin-1). Otherwise: --encoding NAME" ] if $encoding eq 'one byte';
}
push @notes, [ 4, "The file was read as $recode." ] if defined $recode;

# The currency: amounts of two currencies have no sum.
my %wanted_currency;
my @currencies = sort { $currency{$b}[0] <=> $currency{$a}[0] || $a cmp $b } keys %currency;
if (defined $opt{currency})
{
	for my $name (map { plain($_) } split(/,/, $opt{currency}))
	{
		my (undef, undef, $meant) = amount_parts("1 $name");
		fail("--currency: $name is no currency known here" . (@currencies ? ", the amounts are in @currencies" : '')) unless $meant;
		$wanted_currency{$meant} = 1;
	}
}
elsif (@currencies)
{
	%wanted_currency = ($currencies[0] => 1);
	push @notes, [ 5, "Amounts are in $currencies[0]" . (@currencies > 1 ? sprintf(', those in %s are left out: sums of several currencies mean nothing. Others: --currency %s; '
			. 'to add them all the same: --currency %s', join(', ', @currencies[ 1 .. $#currencies ]), $currencies[1], quoted(join(',', @currencies))) : '') . '.' ];
}

# ---------------------------------------------------------------- second reading: pass them on

binmode(STDOUT, ':raw');
my %escape = ("\\" => '\\\\', "\t" => '\\t', "\n" => '\\n', "\r" => '\\r');

# Print one row for COPY. An undefined value is NULL.
sub emit
{
	my @row = @_;
	for (@row)
	{
		if (!defined) { $_ = '\\N'; next; }
		s/([\\\t\n\r])/$escape{$1}/g;
		utf8::encode($_) if utf8::is_utf8($_) || /[\x80-\xff]/;
	}
	print join("\t", @row), "\n";
}

# A note stands where a row has none of its columns: its place, and what it says.
emit(undef, $_->[0], undef, undef, undef, $_->[1], undef) for @notes;

my $against = $decimal eq '.' ? ',' : '.';
rewind();
while (my ($number, $problem, $line, $who, $when, @rest) = next_record())
{
	if (defined $problem) { emit($number, defined text($line) ? substr(text($line), 0, 100) : undef, undef, undef, undef, $problem, undef); next; }
	my @cells = @rest[ 0 .. $#amount ];
	my $time = date_text($when, $date_order);
	$problem = 'day, month and year in another order' unless defined $time;
	my (@factors, @rough);
	for my $cell (@cells)
	{
		my $parts = parts($cell);
		my $value = $parts->{$decimal};
		push @factors, defined $value ? "$parts->{sign}$value" : $cell;
		push @rough, $value // rough_number($cell, $decimal);
		$problem //=
			defined $value
			? $parts->{money} ne '' && %wanted_currency && !$wanted_currency{ $parts->{money} } ? "amount in another currency: $parts->{money}" : undef
			: plain(substr($cell, 0, 100)) eq ''             ? 'no amount'
			: $cell =~ /^\s*[-+]?(?:nan|inf|infinity)\s*\z/i ? 'amount is NaN or infinite'
			: defined $parts->{$against}                     ? 'amount with the other decimal mark'
			:                                                  'amount is not a number';
	}
	undef @rough if grep { !defined } @rough;
	emit($number, $who, $time // $when, join($FACTOR, $problem ? @cells : @factors), defined $order ? $rest[-1] : undef, $problem, $problem && @rough ? join($FACTOR, @rough) : undef);
}
close_file();
print STDERR "\r" unless $quiet;
printf STDERR "   %d rows read\n", $rows;
