# Tables with a column of every type come back from every kind of dump as they were: values to the byte,
# indexes, CHECK constraints, partitions, defaults.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('dump');
my $dir  = PostgreSQL::Test::Utils::tempdir;
my $role = 'keeper';

# ---------------------------------------------------------------- a database to dump

$node->safe_psql('postgres', "CREATE ROLE $role LOGIN; CREATE DATABASE origin OWNER $role");
# The search path that writes the operators; a restore has none.
$node->safe_psql('origin', 'CREATE EXTENSION crm; GRANT USAGE ON SCHEMA crm TO PUBLIC; ALTER DATABASE origin SET search_path = public, crm');

my @as = (extra_params => [ '-U', $role ]);
my @tables;
foreach my $type (crm_types($node, 'origin'))
{
	my $sample = sample($type);
	my %opclass = map { $_ => 1 } split /\n/, $node->safe_psql('origin', qq{
		SELECT a.amname FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
		WHERE c.opcdefault AND c.opcintype = 'crm.$type'::regtype});
	my $rows = join ', ', map { "($_, $sample->{values}[$_])" } 0 .. $#{ $sample->{values} };

	my @sql = ("CREATE TABLE t_$type (id int, v crm.$type CHECK ($sample->{check}))", "INSERT INTO t_$type VALUES $rows, (99, NULL)");
	push @sql, "CREATE INDEX ON t_$type USING $_ (v)" foreach sort keys %opclass;
	push @tables, "t_$type";
	if ($sample->{big})
	{
		push @sql, "CREATE TABLE b_$type (id int, v crm.$type)", "INSERT INTO b_$type SELECT 1, $sample->{big}";
		push @tables, "b_$type";
	}
	if ($opclass{hash})
	{
		push @sql, "CREATE TABLE h_$type (id int, v crm.$type) PARTITION BY HASH (v)",
			(map { "CREATE TABLE h_${type}_$_ PARTITION OF h_$type FOR VALUES WITH (MODULUS 2, REMAINDER $_)" } 0, 1), "INSERT INTO h_$type SELECT * FROM t_$type";
		push @tables, "h_$type";
	}
	if ($opclass{btree})
	{
		# A list, so that the bound itself is a value of the type, written into the dump.
		my $first = $node->safe_psql('origin', "SELECT quote_literal($sample->{values}[0])");
		push @sql, "CREATE TABLE l_$type (id int, v crm.$type) PARTITION BY LIST (v)",
			"CREATE TABLE l_${type}_first PARTITION OF l_$type FOR VALUES IN ($first)", "CREATE TABLE l_${type}_rest PARTITION OF l_$type DEFAULT",
			"INSERT INTO l_$type SELECT * FROM t_$type";
		push @tables, "l_$type";
	}
	$node->safe_psql('origin', join(";\n", @sql), @as);
}
cmp_ok(scalar @tables, '>=', 6, 'tables of several types: ' . join(' ', @tables));

# A bare label is a matter of the session that wrote it; what it meant is what is stored.
$node->safe_psql('origin', q{
	SET crm.tier_ladder = '0-none:0, 3-gold:2000';
	CREATE TABLE member (id int, tier crm.tier DEFAULT 'gold' CHECK (tier >= 'none'));
	CREATE VIEW golden AS SELECT * FROM member WHERE tier >= 'gold';
	INSERT INTO member VALUES (1);
	RESET crm.tier_ladder}, @as);
push @tables, 'member', 'golden';

# The values as text and as bytes, and what stands around them.
sub state_of
{
	my ($db) = @_;
	my $state = "SET search_path = public, crm;\n";
	foreach my $table (@tables)
	{
		my ($column, $type) = $table =~ /^._(.*)/ ? ('v', $1) : ('tier', 'tier');
		$state .= qq{
			SELECT '$table', id, left($column\::text, 60), md5($column\::text), md5(crm._${type}_send($column)) FROM $table ORDER BY 2;
			SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '$table'::regclass ORDER BY 1;
			SELECT indexdef FROM pg_indexes WHERE tablename LIKE '$table%' ORDER BY 1;
			SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_class c WHERE c.relname LIKE '$table%' AND c.relispartition ORDER BY 1;
		};
	}
	return $node->safe_psql($db, $state . "SELECT pg_get_viewdef('golden'::regclass)");
}

my $before = state_of('origin');

# ---------------------------------------------------------------- every kind of dump

my @connect = ('-h', $node->host, '-p', $node->port);

sub restored
{
	my ($db, $what) = @_;
	is(state_of($db), $before, "$what: equal");
	$node->safe_psql($db, "INSERT INTO member (id) VALUES (2)");
	is($node->safe_psql($db, "SELECT tier FROM member WHERE id = 2"), '3-gold', "$what: the default means what it meant");
	fails_like($node, $db, "INSERT INTO t_history VALUES (7, '2024-01-01:-20:1')", qr/violates check constraint/, "$what: the CHECK holds");
}

$node->safe_psql('postgres', "CREATE DATABASE $_ OWNER $role") foreach qw(plain custom parallel parts owner);

$node->command_ok([ 'pg_dump', @connect, '-f', "$dir/plain.sql", 'origin' ], 'pg_dump, plain');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connect, '-f', "$dir/plain.sql", 'plain' ], 'psql restores it');
restored('plain', 'plain');

$node->command_ok([ 'pg_dump', @connect, '-Fc', '-f', "$dir/custom", 'origin' ], 'pg_dump, custom');
$node->command_ok([ 'pg_restore', @connect, '--exit-on-error', '-d', 'custom', "$dir/custom" ], 'pg_restore restores it');
restored('custom', 'custom');

$node->command_ok([ 'pg_dump', @connect, '-Fd', '-j2', '-f', "$dir/folder", 'origin' ], 'pg_dump, folder, two jobs');
$node->command_ok([ 'pg_restore', @connect, '--exit-on-error', '-j2', '-d', 'parallel', "$dir/folder" ], 'pg_restore, two jobs');
restored('parallel', 'two jobs');

$node->command_ok([ 'pg_dump', @connect, '--schema-only', '-f', "$dir/schema.sql", 'origin' ], 'pg_dump, schema only');
$node->command_ok([ 'pg_dump', @connect, '--data-only', '-f', "$dir/data.sql", 'origin' ], 'pg_dump, data only');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @connect, '-f', "$dir/schema.sql", '-f', "$dir/data.sql", 'parts' ], 'psql restores both');
restored('parts', 'schema, then data');

# As the owner of the tables, who is no superuser.
$node->command_ok([ 'pg_dump', @connect, '-U', $role, '-Fc', '-f', "$dir/owner", 'origin' ], 'pg_dump as the owner');
$node->command_ok([ 'pg_restore', @connect, '-U', $role, '--no-owner', '--no-comments', '--exit-on-error', '-d', 'owner', "$dir/owner" ],
	'pg_restore as the owner');
restored('owner', 'as the owner');

# ---------------------------------------------------------------- COPY BINARY into the other servers' tables

foreach my $table (grep { /^[tb]_/ } @tables)
{
	my $copied = $node->safe_psql('origin', qq{
		COPY $table TO '$dir/$table.bin' (FORMAT binary);
		CREATE TEMP TABLE back (LIKE $table INCLUDING ALL);
		COPY back FROM '$dir/$table.bin' (FORMAT binary);
		SELECT count(*) FROM back b JOIN $table t USING (id) WHERE b.v::text IS NOT DISTINCT FROM t.v::text;
		SELECT count(*) FROM $table});
	my ($equal, $all) = split /\n/, $copied;
	is($equal, $all, "$table: COPY BINARY, there and back");
}

$node->stop;
done_testing();
