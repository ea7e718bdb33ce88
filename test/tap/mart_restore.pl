# A restored mart says what it said: every table and view, comments, readers' rights; the ways of
# doc/mart_operations.md to restore a schema first and its data later; DROP EXTENSION leaves the shop at work.
# (mart_dump.pl looks at what is inside, and at replication.)
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node    = new_server('mart_restore');
my $dir     = PostgreSQL::Test::Utils::tempdir;
my @connect = ('-h', $node->host, '-p', $node->port);
my @owner   = (extra_params => [ '-U', 'keeper' ]);

# ---------------------------------------------------------------- a shop of somebody who is no superuser

$node->safe_psql('postgres', 'CREATE ROLE keeper LOGIN; CREATE ROLE analyst LOGIN; CREATE DATABASE origin OWNER keeper');
$node->safe_psql('origin', q{
	CREATE EXTENSION crm;
	CREATE SCHEMA sales;
	CREATE TABLE sales.orders (id int, customer_id text, at timestamptz, total numeric, status text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	CREATE TABLE sales.orders_old PARTITION OF sales.orders FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
	CREATE TABLE sales.orders_new PARTITION OF sales.orders FOR VALUES FROM ('2024-01-01') TO (MAXVALUE);
	CREATE TABLE sales.refunds (id int PRIMARY KEY, customer_id text, at timestamptz, total numeric);
	CREATE TABLE sales.visits (id int PRIMARY KEY, customer_id text, at timestamptz, total numeric);
	INSERT INTO sales.orders SELECT g, 'c' || g % 200, timestamptz '2023-01-01 UTC' + g * interval '3 hours', g % 97 + 0.5, CASE WHEN g % 50 = 0 THEN 'cancelled' ELSE 'paid' END FROM generate_series(1, 6000) g;
	SELECT crm.create_mart('shop', 'Europe/London', 'GBP');
	SELECT crm.add_source('shop', 'sales.orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total', condition => $$status <> 'cancelled'$$);
	SELECT crm.add_source('shop', 'sales.refunds', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total', refunds => true);
	SELECT crm.add_source('shop', 'sales.visits', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total', queued => true);
	SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:500, 2-silver:1500', window_days => NULL);
	SELECT crm.set_tier_override('shop', 'c7', 'silver', current_date + 30, 'a friend of the house');
	SELECT * FROM crm.refresh('shop', '2024-12-31');
	SELECT crm.grant_reader('shop', 'analyst');
	INSERT INTO sales.orders VALUES (7001, NULL, now(), 5, 'paid'), (7002, 'c1', now(), 'NaN', 'paid');
	INSERT INTO sales.refunds SELECT g, 'c' || g, now(), 3 FROM generate_series(1, 20) g;
	INSERT INTO sales.visits SELECT g, 'c' || g, now(), 1 FROM generate_series(1, 20) g;
}, @owner);

# Everything that the mart holds and says, in order.
sub state_of
{
	my ($db) = @_;
	my @tables = split /\n/, $node->safe_psql($db, q{
		SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind IN ('r', 'v') ORDER BY c.relname});
	return $node->safe_psql($db, q{SET TimeZone = 'UTC'; SELECT obj_description(c.oid, 'pg_class'), relacl::text FROM pg_class c WHERE c.relnamespace = 'shop'::regnamespace ORDER BY relname;
		SELECT proname, prosrc, proconfig, proacl::text FROM pg_proc WHERE pronamespace = 'shop'::regnamespace ORDER BY 1;
		SELECT tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2;
		SELECT c.relname, col_description(c.oid, a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'shop'::regnamespace ORDER BY 1, a.attnum;}
		. join('', map { "SELECT '$_', t::text FROM $_ t ORDER BY 2;" } @tables));
}
my $before = state_of('origin');
like($before, qr/NaN|no customer/, 'the mart has bad rows too');
is($node->safe_psql('origin', q{SELECT count(*) FROM shop.queue}), '20', 'and a queue');

# As it was; and it goes on: every source, the queue, a partition by itself, refresh.
sub restored
{
	my ($db, $what) = @_;
	my (%was, %is);
	$was{$_}++ foreach split /\n/, $before;
	$is{$_}++  foreach split /\n/, state_of($db);
	my @lost = grep { ($is{$_} // 0) < $was{$_} } sort keys %was;
	my @odd  = grep { ($was{$_} // 0) < $is{$_} } sort keys %is;
	ok(!@lost && !@odd, "$what: equal") or diag(join "\n", (map { "lost: $_" } splice @lost, 0, 9), (map { "odd: $_" } splice @odd, 0, 9));
	is($node->safe_psql($db, q{SELECT * FROM crm.verify('shop')}, @owner), '', "$what: verify is empty");
	is($node->safe_psql($db, q{SELECT check_name, subject FROM shop.data_quality WHERE status = 'problem'}), '', "$what: data_quality sees no problem");
	is($node->safe_psql($db, q{
		INSERT INTO sales.orders VALUES (8001, 'new', now(), 2000, 'paid');
		INSERT INTO sales.orders_old VALUES (8002, 'new', '2023-05-05', 1, 'paid');
		DELETE FROM sales.refunds WHERE id < 10;
		UPDATE sales.visits SET total = 2;
		TRUNCATE sales.orders_new;
		INSERT INTO sales.orders VALUES (8003, 'new', now(), 3, 'paid');
		SELECT orders, revenue, tier FROM shop.customer_360 WHERE customer_id = 'new';}, @owner), '2|4.00|silver', "$what: an order is in the mart at once");
	is($node->safe_psql($db, q{SELECT crm.drain('shop') > 0; SELECT count(*) FROM crm.refresh('shop'); SELECT * FROM crm.verify('shop')}, @owner), "t\n4", "$what: drain, refresh, verify");
	is($node->safe_psql($db, q{SELECT count(*) > 100 FROM shop.customer_360}, extra_params => [ '-U', 'analyst' ]), 't', "$what: the reader reads");
	fails_like($node, $db, 'SELECT * FROM sales.orders', qr/permission denied/, "$what: nothing else", extra_params => [ '-U', 'analyst' ]);
}

$node->safe_psql('postgres', "CREATE DATABASE $_ OWNER keeper") foreach qw(plain parallel parts replica_role owner by_hand twice);

$node->command_ok([ 'pg_dump', @connect, '-f', "$dir/plain.sql", 'origin' ], 'pg_dump, plain');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connect, '-f', "$dir/plain.sql", 'plain' ], 'psql restores it');
restored('plain', 'plain');

$node->command_ok([ 'pg_dump', @connect, '-Fd', '-j2', '-f', "$dir/folder", 'origin' ], 'pg_dump, folder, two jobs');
$node->command_ok([ 'pg_restore', @connect, '--exit-on-error', '-j2', '-d', 'parallel', "$dir/folder" ], 'pg_restore, two jobs');
restored('parallel', 'two jobs');

# As the owner, who is no superuser.
$node->command_ok([ 'pg_dump', @connect, '-U', 'keeper', '-Fc', '-f', "$dir/owner", 'origin' ], 'pg_dump as the owner');
$node->command_ok([ 'pg_restore', @connect, '-U', 'keeper', '--exit-on-error', '-d', 'owner', "$dir/owner" ], 'pg_restore as the owner');
restored('owner', 'as the owner');

# ---------------------------------------------------------------- schema, then data

$node->command_ok([ 'pg_dump', @connect, '--schema-only', '-f', "$dir/schema.sql", 'origin' ], 'pg_dump, schema only');
$node->command_ok([ 'pg_dump', @connect, '--data-only', '--disable-triggers', '-f', "$dir/data.sql", 'origin' ], 'pg_dump, data only, triggers disabled meanwhile');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connect, '-f', "$dir/schema.sql", '-f', "$dir/data.sql", 'parts' ], 'psql restores both');
restored('parts', 'schema, then data without triggers');

$node->command_ok([ 'pg_dump', @connect, '--data-only', '-f', "$dir/bare.sql", 'origin' ], 'pg_dump, data only');
{
	local $ENV{PGOPTIONS} = '-c session_replication_role=replica';
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connect, '-f', "$dir/schema.sql", '-f', "$dir/bare.sql", 'replica_role' ], 'psql restores it, in the role of a replica');
}
restored('replica_role', 'schema, then data in the role of a replica');

# As the owner: the triggers off and on by hand. The statements are those of doc/mart_operations.md.
$node->command_ok([ 'pg_dump', @connect, '-U', 'keeper', '--schema-only', '-f', "$dir/owner_schema.sql", 'origin' ], 'pg_dump as the owner, schema only');
$node->command_ok([ 'pg_dump', @connect, '-U', 'keeper', '--data-only', '-f', "$dir/owner_data.sql", 'origin' ], 'pg_dump as the owner, data only');
my $switch = q{SELECT DISTINCT format('ALTER TABLE %%s %s TRIGGER USER', tgrelid::regclass) FROM pg_trigger WHERE tgname LIKE 'crm\_%%' AND NOT tgisinternal \gexec};
append_to_file("$dir/off.sql", sprintf($switch, 'DISABLE') . "\n");
append_to_file("$dir/on.sql",  sprintf($switch, 'ENABLE') . "\n");
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connect, '-U', 'keeper', (map { ('-f', "$dir/$_.sql") } qw(owner_schema off owner_data on)), 'by_hand' ],
	'psql restores both as the owner, with the triggers off meanwhile');
restored('by_hand', 'schema, then data as the owner');

# What not to do, and the way out: triggers and dump both bring the histories.
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connect, '-f', "$dir/schema.sql", 'twice' ], 'once more, with triggers');
my (undef, undef, $stderr) = $node->psql('twice', "\\i $dir/bare.sql", on_error_stop => 0);
like($stderr, qr/duplicate key/, 'data with triggers: the histories come twice, and the second are refused');
$node->safe_psql('twice', q{SELECT crm.rebuild('shop')}, @owner);
is($node->safe_psql('twice', q{SELECT * FROM crm.verify('shop')}, @owner), '', 'data with triggers: rebuild mends it');

# ---------------------------------------------------------------- DROP EXTENSION

fails_like($node, 'plain', 'DROP EXTENSION crm', qr/other objects depend on it/, 'DROP EXTENSION with a mart in place');
$node->safe_psql('plain', 'DROP EXTENSION crm CASCADE');
is($node->safe_psql('plain', 'SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal'), '0', 'DROP EXTENSION CASCADE takes the triggers');
is($node->safe_psql('plain', q{SELECT count(*) FROM pg_proc WHERE pronamespace = 'shop'::regnamespace}), '0', 'and the functions of the mart');
$node->safe_psql('plain', q{
	INSERT INTO sales.orders VALUES (9001, 'x', now(), 1, 'paid');
	UPDATE sales.orders SET total = 2 WHERE id = 9001;
	DELETE FROM sales.orders WHERE id = 9001;
	TRUNCATE sales.refunds}, @owner);
ok(1, 'the shop goes on');
$node->safe_psql('plain', 'DROP SCHEMA shop CASCADE', @owner);
is($node->safe_psql('plain', q{CREATE EXTENSION crm; SELECT crm.create_mart('shop', 'Europe/London');
	SELECT crm.add_source('shop', 'sales.orders', order_id => 'id', customer_id => 'customer_id', at => 'at', amount => 'total');
	SELECT * FROM crm.verify('shop')}, @owner), "\n1", 'and can have a mart again');

$node->stop;
done_testing();
