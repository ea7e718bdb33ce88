# What a BI tool does with a mart, over the made-up shop: as a reader of its own, without crm on any path, it
# lists tables and comments, reads every view as text, CSV and binary, filters with parameters, nests.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('mart_clients');
my $dir  = PostgreSQL::Test::Utils::tempdir;

$node->safe_psql('postgres', 'CREATE EXTENSION crm; CREATE ROLE metabase LOGIN; ALTER ROLE metabase SET default_transaction_read_only = on');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', $node->host, '-p', $node->port, '-d', 'postgres', '-f', 'demo/shop.sql' ], 'the made-up shop');
$node->safe_psql('postgres', q{
	UPDATE orders SET ordered_at = ordered_at + (date_trunc('day', now()) - timestamptz '2025-06-30');
	UPDATE refunds SET refunded_at = refunded_at + (date_trunc('day', now()) - timestamptz '2025-06-30');
	SELECT crm.create_mart('shop', 'Europe/London', 'GBP');
	SELECT crm.add_source('shop', 'orders', order_id => 'order_id', customer_id => 'customer_id', at => 'ordered_at', amount => 'total', condition => $$status <> 'cancelled'$$);
	SELECT crm.add_source('shop', 'refunds', order_id => 'refund_id', customer_id => 'customer_id', at => 'refunded_at', amount => 'amount', refunds => true);
	SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:100, 2-silver:500, 3-gold:2000', as_of => current_date - 60);
	SELECT crm.refresh('shop', current_date - 30);
	SELECT crm.refresh('shop');
	SELECT crm.grant_reader('shop', 'metabase')});
my @reader = (extra_params => [ '-U', 'metabase' ]);

my @views = split /\n/, $node->safe_psql('postgres', q{
	SELECT table_name FROM information_schema.views WHERE table_schema = 'shop' AND table_name NOT IN ('chunk', 'customer_history') ORDER BY 1}, @reader);
is(scalar @views, 11, 'the reader finds the views in the information schema: ' . join ' ', @views);

foreach my $view (@views)
{
	my $columns = $node->safe_psql('postgres', qq{
		SELECT string_agg(column_name, ',' ORDER BY ordinal_position), bool_and(col_description('shop.$view'::regclass, ordinal_position) <> ''), bool_and(data_type IN ('text', 'integer', 'bigint', 'numeric', 'date'))
		FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = '$view'}, @reader);
	my ($names) = $columns =~ /(.*)\|t\|t$/;
	ok($names, "$view: columns of types that every tool knows, with comments");

	# CSV and back: nothing is lost or changed.
	my $rows = $node->safe_psql('postgres', "COPY (SELECT * FROM shop.$view) TO STDOUT (FORMAT csv, HEADER)", @reader);
	append_to_file("$dir/$view.csv", "$rows\n");
	like($rows, qr/^\Q$names\E\n/, "$view: CSV has a header");
	cmp_ok(scalar(split /\n/, $rows), '>', 3, "$view: CSV has rows");
	unlike($rows, qr/\b(NaN|Infinity)\b/i, "$view: no NaN, no infinity");
	is($node->safe_psql('postgres', qq{
		CREATE TEMP TABLE back (LIKE shop.$view);
		COPY back FROM '$dir/$view.csv' (FORMAT csv, HEADER);
		COPY (SELECT * FROM shop.$view) TO '$dir/$view.bin' (FORMAT binary);
		COPY back FROM '$dir/$view.bin' (FORMAT binary);
		SELECT count(*) FROM (SELECT back::text FROM back EXCEPT ALL (SELECT v::text FROM shop.$view v UNION ALL SELECT v::text FROM shop.$view v)) x;
		SELECT count(*) > 0 FROM back}), "0\nt", "$view: CSV and binary come back equal");

	# As tools write it: a question inside a question, a page of it.
	my ($first) = split /,/, $names;
	is($node->safe_psql('postgres', qq{SELECT count(*) FROM (SELECT "source"."$first" AS "$first", count(*) AS "count" FROM (SELECT * FROM "shop"."$view") "source" GROUP BY "source"."$first" ORDER BY "source"."$first" ASC LIMIT 2) q}, @reader),
		2, "$view: nested, grouped, limited") unless $node->safe_psql('postgres', "SELECT count(DISTINCT $first) FROM shop.$view") < 2;
}

# Parameters as drivers send them: with a type, or without.
is($node->safe_psql('postgres', q{PREPARE one (int) AS SELECT customer_id FROM shop.customer_360 WHERE customer_id = $1; EXECUTE one (42);
	PREPARE many AS SELECT count(*) > 0 FROM shop.customer_360 WHERE tier = $1 AND tier_rank >= $2 AND last_order > $3 AND segment = ANY ($4); EXECUTE many ('gold', 3, '2000-01-01', '{Champions,Loyal}')}, @reader),
	"42\nt", 'parameters');
# Views need no right on crm's schema; data_quality does, it asks crm about triggers. By default everybody has it.
$node->safe_psql('postgres', 'REVOKE USAGE ON SCHEMA crm FROM PUBLIC');
$node->safe_psql('postgres', "SELECT count(*) FROM shop.$_", @reader) foreach grep { $_ ne 'data_quality' } @views;
fails_like($node, 'postgres', 'SELECT * FROM shop.data_quality', qr/permission denied for schema crm/, 'data_quality without any right on crm', @reader);
$node->safe_psql('postgres', 'GRANT USAGE ON SCHEMA crm TO PUBLIC');

# The parts add up to the whole.
is($node->safe_psql('postgres', q{
	SELECT (SELECT sum(customers) FROM shop.tier_summary), (SELECT sum(customers) FROM shop.segment_summary), (SELECT sum(customers) FROM shop.rfm_heatmap),
		(SELECT sum(customers) FROM shop.cohort_retention WHERE months_since = 0), (SELECT customers FROM shop.revenue_concentration WHERE percentile = 100), (SELECT count(*) FROM shop.customer_360)}, @reader),
	join('|', ($node->safe_psql('postgres', q{SELECT count(DISTINCT customer_id) FROM orders WHERE status <> 'cancelled'})) x 6), 'every view counts the same customers');
is($node->safe_psql('postgres', q{
	SELECT sum(revenue) = (SELECT sum(total) FROM orders WHERE status <> 'cancelled') - (SELECT sum(amount) FROM refunds), sum(revenue) = (SELECT sum(revenue) FROM shop.tier_summary), sum(revenue) = (SELECT sum(revenue) FROM shop.segment_summary)
	FROM shop.customer_360}), 't|t|t', 'and the same money, to the penny');

$node->stop;
done_testing();
