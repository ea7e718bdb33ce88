# postgres_fdw with `extensions 'crm'`: the aggregate runs where the rows are, and gives what it gives here.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('fdw');
my ($host, $port) = ($node->host, $node->port);

$node->safe_psql('postgres', 'CREATE DATABASE far');
$node->safe_psql('far', q{
	CREATE EXTENSION crm;
	CREATE TABLE orders AS
	SELECT i % 50 AS customer_id, timestamptz '2023-01-01 00:00 UTC' + i * interval '7 hours 13 minutes' AS ordered_at, round((i * 37 % 1009) / 7.0, 2) AS total,
		date '2023-01-01' + i / 3 AS day, 'Europe/London' AS zone
	FROM generate_series(1, 3000) AS i;
	ANALYZE orders;
	-- The other server's own clock must not matter.
	ALTER DATABASE far SET timezone = 'Asia/Tokyo'});
$node->safe_psql('postgres', qq{
	CREATE EXTENSION crm;
	CREATE EXTENSION postgres_fdw;
	CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'far', extensions 'crm', use_remote_estimate 'true');
	CREATE USER MAPPING FOR CURRENT_USER SERVER far;
	CREATE FOREIGN TABLE orders (customer_id int, ordered_at timestamptz, total numeric, day date, zone text) SERVER far;
	CREATE TABLE near AS SELECT * FROM orders});

sub remote_plan { return $node->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS OFF) $_[0]"); }

my $query = q{SELECT customer_id, crm.history_agg(day, total) AS history FROM %s GROUP BY customer_id};

my $plan = remote_plan(sprintf($query, 'orders'));
like($plan, qr/Remote SQL: SELECT customer_id, crm\.history_agg\(day, total\).*GROUP BY 1/, 'history_agg runs on the other server');
unlike($plan, qr/(Hash|Group)Aggregate/, 'no aggregate of our own');

is($node->safe_psql('postgres', sprintf("SELECT count(*) FROM ($query) a JOIN ($query) b USING (customer_id) WHERE a.history OPERATOR(crm.=) b.history", 'orders', 'near')), 50,
	'all fifty histories are equal to those made here');

# postgres_fdw sends no call with a constant of a collated type (foreign_expr_walker in its deparse.c).
# Hence crm.zone.
my $zoned = q{SELECT customer_id, crm.history_agg(ordered_at, total, zone) AS history FROM %s GROUP BY customer_id};
like(remote_plan(sprintf($zoned, 'orders')), qr/Remote SQL: SELECT customer_id, crm\.history_agg\(ordered_at, total, zone\).*GROUP BY 1/, 'so does it with a zone');
is($node->safe_psql('postgres', sprintf("SELECT count(*) FROM ($zoned) a JOIN ($zoned) b USING (customer_id) WHERE a.history OPERATOR(crm.=) b.history", 'orders', 'near')), 50,
	'and the days are those of the zone, whatever either server thinks');
(my $constant = $zoned) =~ s/zone/'Europe\/London'/;
is($node->safe_psql('postgres', sprintf("SELECT count(*) FROM ($constant) a JOIN ($zoned) b USING (customer_id) WHERE a.history OPERATOR(crm.=) b.history", 'orders', 'near')), 50,
	'as with a constant zone');
like(remote_plan(sprintf($constant, 'orders')), qr/Remote SQL: SELECT customer_id, crm\.history_agg\(ordered_at, total, 'Europe\/London'::crm\.zone\).*GROUP BY 1/, 'which goes along too');

my $accessors = 'SELECT customer_id, crm.revenue(crm.history_agg(day, total)), crm.recency_days(crm.history_agg(day, total), \'2025-12-31\') FROM %s GROUP BY customer_id';
like(remote_plan(sprintf($accessors, 'orders')), qr/Remote SQL: .*crm\.revenue\(crm\.history_agg/, 'accessors go along');
is($node->safe_psql('postgres', sprintf("$accessors ORDER BY 1", 'orders')), $node->safe_psql('postgres', sprintf("$accessors ORDER BY 1", 'near')), 'and agree');

my $having = q{SELECT customer_id FROM orders GROUP BY customer_id HAVING crm.orders(crm.history_agg(day, total)) >= 60};
like(remote_plan($having), qr/Remote SQL: .*HAVING .*crm\.orders/, 'so does HAVING');

# A stored history, filtered where it lies.
$node->safe_psql('far', sprintf("CREATE TABLE customer_history AS $query", 'orders'));
$node->safe_psql('postgres', 'CREATE FOREIGN TABLE customer_history (customer_id int, history crm.history) SERVER far');
my $stored = q{SELECT customer_id, history FROM customer_history WHERE crm.revenue(history) > 4200 AND history OPERATOR(crm.<>) ''};
like(remote_plan($stored), qr/Remote SQL: .*WHERE .*crm\.revenue\(history\)/, 'a condition on a stored history runs there');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM ($stored) AS x"), '>', 0, 'and finds some');
is($node->safe_psql('postgres', sprintf("SELECT count(*) FROM customer_history f JOIN ($query) n USING (customer_id) WHERE f.history OPERATOR(crm.=) n.history", 'near')), 50,
	'stored histories cross the wire unchanged');

# Cuts and scores run where the histories are.
my $cuts = q{SELECT crm.rfm_cuts_agg(history, '2025-12-31', 5) FROM customer_history};
like(remote_plan($cuts), qr/Remote SQL: SELECT crm\.rfm_cuts_agg\(history/, 'rfm_cuts_agg runs on the other server');
is($node->safe_psql('postgres', $cuts), $node->safe_psql('postgres', sprintf("SELECT crm.rfm_cuts_agg(history, '2025-12-31', 5) FROM ($query) AS n", 'near')), 'and gives the cuts it gives here');
like(remote_plan(q{SELECT customer_id FROM customer_history WHERE crm.rfm_score('recency <= 700, purchase_days >= 20, revenue >= 100', history, '2025-12-31') OPERATOR(crm.<@) '2**'::crm.segment}),
	qr/Remote SQL: .*WHERE .*crm\.rfm_score\('recency.*, history, .* OPERATOR\(crm\.<@\)/, 'so does a condition on the segment');

# Without the option nothing of ours may be sent.
$node->safe_psql('postgres', "ALTER SERVER far OPTIONS (DROP extensions)");
unlike(remote_plan(sprintf($query, 'orders')), qr/Remote SQL: .*history_agg/, 'without the option it stays here');

$node->stop;
done_testing();
