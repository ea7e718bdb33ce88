#!/usr/bin/perl
# read_csv.pl FILE --customer C --at T --amount A [--order-id O] [--delimiter D] [--decimal ,] [--no-header] [--date-order dmy|mdy]
#
# Read a file of orders, whoever wrote it, and print the few columns that are wanted as input for
# PostgreSQL's COPY: line number, customer, time, amount factors, order id, problem. Nothing is judged here
# but the form of the file; load.sql judges the values. What cannot be read is passed on with its problem,
# so that every line of the file is accounted for.
#
# Needs nothing but perl-base, which every Debian has.
use strict;
use warnings;

my $FACTOR = "\x1f";    # parts the factors of an amount; load.sql multiplies them

sub fail { print STDERR "demo: ", join("\n      ", @_), "\n"; exit 1; }

my (%opt, $file);
while (@ARGV)
{
	my $arg = shift @ARGV;
	if ($arg eq '--no-header') { $opt{'no-header'} = 1; }
	elsif ($arg =~ /^--(customer|at|amount|order-id|delimiter|decimal|date-order)$/) { $opt{$1} = shift @ARGV; }
	else { $file = $arg; }
}

# ---------------------------------------------------------------- the file

open(my $probe, '<:raw', $file) or fail("cannot read $file: $!");
read($probe, my $magic, 4) // fail("cannot read $file: $!");
close $probe;
fail("$file is empty") if $magic eq '';
fail("$file is a zip archive or a spreadsheet", "Unpack it, or save the sheet as CSV.") if $magic =~ /^PK/;
fail("$file is written in UTF-16", "Convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW") if $magic =~ /^(\xff\xfe|\xfe\xff)/;
my $in;
if ($magic =~ /^\x1f\x8b/) { open($in, '-|:raw', 'gzip', '-dc', '--', $file) or fail("cannot unpack $file: $!"); }
else { open($in, '<:raw', $file) or fail("cannot read $file: $!"); }

my $lines = 0;    # read so far
my $held;         # the first line, given back once where there is no header

# Read a line, without its end.
sub next_line
{
	if (defined $held) { my $line = $held; undef $held; $lines++; return $line; }
	my $line = <$in>;
	return undef unless defined $line;
	$lines++;
	$line =~ s/\r?\n\z//;
	return $line;
}

# ---------------------------------------------------------------- the delimiter

my $first = next_line();
fail("$file cannot be unpacked, or nothing is in it") unless defined $first;
$first =~ s/^\xef\xbb\xbf//;
my %named = ('tab' => "\t", '\t' => "\t", 'comma' => ',', 'semicolon' => ';', 'space' => ' ', 'pipe' => '|');
my $d = $opt{delimiter};
if (defined $d)
{
	$d = $named{$d} // $d;
	fail("a delimiter is one character, or one of: " . join(', ', sort grep { !/\\/ } keys %named)) unless length($d) == 1;
}
else
{
	(my $bare = $first) =~ s/"[^"]*"//g;
	my %seen = map { my $c = $_; $c => scalar(() = $bare =~ /\Q$c\E/g) } (',', ';', "\t", '|');
	my @best = sort { $seen{$b} <=> $seen{$a} } sort keys %seen;
	fail("the first line has neither comma, semicolon, tab nor |: $first",
		"If the columns are parted by spaces: --delimiter space") if $seen{ $best[0] } == 0;
	fail("the first line could be read in two ways: $first", "Say which: --delimiter '$best[0]' or --delimiter '$best[1]'")
		if $seen{ $best[0] } == $seen{ $best[1] };
	$d = $best[0];
}

# Split a record into fields; a quoted field may hold delimiters, doubled quotes and line ends.
# Gives nothing if the quoting is broken.
sub fields
{
	my ($line) = @_;
	if ($d eq ' ') { $line =~ s/^ +//; return split(/[ \t]+/, $line); }
	return split(/\Q$d\E/, $line, -1) if index($line, '"') < 0;
	my @f;
	pos($line) = 0;
	while (1)
	{
		if ($line =~ /\G"/gc)
		{
			my $value = '';
			my $start = $lines;
			while (1)
			{
				$line =~ /\G([^"]*)/gc;
				$value .= $1;
				if ($line =~ /\G""/gc) { $value .= '"'; next; }
				last if $line =~ /\G"/gc;
				my $more = next_line();
				fail("the quote opened in line $start is never closed") unless defined $more;
				$value .= "\n";
				$line = $more;
				pos($line) = 0;
			}
			push @f, $value;
			return () unless $line =~ /\G(?=\Q$d\E|\z)/gc;
		}
		else { $line =~ /\G([^\Q$d\E]*)/gc; push @f, $1; }
		last unless $line =~ /\G\Q$d\E/gc;
	}
	return @f;
}

# ---------------------------------------------------------------- the columns

my @header = fields($first);
fail("the quoting of the first line is broken: $first") unless @header;
s/^\s+|\s+\z//g for @header;
my $columns = @header;
fail('the first line ends inside quotes') if $opt{'no-header'} && $lines > 1;
if ($opt{'no-header'}) { $held = $first; $lines = 0; @header = map { "#$_" } 1 .. $columns; }

# Find a column by its name, as written or in other letters' case, or by its number: #3.
sub column
{
	my ($name) = @_;
	return $1 - 1 if $name =~ /^#(\d+)$/ && $1 >= 1 && $1 <= $columns;
	my @found = grep { $header[$_] eq $name } 0 .. $#header;
	@found = grep { lc $header[$_] eq lc $name } 0 .. $#header unless @found;
	fail("several columns are called $name: use their number (" . join(', ', map { '#' . ($_ + 1) } @found) . ')') if @found > 1;
	return @found ? $found[0] : undef;
}

sub need_column
{
	my ($option, $name) = @_;
	my $at = column($name);
	fail("--$option: no column is called '$name'", "The file has: " . join(', ', map { "'$_'" } @header)) unless defined $at;
	return $at;
}

for my $option (qw(customer at amount))
{
	fail("--$option COLUMN is missing", "The file has: " . join(', ', map { "'$_'" } @header)) unless defined $opt{$option};
}
my $customer = need_column('customer', $opt{customer});
my $at       = need_column('at', $opt{at});
my $order    = defined $opt{'order-id'} ? need_column('order-id', $opt{'order-id'}) : undef;
my $whole    = column($opt{amount});
my @amount   = defined $whole ? ($whole) : map { s/^\s+|\s+\z//gr } split(/\*/, $opt{amount}, -1);
@amount = map { need_column('amount', $_) } @amount unless defined $whole;
my $decimal = $opt{decimal};
fail("--decimal is . or ,") if defined $decimal && $decimal !~ /^[.,]\z/;
my $thousands = ($decimal // '.') eq '.' ? ',' : '.';

# ---------------------------------------------------------------- the rows

binmode(STDOUT, ':raw');
my $quiet = !-t STDERR;
my %escape = ("\\" => '\\\\', "\t" => '\\t', "\n" => '\\n', "\r" => '\\r');
my $rows   = 0;

# Print one row for COPY. An undefined value is NULL.
sub emit
{
	print join("\t", map { defined $_ ? s/([\\\t\n\r])/$escape{$1}/gr : '\\N' } @_), "\n";
}

# Is this text that the database takes?
sub sound { my ($text) = @_; return utf8::decode($text) && $text !~ /[\0$FACTOR]/; }

while (defined(my $line = next_line()))
{
	my $number = $lines;
	next if $line eq '' || ($d eq ' ' && $line !~ /\S/);
	my @f = fields($line);
	if (++$rows % 50000 == 0 && !$quiet) { printf STDERR "\r   %d rows read", $rows; }
	my $problem;
	if (!@f) { $problem = 'broken quoting'; }
	elsif (@f != $columns) { $problem = sprintf('%d columns where the first line has %d', scalar @f, $columns); }
	elsif (grep { !sound($f[$_]) } $customer, $at, @amount, defined $order ? $order : ()) { $problem = 'not UTF-8 text'; }
	if ($problem) { emit($number, sound($line) ? $line : undef, undef, undef, undef, $problem); next; }
	if (!defined $opt{'date-order'} && $f[$at] =~ m{^\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d})
	{
		print STDERR "\n" unless $quiet;
		fail("line $number: is the day or the month first in '$f[$at]'?", "Say so: --date-order dmy, or --date-order mdy");
	}
	my @factors = @f[@amount];
	if (defined $decimal)
	{
		# Whoever says which mark is the decimal one may use the other for thousands, and for nothing else.
		for (@factors)
		{
			s/\Q$thousands\E//g if /^\s*[-+]?\d{1,3}(\Q$thousands\E\d{3})+(\Q$decimal\E\d*)?\s*\z/;
			$problem = 'amount is not a number' if index($_, $thousands) >= 0;
			s/\Q$decimal\E/./;
		}
	}
	emit($number, $f[$customer], $f[$at], join($FACTOR, @factors), defined $order ? $f[$order] : undef, $problem);
}
close $in or fail("$file could not be unpacked whole");
print STDERR "\r" unless $quiet;
printf STDERR "   %d rows read\n", $rows;
