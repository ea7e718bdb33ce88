# A mart on a physical standby, a mart whose tables are replicated logically, a mart on a subscriber: what
# doc/mart_operations.md says of them.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = new_server('mart_primary', allows_streaming => 'logical');

$primary->safe_psql('postgres', q{
	CREATE EXTENSION crm;
	CREATE TABLE orders (id int PRIMARY KEY, customer_id int, at timestamptz, total numeric);
	INSERT INTO orders SELECT g, g % 200, now() - g % 300 * interval '1 day', g % 97 FROM generate_series(1, 3000) g;
	SELECT crm.create_mart('shop', 'Europe/London', 'GBP');
	SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total');
	SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:300, 2-silver:700');
	SELECT crm.refresh('shop');
});
my @views = split /\n/, $primary->safe_psql('postgres', 'SELECT unnest(crm.mart_views())');
cmp_ok(scalar @views, '==', 11, 'eleven views');

# What a view says, apart from the checks of triggers, which are where the orders are.
sub said
{
	my ($node, $view) = @_;
	my $where = $view eq 'data_quality' ? "WHERE check_name <> 'triggers'" : '';
	return $node->safe_psql('postgres', "SET TimeZone = 'UTC'; SELECT count(*), md5(string_agg(v::text, E'\\n' ORDER BY v::text)) FROM shop.$view v $where");
}

sub same_views
{
	my ($other, $what) = @_;
	is(said($other, $_), said($primary, $_), "$what: $_") foreach @views;
}

my $change = q{
	INSERT INTO orders SELECT g, g % 7, now(), 500 FROM generate_series(%d, %d) g;
	UPDATE orders SET total = total + 1 WHERE id %% 10 = 0;
	DELETE FROM orders WHERE id %% 13 = 0};

# ---------------------------------------------------------------- physical

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('mart_standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->safe_psql('postgres', sprintf $change, 10001, 10050);
$primary->wait_for_catchup($standby);
same_views($standby, 'standby');
is($standby->safe_psql('postgres', q{SELECT * FROM crm.verify('shop')}), '', 'standby: verify runs there, and is empty');
is($standby->safe_psql('postgres', q{SELECT status FROM shop.data_quality WHERE check_name = 'triggers'}), 'ok', 'standby: triggers are seen');
fails_like($standby, 'postgres', q{SELECT * FROM crm.refresh('shop')}, qr/read-only transaction/, 'standby: refresh is for the primary');
fails_like($standby, 'postgres', qq{SELECT * FROM crm.$_}, qr/read-only transaction/, "standby: so is $_") foreach q{preview_tiers('shop', '0-a:1')}, q{rebuild('shop')};

# A standby that takes over is a mart like any other.
$standby->promote;
$standby->safe_psql('postgres', sprintf $change, 11001, 11050);
is($standby->safe_psql('postgres', q{SELECT count(*) FROM crm.refresh('shop'); SELECT * FROM crm.verify('shop')}), '4', 'promoted: the mart goes on');
$standby->stop;

# ---------------------------------------------------------------- logical: the mart runs at home, its tables travel

my $reports = new_server('mart_reports');
my $dir     = PostgreSQL::Test::Utils::tempdir;
$primary->safe_psql('postgres', 'CREATE PUBLICATION shop_mart FOR TABLES IN SCHEMA shop');
$primary->command_ok([ 'pg_dump', '-h', $primary->host, '-p', $primary->port, '--schema-only', '-n', 'shop', '-T', 'shop.source_[0-9]*', '-f', "$dir/shop.sql", 'postgres' ],
	'pg_dump of the mart\'s schema, without the views of the sources');
$reports->safe_psql('postgres', 'CREATE EXTENSION crm');
$reports->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', $reports->host, '-p', $reports->port, '-f', "$dir/shop.sql", 'postgres' ], 'psql makes it on the other server');
my $from = $primary->connstr . ' dbname=postgres';
$reports->safe_psql('postgres', "CREATE SUBSCRIPTION shop_mart CONNECTION '$from' PUBLICATION shop_mart");
$reports->wait_for_subscription_sync($primary, 'shop_mart');
same_views($reports, 'logical, first copy');
$primary->safe_psql('postgres', sprintf $change, 12001, 12050);
# Every command that writes to the mart, settings included.
$primary->safe_psql('postgres', q{
	SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:200, 2-silver:900', step => 'all');
	DO $$ BEGIN PERFORM crm.set_model('shop', churn_days => 60); END $$;
	SELECT crm.set_tier_override('shop', '5', 'silver', current_date + 9, 'test');
	SELECT crm.refresh('shop', refit => true);
	INSERT INTO orders VALUES (20001, NULL, now(), 1);
	TRUNCATE orders;
	INSERT INTO orders SELECT g, g % 50, now() - g % 200 * interval '1 day', g FROM generate_series(1, 500) g;
	SELECT crm.refresh('shop');
	SELECT crm.rebuild('shop');
	DELETE FROM shop.event});
$primary->wait_for_catchup('shop_mart');
same_views($reports, 'logical, changes');
is($reports->safe_psql('postgres', q{SELECT status FROM shop.data_quality WHERE check_name = 'triggers'}), 'problem', 'logical: only the checks of triggers are lost');
$reports->safe_psql('postgres', q{CREATE ROLE analyst LOGIN; SELECT crm.grant_reader('shop', 'analyst')});
is($reports->safe_psql('postgres', 'SELECT count(*) FROM shop.customer_360', extra_params => [ '-U', 'analyst' ]), '50', 'logical: readers of its own');
$reports->safe_psql('postgres', 'DROP SUBSCRIPTION shop_mart');

# ---------------------------------------------------------------- logical: the orders travel, the mart runs there

my $branch = new_server('mart_branch');
$primary->safe_psql('postgres', 'CREATE PUBLICATION shop_orders FOR TABLE orders');
$branch->safe_psql('postgres', q{CREATE EXTENSION crm; CREATE TABLE orders (id int PRIMARY KEY, customer_id int, at timestamptz, total numeric)});
$branch->safe_psql('postgres', "CREATE SUBSCRIPTION shop_orders CONNECTION '$from' PUBLICATION shop_orders");
$branch->wait_for_subscription_sync($primary, 'shop_orders');
$branch->safe_psql('postgres', q{
	SELECT crm.create_mart('shop', 'Europe/London');
	SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total')});
is($branch->safe_psql('postgres', q{SELECT * FROM crm.verify('shop')}), '', 'subscriber: filled');
$primary->safe_psql('postgres', sprintf $change, 30001, 30050);
$primary->wait_for_catchup('shop_orders');
isnt($branch->safe_psql('postgres', q{SELECT * FROM crm.verify('shop')}), '', 'subscriber: what is applied fires no statement trigger, verify tells');
$branch->safe_psql('postgres', q{SELECT crm.rebuild('shop')});
is($branch->safe_psql('postgres', q{SELECT * FROM crm.verify('shop')}), '', 'subscriber: rebuild brings it up to date');
is($branch->safe_psql('postgres', 'SELECT customer_id, orders, revenue FROM shop.customer_360 ORDER BY 1'), $primary->safe_psql('postgres', 'SELECT customer_id, orders, revenue FROM shop.customer_360 ORDER BY 1'), 'subscriber: the same customers');
$branch->safe_psql('postgres', 'DROP SUBSCRIPTION shop_orders');

$_->stop foreach $branch, $reports, $primary;
done_testing();
