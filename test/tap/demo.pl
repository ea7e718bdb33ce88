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
	my @load = ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($db), '-v', 'zone=' . ($o{zone} // 'UTC'), '-v', 'datestyle=' . ($o{datestyle} // 'ISO, YMD'),
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
	'a1;2024-01-06;1.5;2;a point where commas are',
	'a1;2024-01-06;1e30;2;too much',
	'a1;2024-01-06;0,123456789;2;too fine',
	"a1;2024-01-06;1.234,5;3;\"kept: two\nlines; and \"\"quotes\"\"\"",
	"b\xff;2024-01-06;1;3;not UTF-8",
	'a2;2024-01-06;1;3;one;too many',
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
	'no customer' => 1, 'no time' => 1, 'time cannot be read' => 3, 'time before 1900 or after 2199' => 1, 'no amount' => 1, 'amount is not a number' => 2,
	'amount is NaN or infinite' => 2, 'amount of a quadrillion or more' => 1, 'amount with more than 8 decimals' => 1, 'not UTF-8 text' => 1, 'broken quoting' => 1,
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
	[ 'day first',               "c,t,a\n1,05/01/2024,1.5\n",                  [ @abc, '--date-order', 'dmy' ], 'ISO, DMY' ],
	[ 'month first',             "c,t,a\n1,01/05/2024,1.5\n",                  [ @abc, '--date-order', 'mdy' ], 'ISO, MDY' ],
	[ 'its own time zone',       "c,t,a\n1,2024-01-05T23:59:59-00:00,1.5\n",   [@abc] ])
{
	my ($name, $bytes, $options, $datestyle) = @$case;
	my ($in) = load_file(written("$name.csv", $bytes), options => $options, datestyle => $datestyle);
	like(amounts($in), qr/^1 2024-01-05 1\.50?$/, $name);
}

my ($float) = load_file(written('float.csv', "c,t,a\n7.0,2024-01-05,1\n7,2024-01-05,2\n"), options => [@abc]);
is(amounts($float), '7 2024-01-05 2, 7.0 2024-01-05 1', 'ids are not made equal behind the owner\'s back');

# ---------------------------------------------------------------- mistakes

foreach my $case (
	[ 'no such column',       "c,t,a\n",                  [ '--customer', 'x', '--at', 't', '--amount', 'a' ], qr/no column is called 'x'.*'c', 't', 'a'/s ],
	[ 'no such factor',       "c,t,a\n",                  [ '--customer', 'c', '--at', 't', '--amount', 'a*pg_sleep(1)' ], qr/no column is called 'pg_sleep\(1\)'/ ],
	[ 'two of one name',      "c,t,a,a\n",                [@abc], qr/several columns are called a.*#3, #4/ ],
	[ 'nothing asked',        "c,t,a\n",                  [], qr/--customer COLUMN is missing.*'c', 't', 'a'/s ],
	[ 'no delimiter',         "c t a\n",                  [@abc], qr/--delimiter space/ ],
	[ 'two delimiters',       "c,t;a\n",                  [@abc], qr/could be read in two ways/ ],
	[ 'a quote never closed', "c,t,a\n1,\"2024,1\n2,2,2\n", [@abc], qr/opened in line 2 is never closed/ ],
	[ 'day or month',         "c,t,a\n1,03/04/2024,1\n",  [@abc], qr/--date-order dmy/ ],
	[ 'empty',                '',                         [@abc], qr/is empty/ ],
	[ 'a spreadsheet',        "PK\x03\x04",               [@abc], qr/save the sheet as CSV/ ],
	[ 'UTF-16',               "\xff\xfec\0",              [@abc], qr/iconv/ ],
	[ 'a broken archive',     "\x1f\x8b\x08\x00rubbish",  [@abc], qr/cannot be unpacked/ ])
{
	my ($name, $bytes, $options, $like) = @$case;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run([ 'perl', 'demo/read_csv.pl', written('mistake.csv', $bytes), @$options ], '>', \$out, '2>', \$err);
	ok(!$ok, "$name: refused");
	like($err, $like, "$name: says why");
	unlike($err, qr/uninitialized|at demo\//, "$name: in words for a user");
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
	skip("no $retail", 4) unless -r $retail;
	my ($in, $said) = load_file($retail, options => [ '--customer', 'CustomerID', '--at', 'InvoiceDate', '--amount', 'Quantity*UnitPrice', '--order-id', 'InvoiceNo' ]);
	like($said, qr/^541909\|406829\|135080\|22190\|4372\|8300065.814\|2010-12-01\|2011-12-09$/m, 'Online Retail: all rows accounted for');
	like($said, qr/^no customer\|135080\|1447682\.12\|/m, 'Online Retail: guests');
	like($said, qr/4372 of 4372 customer ids end in "\.0"/, 'Online Retail: ids that are floats');
	$node->safe_psql($in, 'CREATE EXTENSION crm');
	is($node->safe_psql($in, q{
		SELECT count(*), count(*) FILTER (WHERE crm.revenue(h) = sum AND crm.orders(h) = orders)
		FROM (SELECT crm.history_agg(at, amount, 'Europe/London') AS h, sum(amount) AS sum, count(*) FILTER (WHERE amount >= 0) AS orders FROM purchases GROUP BY customer_id) AS x}),
		'4372|4372', 'Online Retail: the histories add up');
}

$node->stop;
done_testing();
