# The demo's reader of other people's files: every row is used or counted under a reason, names and values
# never become SQL, mistakes on the command line are told.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('demo');
my $dir  = PostgreSQL::Test::Utils::tempdir;
my $made = 0;

# Read a file as ./dev demo does; gives the database and what was said.
sub load_file
{
	my ($file, %o) = @_;
	my $db = 'load_' . ++$made;
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	my @read = ('perl', 'demo/read_csv.pl', $file, @{ $o{options} });
	my @load = ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($db), '-v', 'zone=' . ($o{zone} // 'UTC'),
		'-v', 'with_order_id=' . ((grep { $_ eq '--order-id' } @{ $o{options} }) ? 1 : 0), '-A', '-f', 'demo/load.sql');
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run(\@read, '|', \@load, '>', \$out, '2>', \$err);
	diag($err) unless $ok;
	return ($db, $out);
}

sub written
{
	my ($name, $bytes) = @_;
	open(my $f, '>:raw', "$dir/$name") or die;
	print $f $bytes;
	close $f;
	return "$dir/$name";
}

# ---------------------------------------------------------------- a file that has everything

my $hostile = written("it's; a \"file\".csv", join("\r\n",
	"\xef\xbb\xbf\"Cust, \"\"Id\"\"; DROP TABLE x\";when;SELECT 1;order id;note",
	' a1 ;2024-01-05 23:30;10,50;1;kept',
	'a1;2024-01-05 23:40;2;1;kept: the second line of order 1',
	';2024-01-05;3;2;no customer',
	'a1;;3;2;no time',
	'a1;2024-13-45;3;2;no such day',
	'a1;now;3;2;no time of a purchase',
	'a1;infinity;3;2;nor this',
	'a1;9999-12-31;3;2;nor this',
	'a1;2024-01-06;;2;no amount',
	'a1;2024-01-06;NaN;2;not an amount',
	'a1;2024-01-06;-Infinity;2;not an amount',
	'a1;2024-01-06;abc;2;not a number',
	'a1;2024-01-06;1.5;2;a point where commas are: the other mark',
	'a1;2024-01-06;1e30;2;too much',
	'a1;2024-01-06;0,123456789;2;too fine',
	"a1;2024-01-06;1.234,5;3;\"kept: two\nlines; and \"\"quotes\"\"\"",
	"b\xff;2024-01-06;1;3;not UTF-8, while the next line is",
	"a2;2024-01-06;1;3;caf\xc3\xa9;one too many",
	'a1;"2024-01-06"x;1;3;broken',
	'',
	'NULL;2024-01-07;-5;;kept, and told',
	"\"Robert'); DROP TABLE students;--\";2024-01-08;0;7;kept",
	'\N;2024-01-09;1;8;kept') . "\r\n");

my @columns = ('--customer', 'Cust, "Id"; DROP TABLE x', '--at', 'WHEN', '--amount', 'select 1', '--order-id', '#4', '--decimal', ',');
my ($db, $report) = load_file($hostile, options => \@columns, zone => 'Asia/Tokyo');

is($node->safe_psql($db, q{SET timezone = 'UTC'; SELECT customer_id, at, amount, order_id FROM purchases ORDER BY at, amount}), join("\n",
	'a1|2024-01-05 14:30:00+00|12.5|1', 'a1|2024-01-05 15:00:00+00|1234.5|3', 'NULL|2024-01-06 15:00:00+00|-5|', "Robert'); DROP TABLE students;--|2024-01-07 15:00:00+00|0|7",
	'\N|2024-01-08 15:00:00+00|1|8'), 'what can be used is used, to the letter, in the zone that was named');
like($report, qr/^22\|6\|16\|5\|4\|/m, '22 rows: 6 used, 16 not, 5 orders of 4 customers');
my %reason = (
	'no customer' => 1, 'no time' => 1, 'time cannot be read' => 3, 'time before 1900 or after 2199' => 1, 'no amount' => 1, 'amount is not a number' => 1,
	'amount with the other decimal mark' => 1, 'amount is NaN or infinite' => 2, 'amount of a quadrillion or more' => 1, 'amount with more than 8 decimals' => 1, 'not UTF-8 text' => 1, 'broken quoting' => 1,
	'6 columns where the first line has 5' => 1);
like($report, qr/^\Q$_\E\|$reason{$_}\|/m, "counted: $_") foreach sort keys %reason;
like($report, qr/"NULL" looks like a missing value/, 'a customer called NULL is told of');
like($report, qr/1 customer ids had blanks around them/, 'so are blanks that were taken off');
like($report, qr/1 orders have lines of different times/, 'and orders of two times');
is($node->safe_psql($db, q{SELECT count(*) FROM pg_namespace WHERE nspname = 'loading'}), 0, 'nothing is left behind');

# The same, packed, gives the same.
system('gzip', '-k', $hostile) == 0 or die;
my ($packed) = load_file("$hostile.gz", options => \@columns, zone => 'Asia/Tokyo');
my $all = 'SELECT * FROM purchases ORDER BY at, amount';
is($node->safe_psql($packed, $all), $node->safe_psql($db, $all), 'gzipped: the same');

# ---------------------------------------------------------------- shapes of files

my @abc = ('--customer', 'c', '--at', 't', '--amount', 'a');
sub amounts { my ($db) = @_; return $node->safe_psql($db, q{SELECT string_agg(format('%s %s %s', customer_id, at::date, amount), ', ' ORDER BY at, customer_id) FROM purchases}); }
foreach my $case (
	[ 'tabs',                    "c\tt\ta\n1\t2024-01-05\t1.5\n",              [@abc] ],
	[ 'no last line end',        "c,t,a\n1,2024-01-05,1.5",                    [@abc] ],
	[ 'spaces',                  " c  t a\n 1  20240105   1.50 \n  \n",        [ @abc, '--delimiter', 'space' ] ],
	[ 'no header',               "1|2024-01-05|1.5\n",                         [ '--customer', '#1', '--at', '#2', '--amount', '#3', '--no-header' ] ],
	[ 'a product',               "c,t,Unit Price,n\n1,2024-01-05,0.5,3\n",     [ '--customer', 'c', '--at', 't', '--amount', 'Unit Price * N' ] ],
	[ 'a column called a*b',     "c,t,a*b,a,b\n1,2024-01-05,1.5,7,7\n",        [ '--customer', 'c', '--at', 't', '--amount', 'a*b' ] ],
	[ 'thousands',               "c,t,a\n1,2024-01-05,\"1.5\"\n",              [ @abc, '--decimal', '.' ] ],
	[ 'day first',               "c,t,a\n1,05/01/2024,1.5\n",                  [ @abc, '--date-order', 'dmy' ] ],
	[ 'month first',             "c,t,a\n1,01/05/2024,1.5\n",                  [ @abc, '--date-order', 'mdy' ] ],
	[ 'year first',              "c,t,a\n1,24/01/05,1.5\n",                    [ @abc, '--date-order', 'ymd' ] ],
	[ 'its own time zone',       "c,t,a\n1,2024-01-05T23:59:59-00:00,1.5\n",   [@abc] ],
	[ 'lines of an old Mac',     "c,t,a\r1,2024-01-05,1.5\r",                  [@abc] ],
	[ 'a line that says what parts columns', "sep=;\nc;t;a,b\n1;2024-01-05;1.5\n", [ '--customer', 'c', '--at', 't', '--amount', 'a,b' ] ],
	[ 'lines before the names',  "Report\nof us\nc,t,a\n1,2024-01-05,1.5\n",  [ @abc, '--skip', 2 ] ],
	[ 'a delimiter after each row', "c;t;a\n1;2024-01-05;1,5;\n",              [@abc] ],
	[ 'names with blanks',       "c,\"Order\n Date\", Net  Amount \n1,2024-01-05,1.5\n", [ '--customer', 'c', '--at', 'order date', '--amount', 'Net Amount' ] ],
	[ 'values as a spreadsheet guards them', "c,t,a\n\"=\"\"1\"\"\",2024-01-05,'1.5\n", [@abc] ],
	[ 'UTF-16 with its mark',    "\xff\xfe" . join('', map { "$_\0" } split(//, "c,t,a\n1,2024-01-05,1.5\n")), [@abc] ],
	[ 'UTF-16 without, the other way round', join('', map { "\0$_" } split(//, "c,t,a\r\n1,2024-01-05,1.5\r\n")), [@abc] ])
{
	my ($name, $bytes, $options) = @$case;
	my ($in) = load_file(written("$name.csv", $bytes), options => $options);
	like(amounts($in), qr/^1 2024-01-05 1\.50?$/, $name);
}

my ($float) = load_file(written('float.csv', "c,t,a\n7.0,2024-01-05,1\n7,2024-01-05,2\n"), options => [@abc]);
is(amounts($float), '7 2024-01-05 2, 7.0 2024-01-05 1', 'ids are not made equal behind the owner\'s back');

# ---------------------------------------------------------------- amounts and dates as people write them

require './demo/values.pl';

# What an amount is under a decimal point and under a decimal comma.
sub readings
{
	my ($text) = @_;
	my ($sign, $digits, $money) = amount_parts($text);
	return 'none' unless defined $digits;
	return join('|', (map { my $n = number($digits, $_); defined $n ? "$sign$n" : '' } '.', ','), $money);
}

foreach my $case (
	[ "1.036,00 \x{20ac}", '|1036.00|EUR' ],     [ '$1,036.00',          '1036.00||$' ],      [ '(12.50)',             '-12.50||' ],
	[ '($12.50)',          '-12.50||$' ],        [ '$(12.50)',           '-12.50||$' ],       [ "(12,50) \x{20ac}",     '|-12.50|EUR' ],
	[ '12,50-',            '|-12.50|' ],         [ '12,50 EUR-',         '|-12.50|EUR' ],     [ "\x{20ac} -12,50",     '|-12.50|EUR' ],
	[ "\x{2212}12.50",     '-12.50||' ],         [ '-$1,036.00',         '-1036.00||$' ],     [ '+3',                  '3|3|' ],
	[ "CHF 1\x{2019}036.50", '1036.50||CHF' ],   [ "1'036'000.5",        '1036000.5||' ],     [ "1\x{a0}036,00",       '|1036.00|' ],
	[ "1\x{202f}036,00 z\x{142}", '|1036.00|PLN' ], [ "1\x{2009}036",      '1036|1036|' ],      [ 'EUR 12,50',           '|12.50|EUR' ],
	[ '12.50 usd',         '12.50||USD' ],       [ 'R$ 12,50',           '|12.50|BRL' ],      [ 'kr 1.036',            '1.036|1036|kr' ],
	[ '1.036,50 kr.',      '|1036.50|kr' ],      [ "\x{a5}1,036",        "1036|1.036|\x{a5}" ], [ "\x{20b9}1,23,456.00", '123456.00||INR' ],
	[ 'Rs. 1,23,456',      '123456||INR' ],      [ 'SFr. 12.-',          '12|12|CHF' ],       [ "12,\x{2013}",         '12|12|' ],
	[ "2 500 \x{440}\x{443}\x{431}.", '2500|2500|RUB' ], [ '$12.50 CAD', '12.50||CAD' ],    [ '.5',                  '0.5||' ],
	[ '0.125',             '0.125||' ],          [ '0,125',              '|0.125|' ],         [ '1.036',               '1.036|1036|' ],
	[ '1.036.000',         '|1036000|' ],        [ '1e5',                '1e5|1e5|' ],        [ '1.5E-3',              '1.5E-3||' ],
	[ '1.2.3',             '||' ],               [ '1,234,56',           '||' ],              [ '12 50',               '||' ],
	[ '--5',               'none' ],             [ '-(5)',               'none' ],            [ '12 kg',               'none' ],
	[ '5-5',               'none' ],             [ '12.50 USD EUR',      'none' ],            [ "12\x{20ac}50",        'none' ],
	[ '',                  'none' ],             [ 'abc',                'none' ],            [ '$' x 200_000,         'none' ],
	[ '1,' x 200_000,      'none' ])
{
	my ($text, $is) = @$case;
	(my $name = substr($text, 0, 20)) =~ s/([^ -~])/sprintf('\\x{%x}', ord $1)/ge;
	is(readings($text), $is, "amount: $name");
}

foreach my $case (
	[ '2024-01-05T10:00:00Z', '2024-01-05T10:00:00Z' ], [ '05/01/2024 3:30 PM', '2024-01-05 3:30 pm' ], [ '5.1.24', '2024-01-05' ], [ '5. 1. 2024', '2024-01-05' ],
	[ '05-JAN-24',    '2024-01-05' ],              [ 'Jan 5, 2024', '2024-01-05' ],            [ '5. Januar 2024', '2024-01-05' ],
	[ '5 de enero de 2024', '2024-01-05' ],        [ "5 ao\x{fb}t 2024 14h30", '2024-08-05 14:30' ], [ '05.01.2024, 23.30', '2024-01-05 23:30' ],
	[ 'Mon, 05 Jan 2024 10:00:00 +0100', '2024-01-05 10:00:00 +0100' ], [ 'Fri Jan  5 10:00:00 2024', '2024-01-05 10:00:00' ],
	[ 'Fri Jan 05 2024 10:00:00 GMT+0100 (Central European Time)', '2024-01-05 10:00:00 +0100' ],
	[ "2024\x{5e74}1\x{6708}5\x{65e5} 10:00", '2024-01-05 10:00' ], [ '2024. 1. 5.', '2024-01-05' ], [ '1704412800', '2024-01-05 00:00:00+00' ],
	[ '1704412800123', '2024-01-05 00:00:00+00' ], [ '45296.5', '2024-01-05 12:00:00' ],       [ '20240105233000', '2024-01-05 23:30:00' ],
	[ '13/13/2024',   undef ],                     [ '01/13/2024', undef ],                    [ '9' x 200_000, undef ])
{
	my ($text, $is) = @$case;
	(my $name = substr($text, 0, 40)) =~ s/([^ -~])/sprintf('\\x{%x}', ord $1)/ge;
	is(date_text($text, 'dmy'), $is, "date: $name");
}
is(date_text('01/13/2024 1:00', 'mdy'), '2024-01-13 1:00', 'date: the month first');
is(date_text('24-01-05',        'ymd'), '2024-01-05',      'date: the year first');

# ---------------------------------------------------------------- awkward shops: every cell is told from its column

# Read a file; gives what became of it, and what was said.
sub shop
{
	my ($name, $lines, @options) = @_;
	my ($in, $said) = load_file(written("$name.csv", join("\n", @$lines) . "\n"), options => [ @abc, @options ]);
	return (amounts($in), $said);
}

my ($is, $said) = shop('german', [ 'c;t;a', "1;13.01.2024;1.036,00 \xe2\x82\xac", "2;14.01.2024;12.500 \xe2\x82\xac", "3;05.02.2024;-3,5 \xe2\x82\xac" ]);
is($is, '1 2024-01-13 1036, 2 2024-01-14 12500, 3 2024-02-05 -3.5', 'a German shop: 12.500 is twelve thousand');
like($said, qr/decimal mark of amounts is the comma: '1\.036,00 .*' in line 2\. Otherwise: --decimal \./, 'and how that was told is said');
like($said, qr/the day comes first: '13\.01\.2024' in line 2\. Otherwise: --date-order mdy/, 'so is the order of dates');
like($said, qr/Amounts are in EUR\./, 'and the currency');

($is) = shop('american', [ 'c,t,a', '1,05/01/2024 3:30 PM,"$1,036.00"', '2,5/13/2024,"$12,500"', '3,05/14/2024,($3.50)' ]);
is($is, '1 2024-05-01 1036, 2 2024-05-13 12500, 3 2024-05-14 -3.5', 'an American shop');

($is, $said) = shop('swiss, in Latin-1', [ "c;t;a", "M\xfcller;5.1.2024;CHF 1'036.00", "Z\xfcst;6.1.2024;1'000'000", "P\xe9;7.1.2024;3.-" ]);
is($is, "M\xc3\xbcller 2024-01-05 1036, Z\xc3\xbcst 2024-01-06 1000000, P\xc3\xa9 2024-01-07 3", 'a Swiss shop');
like($said, qr/read as Windows-1252/, 'whose file is not UTF-8, which is said');
like($said, qr/the day comes first: they have points/, 'points part dates with the day first');

($is) = shop('windows', [ "c;t;a", "1;2024-01-05;\x80 1\xa0036,50", "2;2024-01-06;\xa3 3" ], '--currency', 'EUR,GBP');
is($is, '1 2024-01-05 1036.5, 2 2024-01-06 3', 'a euro in Windows-1252; two currencies added, as asked');

($is, $said) = shop('polish', [ "c\tt\ta", "1\t5 sty 2024\t1", "1\t2024-01-05\t1\xc2\xa0036,50 z\xc5\x82", "2\t2024-01-06\t\xe2\x88\x9212,50 z\xc5\x82", "2\t2024-01-07\t5 PLN" ]);
is($is, '1 2024-01-05 1036.5, 2 2024-01-06 -12.5, 2 2024-01-07 5', 'a Polish shop, with a minus of Unicode');
like($said, qr/^!!  1 of 4 rows \(25\.0 %\) are NOT/m, 'a month in a language unknown here is a loud loss');

($is) = shop('indian', [ 'c,t,a', "1,05-Jan-24,\"\xe2\x82\xb9 1,23,456.00\"", '2,06-Jan-24,"Rs. 12,000"' ]);
is($is, '1 2024-01-05 123456, 2 2024-01-06 12000', 'an Indian shop');

($is, $said) = shop('old and new', [ 'c,t,a', '1,45296.5,1.250', '2,1704499200,2.5', (map { "3,2024-01-07,$_.5" } 1 .. 20) ]);
like($is, qr/^1 2024-01-05 1\.25, 2 2024-01-06 2\.5, 3 2024-01-07 1\.5/, 'days of a spreadsheet, seconds since 1970; 1.250 is one and a quarter');
like($said, qr/read as seconds since 1970: '1704499200' in line 3/, 'which is said');

($is, $said) = shop('two marks', [ 'c;t;a', (map { "1;2024-01-05;$_,50" } 1 .. 4), '2;2024-01-06;2000.00', '3;13.02.2024;1', '3;12.02.2024;1', '3;02.13.2024;1', ';2024-01-07;1.000' ]);
like($said, qr/^!!  3 of 9 rows \(33\.3 %\) are NOT in what follows,\n!!  and with them about 3001\.00 of 3015\.00 of the money \(99\.5 %\)\./m, 'what is lost is said first, with its money');
like($said, qr/^!!  amount with the other decimal mark, 1 row, 66\.3 % of the money\n!!      line 6: 2 \| 2024-01-06 \| 2000\.00\n!!      what may help: --decimal/m, 'by reason, with the line and what helps');
like($said, qr/no customer, 1 row, 33\.2 %.*--customer COLUMN.*another order, 1 row, 0\.0 %.*line 9: .*--date-order/s, 'the most money first');
ok(index($said, '!!') < index($said, 'What was read'), 'before anything else');
like($said, qr/1 amount cannot be read so: '2000\.00' in line 6/, 'the amount against the rule is named');
like($said, qr/1 date cannot be read so: '02\.13\.2024' in line 9\. If two programs wrote this file/, 'so is the date');

($is, $said) = shop('money only', [ 'c,t,a', (map { "$_,2024-01-05,1" } 1 .. 300), ',2024-01-05,100' ]);
like($said, qr/^!!  1 of 301 rows \(0\.3 %\)/m, 'few rows, but much money: loud');
($is, $said) = shop('few', [ 'c,t,a', (map { "$_,2024-01-05,1" } 1 .. 300), ',2024-01-05,3' ]);
unlike($said, qr/!!/, 'one in a hundred is not more than one in a hundred');
like($said, qr/^no customer\|1\|3\|302\|/m, 'and still counted');
($is, $said) = shop('two currencies', [ 'c,t,a', "1,2024-01-05,\xe2\x82\xac5", '1,2024-01-06,5 EUR', '2,2024-01-07,5 USD' ]);
is($is, '1 2024-01-05 5, 1 2024-01-06 5', 'dollars are not added to euros');
like($said, qr/amount in another currency: USD, 1 row, 33\.3 %.*Others: --currency USD; to add them all the same: --currency 'EUR,USD'/s, 'which is said');
($is, $said) = shop('stray quote', [ 'c,t,a', '"1 "big" man,2024-01-05,1', '"2,2024-01-05,2', '3,2024-01-05,3', '"4",2024-01-05,4' ]);
is($is, '3 2024-01-05 3, 4 2024-01-05 4', 'a stray quote loses its own line only');
($is, $said) = shop('escapes', [ 'c,t,a', "1,2024-01-05,5", "2,2024-01-05,\e[2J\a" ]);
unlike($said, qr/[\e\a]/, 'nothing of the file moves the cursor of a terminal');
like($said, qr/line 3: 2 \| 2024-01-05 \| \?\[2J\?/, 'it is shown without');

# ---------------------------------------------------------------- mistakes

foreach my $case (
	[ 'no such column',       "c,t,a\n",                  [ '--customer', 'x', '--at', 't', '--amount', 'a' ], qr/no column is called 'x'.*'c', 't', 'a'/s ],
	[ 'no such factor',       "c,t,a\n",                  [ '--customer', 'c', '--at', 't', '--amount', 'a*pg_sleep(1)' ], qr/no column is called 'pg_sleep\(1\)'/ ],
	[ 'two of one name',      "c,t,a,a\n",                [@abc], qr/several columns are called a.*#3, #4/ ],
	[ 'nothing asked',        "c,t,a\n",                  [], qr/--customer COLUMN is missing.*'c', 't', 'a'/s ],
	[ 'no delimiter',         "c t a\n",                  [@abc], qr/--delimiter space/ ],
	[ 'two delimiters',       "c,t;a\n",                  [@abc], qr/could be read in two ways/ ],
	[ 'a name not quite right', "Customer ID,t,a\n",       [ '--customer', 'customerid', '--at', 't', '--amount', 'a' ], qr/Perhaps: --customer 'Customer ID'/ ],
	[ 'a name with a slip',   "Custoemr,Country,t,a\n",   [ '--customer', 'Customer', '--at', 't', '--amount', 'a' ], qr/Perhaps: --customer Custoemr/ ],
	[ 'what may be meant',    "Kunde,Land,Datum,Betrag\n", [], qr/Perhaps: --customer Kunde --at Datum --amount Betrag/ ],
	[ 'thousands or decimals', "c;t;a\n1;2024-01-05;1.036\n2;2024-01-05;250\n", [@abc], qr/is '1\.036' in line 2 1\.036 or 1036\? No other amount tells.*--decimal \. or --decimal ,/s ],
	[ 'as many of each',      "c;t;a\n1;2024-01-05;1.5\n2;2024-01-05;2,5\n", [@abc], qr/As many amounts show.*--decimal/s ],
	[ 'years of two digits',  "c,t,a\n1,24-01-05,1\n1,24-12-31,1\n", [@abc], qr/--date-order dmy or --date-order ymd/ ],
	[ 'no such currency',     "c,t,a\n1,2024-01-05,5 EUR\n", [ @abc, '--currency', 'XYZ' ], qr/XYZ is no currency known here, the amounts are in EUR/ ],
	[ 'no such encoding',     "c,t,a\n1,2024-01-05,1\n", [ @abc, '--encoding', 'klingon' ], qr/klingon/ ],
	[ 'skipped too far',      "c,t,a\n",                  [ @abc, '--skip', 9 ], qr/fewer than 9 lines/ ],
	[ 'a line without end',   "c,t,a\n" . 'x' x 3_000_000, [@abc], qr/line 2 is longer than a megabyte/ ],
	[ 'zero bytes',           "\0" x 1000,                 [@abc], qr/zero bytes/ ],
	[ 'columns without end',  ',' x 900_000 . "\n",        [@abc], qr/no column is called 'c'.*and 899971 more/s ],
	[ 'a page',               '<!DOCTYPE html><p>',        [@abc], qr/HTML/ ],
	[ 'JSON',                 '[{"c": 1}]',                [@abc], qr/JSON/ ],
	[ 'a quote never closed', "c,t,a\n1,\"2024,1\n2,2,2\n", [@abc], qr/opened in line 2 is never closed/ ],
	[ 'day or month',         "c,t,a\n1,03/04/2024,1\n",  [@abc], qr/--date-order dmy/ ],
	[ 'empty',                '',                         [@abc], qr/is empty/ ],
	[ 'a spreadsheet',        "PK\x03\x04",               [@abc], qr/save the sheet as CSV/ ],
	[ 'a broken archive',     "\x1f\x8b\x08\x00rubbish",  [@abc], qr/cannot be unpacked/ ])
{
	my ($name, $bytes, $options, $like) = @$case;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run([ 'perl', 'demo/read_csv.pl', written('mistake.csv', $bytes), @$options ], '>', \$out, '2>', \$err);
	ok(!$ok, "$name: refused");
	like($err, $like, "$name: says why");
	unlike($err, qr/uninitialized|at (?:\.\/)?demo\//, "$name: in words for a user");
}

# ---------------------------------------------------------------- the made-up shop

$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION crm');
$node->command_ok([ 'psql', '-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('shop'), '-f', 'demo/shop.sql' ], 'the shop is made up');
is($node->safe_psql('shop', q{
	SET timezone = 'UTC';
	SELECT count(*), sum(total), md5(string_agg(o::text, E'\n' ORDER BY order_id)) FROM orders AS o;
	SELECT count(*), sum(amount), md5(string_agg(r::text, E'\n' ORDER BY refund_id)) FROM refunds AS r}),
	"41205|1626717.38|117cc51d897624a7e7696c7fae191fc8\n2403|62693.64|e786d4704592d9c8943fffc7a228ee3f", 'and always the same');

# ---------------------------------------------------------------- real data

SKIP:
{
	my $retail = "$ENV{CRM_DATA}/online_retail/online_retail.csv.gz";
	skip("no $retail", 5) unless -r $retail;
	my ($in, $said) = load_file($retail, options => [ '--customer', 'CustomerID', '--at', 'InvoiceDate', '--amount', 'Quantity*UnitPrice', '--order-id', 'InvoiceNo' ]);
	like($said, qr/^541909\|406829\|135080\|22190\|4372\|8300065.814\|2010-12-01\|2011-12-09$/m, 'Online Retail: all rows accounted for');
	like($said, qr/^no customer\|135080\|1447682\.12\|/m, 'Online Retail: guests');
	like($said, qr/^!!  135080 of 541909 rows \(24\.9 %\) are NOT.*\(17\.8 %\)/ms, 'Online Retail: whose loss is said first');
	like($said, qr/4372 of 4372 customer ids end in "\.0"/, 'Online Retail: ids that are floats');
	$node->safe_psql($in, 'CREATE EXTENSION crm');
	is($node->safe_psql($in, q{
		SELECT count(*), count(*) FILTER (WHERE crm.revenue(h) = sum AND crm.orders(h) = orders)
		FROM (SELECT crm.history_agg(at, amount, 'Europe/London') AS h, sum(amount) AS sum, count(*) FILTER (WHERE amount >= 0) AS orders FROM purchases GROUP BY customer_id) AS x}),
		'4372|4372', 'Online Retail: the histories add up');
}

# ---------------------------------------------------------------- the whole of it, on the smallest shops

# Run the demo as ./dev does, without its server.
sub demo
{
	my ($name, $lines, @options) = @_;
	my $file = written("$name.csv", join("\n", 'c,t,a', @$lines) . "\n");
	my $out  = '';
	local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'shop');
	my $ok = IPC::Run::run([ 'bash', '-euc', q{say() { echo "== $*"; }; die() { echo "dev: $*"; exit 1; }; origin=$PWD bin=$(dirname "$(command -v psql)")
		. demo/run.sh; demo_options "$@"; show_demo}, 'demo', $file, @abc, @options ], '>', \$out, '2>&1');
	return ($ok, $out);
}

foreach my $case (
	[ 'one order',       ['1,2024-05-05,10'] ],
	[ 'one refund',      ['1,2024-05-05,-10'] ],
	[ 'nothing paid',    [ '1,2024-05-05,0', '2,2021-05-05,0' ] ],
	[ 'one day',         [ map { "$_,2024-05-05,$_.50" } 1 .. 30 ] ],
	[ 'nobody returned', [ map { sprintf('%d,2023-%02d-%02d,%d', $_, $_ % 12 + 1, $_ % 28 + 1, $_ % 7 + 3) } 1 .. 40 ] ])
{
	my ($name, $lines) = @$case;
	my ($ok, $out) = demo($name, $lines);
	ok($ok, "$name: the demo runs") or diag($out);
	unlike($out, qr/^-[-+]*\n\n/m, "$name: no table is empty");
	like($out, qr/^   (?:No model can be used|Nobody|Nothing)/m, "$name: what is missing is said");
	unlike($out, qr/error/i, "$name: without an error");
	like($out, qr/^== today is \d{4}-\d\d-\d\d: the day of the last @{[ $name eq 'one refund' ? 'refund' : 'order' ]} in the file/m, "$name: what is today is said");
}
my ($ok, $out) = demo('lost', [ '1,2024-05-05,10', '2,2024-05-06,xxx' ], '--as-of', '2024-06-01');
like($out, qr/^== today is 2024-06-01: as --as-of says/m, 'the day that was asked for is today');
like($out, qr/^== 1 of 2 rows of the file are not in it.*: see the top\n== [^\n]*\n\z/m, 'what is lost is said again at the end');
($ok, $out) = demo('early', ['1,2024-05-05,10'], '--as-of', '2024-01-01');
ok(!$ok, 'a day before all orders is refused');
like($out, qr/no order until then; its last is of 2024-05-05/, 'in words');

$node->stop;
done_testing();
