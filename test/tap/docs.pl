# The SQL of README.md and doc/*.md runs, and comes out as the page shows it.
#
# A page has a database of its own, with the extension and the made-up shop of ./dev demo, after test/docs/PAGE.sql
# if there is one. Its ```sql blocks run in one session; a bare ``` block that follows one is what psql must print,
# but for blanks at the ends of lines. <!-- not run: reason --> in the line above leaves a block out.
# With CRM_DOCS_UPDATE=1 what comes out is written into the pages.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $update = $ENV{CRM_DOCS_UPDATE};
my %count  = (pages => 0, run => 0, compared => 0);
my (@not_run, %named);

my $node = new_server('docs');
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION crm');
$node->command_ok([ psql_on('shop'), '-1', '-v', 'ON_ERROR_STOP=1', '-f', 'demo/shop.sql' ], 'the shop of the examples');

test_page($_) foreach 'README.md', sort glob 'doc/*.md';

my $names = join ',', sort keys %named;
my @missing = split /\n/, $node->safe_psql('shop',
	"SELECT name FROM unnest('{$names}'::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_proc WHERE proname = name)");
is(join(', ', map { "$_ in $named{$_}" } @missing), '', 'every function that is named in a page is there');

$node->stop;
diag("$count{pages} pages, $count{run} blocks run, $count{compared} outputs compared, " . @not_run . ' blocks not run');
diag("   $_") foreach @not_run;
done_testing();

sub psql_on { return ('psql', '-X', '-q', '-P', 'footer=off', '-d', $node->connstr($_[0])); }

# The functions in the code spans of a page's prose, `name(…)`.
sub functions_of
{
	my ($text) = @_;
	$text =~ s/^```.*?^```$//gms;
	return map { /\b([a-z_][a-z_0-9]*)\(/g } $text =~ /`([^`\n]+)`/g;
}

# The blocks that run: where they begin, the SQL, and where one is shown the output and its place in the text.
sub blocks_of
{
	my ($page, $text) = @_;
	my @blocks;
	my $end = -1;
	while ($text =~ /^(?:<!-- not run: ([^\n]+) -->\n)?^```(\w*)\n(.*?)^```$/gms)
	{
		my ($why, $language, $body, $at, $from, $to) = ($1, $2, $3, $-[3], $-[0], $+[0]);
		my $line = substr($text, 0, $at) =~ tr/\n//;
		if (defined $why) { push @not_run, "$page:$line: $why"; }
		elsif ($language eq 'sql') { push @blocks, { line => $line, sql => $body }; }
		elsif ($language eq '')
		{
			if ($end >= 0 && substr($text, $end, $from - $end) !~ /\S/) { @{ $blocks[-1] }{qw(shown at length)} = ($body, $at, length $body); }
			else { fail("$page:$line: output after no SQL (other text is ```text)"); }
		}
		$end = $language eq 'sql' && !defined $why ? $to : -1;
	}
	return @blocks;
}

# What psql prints for each of them.
sub outputs_of
{
	my ($db, @blocks) = @_;
	my ($script, $out) = ('', '');
	$script .= "\\echo \@block\@\n$_->{sql}" foreach @blocks;
	# As it would be on a terminal: stderr where it happened, no notices.
	local $ENV{PGOPTIONS} = '-c client_min_messages=warning';
	IPC::Run::run([ psql_on($db) ], '<', \$script, '>', \$out, '2>&1');
	my (undef, @out) = split /^\@block\@\n/m, $out, -1;
	return map { tidy($_) } @out;
}

sub tidy
{
	my ($text) = @_;
	$text =~ s/[ \t]+$//gm;
	$text =~ s/\s*\z/\n/;
	return $text;
}

sub test_page
{
	my ($page) = @_;
	my $text   = slurp_file($page);
	$named{$_} = $page foreach functions_of($text);
	my @blocks = blocks_of($page, $text) or return;
	my ($name) = $page =~ /(\w+)\.md$/;
	my ($db, $setup) = ("page_\L$name", "test/docs/$name.sql");

	$count{pages}++;
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE shop");
	$node->command_ok([ psql_on($db), '-v', 'ON_ERROR_STOP=1', '-f', $setup ], "$page: $setup") if -e $setup;

	my @out = outputs_of($db, @blocks);
	my $right = 1;
	foreach my $block (@blocks)
	{
		my $out  = shift @out // "the session has ended\n";
		my $what = "$page:$block->{line}";
		$count{run}++;
		# An error is right where the page shows one.
		unless (($block->{shown} // '') =~ /^ERROR/m
			|| unlike($out, qr/^(?:ERROR|FATAL|WARNING|invalid command|the session has ended)/m, "$what: runs"))
		{
			$right = 0;
			next;
		}
		next unless defined $block->{shown};
		$count{compared}++;
		is($out, tidy($block->{shown}), "$what: gives what is shown") unless $update;
		$block->{shown} = $out;
	}
	return unless $update && $right;
	substr($text, $_->{at}, $_->{length}) = $_->{shown} foreach reverse grep { defined $_->{shown} } @blocks;
	open(my $file, '>:raw', $page) or die "$page: $!";
	print $file $text;
	close $file;
}
