# pg_cron schedules refresh and drain, as doc/mart_operations.md shows it.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('mart_cron');
plan skip_all => 'no pg_cron here' unless $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'});
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'postgres'\ncron.use_background_workers = on\n");
$node->restart;

$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_cron;
	CREATE EXTENSION crm;
	CREATE ROLE keeper LOGIN;
	GRANT USAGE ON SCHEMA cron, crm TO keeper;
	GRANT CREATE ON DATABASE postgres TO keeper;
	GRANT CREATE ON SCHEMA public TO keeper});
my @owner = (extra_params => [ '-U', 'keeper' ]);
$node->safe_psql('postgres', q{
	CREATE TABLE orders (id int PRIMARY KEY, customer_id int, at timestamptz, total numeric);
	INSERT INTO orders SELECT g, g % 20, now() - g * interval '1 day', g FROM generate_series(1, 400) g;
	SELECT crm.create_mart('shop', 'Europe/London');
	SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total', queued => true);
	INSERT INTO orders VALUES (1001, 1, now(), 5);
	SELECT cron.schedule('shop: drain', '* * * * *', $$SELECT crm.drain('shop')$$);
	SELECT cron.schedule('shop: refresh', '* * * * *', $$SELECT * FROM crm.refresh('shop')$$);
}, @owner);
is($node->safe_psql('postgres', 'SELECT count(*) FROM shop.queue'), '1', 'a change waits');
ok($node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM shop.snapshot}), 'pg_cron refreshes the mart');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM shop.queue}), 'and drains its queue');
is($node->safe_psql('postgres', q{SELECT DISTINCT username, status FROM cron.job_run_details WHERE status NOT IN ('starting', 'running')}), 'keeper|succeeded', 'as the owner, without an error');
is($node->safe_psql('postgres', q{SELECT value, status FROM shop.data_quality WHERE check_name = 'days since the last refresh'}), '0|ok', 'data_quality knows');

$node->stop;
done_testing();
