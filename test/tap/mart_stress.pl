# Eight writers on overlapping customers, with savepoints and rollbacks, a row trigger that updates its own
# row, a drain and a refresh beside them; then the same with the server killed in the middle. Afterwards
# the mart equals a fresh computation, and no statement met a deadlock.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Run qw(start finish);

my $writers      = 8;
my $transactions = $ENV{CRM_STRESS_TRANSACTIONS} || 150;
my $node         = new_server('stress');

$node->safe_psql('postgres', q{
	CREATE EXTENSION crm;
	CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int, day date, total numeric, status text, note text);
	CREATE TABLE refunds (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int, day date, total numeric);
	CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int, day date, total numeric);
	CREATE FUNCTION own_row() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		UPDATE orders SET total = total + 0.5, customer_id = coalesce(customer_id, 1) WHERE id = NEW.id;
		RETURN NULL;
	END $$;
	CREATE TRIGGER own_row AFTER INSERT ON orders FOR EACH ROW WHEN (NEW.note = 'own') EXECUTE FUNCTION own_row();
	INSERT INTO orders (customer_id, day, total, status) SELECT g % 30, date '2022-01-01' + g % 900, g % 97, 'paid' FROM generate_series(1, 1000) g;
	SELECT crm.create_mart('shop', 'UTC');
	SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'total', condition => $$status <> 'cancelled'$$);
	SELECT crm.add_source('shop', 'refunds', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'total', refunds => true);
	SELECT crm.add_source('shop', 'visits', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'total', queued => true);
	SELECT crm.set_tiers('shop', '0-none:0, 1-some:3000, 2-more:6000', window_days => NULL);
});

# A transaction of one statement: the mart itself must not bring two of them into a circle. Its own rows
# are the writer's (id modulo writers): what the source's row locks do is not the mart's.
sub statement
{
	my ($writer) = @_;
	my @customer = map { rand() < 0.02 ? 'NULL' : int(rand(40)) } 1 .. 6;
	my @day      = map { sprintf "date '2022-01-01' + %d", rand(1500) } 1 .. 6;
	my $mine     = sprintf 'id %% %d = %d AND id %% 17 = %d', $writers, $writer, rand(17);
	my @all      = (
		sub { "INSERT INTO orders (customer_id, day, total, status) VALUES ($customer[0], $day[0], " . int(rand(1000)) / 10 . ", 'paid')" },
		sub { "INSERT INTO orders (customer_id, day, total, status) VALUES " . join(', ', map { "($customer[$_], $day[$_], " . int(rand(1000)) / 10 . ", 'paid')" } 0 .. 5) },
		sub { "INSERT INTO orders (customer_id, day, total, status, note) VALUES ($customer[0], $day[0], 10, 'paid', 'own')" },
		sub { "UPDATE orders SET customer_id = $customer[0] WHERE $mine" },
		sub { "UPDATE orders SET day = $day[0], total = total + 1 WHERE $mine" },
		sub { "UPDATE orders SET status = CASE status WHEN 'paid' THEN 'cancelled' ELSE 'paid' END WHERE $mine" },
		sub { "UPDATE orders SET note = 'nothing' WHERE $mine" },
		sub { "UPDATE orders SET total = CASE WHEN random() < 0.1 THEN 'NaN' ELSE 5.0 END WHERE $mine" },
		sub { "DELETE FROM orders WHERE $mine AND random() < 0.3" },
		sub { "INSERT INTO refunds (customer_id, day, total) SELECT $customer[0], $day[0], g FROM generate_series(1, 3) g" },
		sub { "DELETE FROM refunds WHERE $mine" },
		sub { "INSERT INTO visits (customer_id, day, total) VALUES ($customer[0], $day[0], 1), ($customer[1], $day[1], 2)" },
		sub { "DELETE FROM visits WHERE $mine" });
	return $all[ rand @all ]->();
}

# What a writer does: single statements; now and then a transaction of several with savepoints, after
# which a deadlock would be the application's own, so it keeps to one customer and year.
sub script
{
	my ($writer) = @_;
	my $sql = '';
	foreach my $i (1 .. $transactions)
	{
		if (rand() < 0.2)
		{
			my ($customer, $day) = (int(rand(40)), 1 + int(rand(28)));
			my $insert = "INSERT INTO orders (customer_id, day, total, status) VALUES ($customer, '2023-05-$day', " . int(rand(1000)) / 10 . ", 'paid');\n";
			$sql .= "BEGIN;\n$insert SAVEPOINT a;\n$insert" . (rand() < 0.5 ? "ROLLBACK TO a;\n" : "RELEASE a;\n") . $insert . (rand() < 0.3 ? "ROLLBACK;\n" : "COMMIT;\n");
		}
		else
		{
			my $s = statement($writer);
			$sql .= rand() < 0.1 ? "BEGIN;\n$s;\nROLLBACK;\n" : "$s;\n";
		}
	}
	return $sql;
}

# Start a psql with a script (from a file: a psql whose server dies reads no further); its errors are kept.
sub psql_start
{
	my ($sql) = @_;
	my %run = (out => '', err => '', file => PostgreSQL::Test::Utils::tempdir . '/script');
	open(my $file, '>', $run{file}) or die "$run{file}: $!";
	print $file $sql;
	close $file;
	$run{handle} = start([ 'psql', '-XqAt', '-d', $node->connstr('postgres'), '-f', $run{file} ], '>', \$run{out}, '2>', \$run{err});
	return \%run;
}

sub difference
{
	my ($name) = @_;
	is($node->safe_psql('postgres', q{SELECT * FROM crm.verify('shop')}), '', "$name: verify finds no difference");
	is($node->safe_psql('postgres', q{
		WITH expected AS (
			SELECT customer_id, sum(amount) AS amount, sum(n) AS n FROM (
				SELECT customer_id, total AS amount, 1 AS n FROM orders WHERE status <> 'cancelled' AND total <> 'NaN'
				UNION ALL SELECT customer_id, -total, 0 FROM refunds
				UNION ALL SELECT customer_id, total, 1 FROM visits) AS a
			WHERE customer_id IS NOT NULL GROUP BY 1)
		SELECT customer_id, e.amount, crm.revenue(h.history), e.n, crm.orders(h.history)
		FROM expected e FULL JOIN shop.customer_history h USING (customer_id)
		WHERE coalesce(e.amount, 0) <> coalesce(crm.revenue(h.history), 0) OR coalesce(e.n, 0) <> coalesce(crm.orders(h.history), 0)}), '', "$name: equal to plain SQL");
	is($node->safe_psql('postgres', q{SELECT count(*) FROM shop.customer_history WHERE NOT crm.is_valid(history)}), '0', "$name: no negative orders are left");
}

my $beside = join '', ("SELECT crm.drain('shop', 50);\n", "SELECT count(*) FROM crm.refresh('shop', '2026-12-31');\n") x 10;
my @runs = map { psql_start(script($_)) } 0 .. $writers - 1;
push @runs, psql_start($beside);
finish($_->{handle}) foreach @runs;
my $errors = join '', map { $_->{err} } @runs;
is($errors, '', 'eight writers, a drain, a refresh: no deadlock, no error');
difference('after the load');

# Every tier is what the orders say, or higher: nothing falls between evaluations, and refresh settles it.
$node->safe_psql('postgres', q{SELECT crm.drain('shop', 1000000); SELECT * FROM crm.refresh('shop', '2027-01-01')});
is($node->safe_psql('postgres', q{
	SELECT h.customer_id, c.tier, crm.revenue(h.history) FROM shop.customer_history h LEFT JOIN shop.customer c USING (customer_id)
	WHERE crm.tier_for('0-none:0, 1-some:3000, 2-more:6000', crm.revenue(h.history))::text IS DISTINCT FROM c.tier::text}), '', 'after an evaluation every tier is the deserved one');

# The same, and the server dies in it.
foreach my $round (1, 2)
{
	my @killed = map { psql_start(script($_)) } 0 .. $writers - 1;
	select undef, undef, undef, 0.5;
	$node->stop('immediate');
	finish($_->{handle}) foreach @killed;
	$node->start;
	difference("after kill $round");
}

$node->stop;
done_testing();
