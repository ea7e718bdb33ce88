# CREATE, DROP and ALTER EXTENSION: by an owner who is no superuser, in the face of somebody who was in the
# schema first, and from every released version.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('install');
$node->safe_psql('postgres', 'CREATE ROLE boss LOGIN; CREATE ROLE clerk LOGIN; CREATE ROLE mallory LOGIN');

# A database of the boss.
sub new_database
{
	my ($db) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db OWNER boss");
}

sub as { my ($role) = @_; return (extra_params => [ '-U', $role ]); }

# ---------------------------------------------------------------- install and use without rights

new_database('shop');
fails_like($node, 'shop', 'CREATE EXTENSION crm', qr/permission denied/, 'who may not create in the database', as('clerk'));
$node->safe_psql('shop', 'CREATE EXTENSION crm', as('boss'));
is($node->safe_psql('shop', "SELECT extowner::regrole FROM pg_extension WHERE extname = 'crm'"), 'boss', 'the database owner owns the extension');

my @types = crm_types($node, 'shop');
foreach my $type (@types)
{
	my $sample = sample($type);
	my $n      = @{ $sample->{values} };
	is($node->safe_psql('shop', "SET search_path = crm; SELECT count(*) FROM (VALUES " . join(', ', map { "($_)" } @{ $sample->{values} }) . ") AS x(v) WHERE $sample->{check}", as('clerk')),
		$n, "a role without any right uses crm.$type");
}
fails_like($node, 'shop', 'CREATE FUNCTION crm.mine() RETURNS int LANGUAGE sql AS $$SELECT 1$$', qr/permission denied/, 'nobody else creates in the schema', as('clerk'));

# ---------------------------------------------------------------- drop

$node->safe_psql('shop', q{
	CREATE TABLE customer (id int, history crm.history, tier crm.tier);
	CREATE INDEX ON customer (tier);
	INSERT INTO customer VALUES (1, '2024-01-05:1:10', '1-bronze')}, as('boss'));
fails_like($node, 'shop', 'DROP EXTENSION crm', qr/cannot drop extension crm because other objects depend on it/, 'drop with columns in use', as('boss'));
is($node->safe_psql('shop', 'SELECT tier FROM customer'), '1-bronze', 'and nothing is lost');
fails_like($node, 'shop', 'DROP EXTENSION crm CASCADE', qr/must be owner/, 'drop by another', as('clerk'));
$node->safe_psql('shop', 'DROP EXTENSION crm CASCADE', as('boss'));
is($node->safe_psql('shop', 'SELECT * FROM customer'), '1', 'CASCADE takes the columns, not the rows');
is($node->safe_psql('shop', q{
	SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'crm'::regnamespace}),
	0, 'nothing stays in the schema');
$node->safe_psql('shop', 'CREATE EXTENSION crm', as('boss'));
pass('and back again');

# ---------------------------------------------------------------- somebody was there first

# The names that an install brings along, from one that nobody disturbed.
my $catalog   = catalog($node, 'shop');
my @functions = do { my %seen; grep { !$seen{$_}++ } $catalog =~ /^(?:function|aggregate) (?:crm\.)?"?([a-z_]+)/mg };
my @operators = do { my %seen; grep { !$seen{$_}++ } $catalog =~ /^operator (?:crm\.)?([^\w\s(]+)\(/mg, '=', '<>', '~', '||' };
cmp_ok(scalar @functions, '>', 50,  'the names of the functions are known');
cmp_ok(scalar @operators, '>=', 8, 'and those of the operators');

# Functions that would tell whose rights they ran with.
my $log = q{
	CREATE SCHEMA trap; GRANT USAGE ON SCHEMA trap TO PUBLIC;
	CREATE TABLE trap.caught (who name, what text); GRANT INSERT ON trap.caught TO PUBLIC;
	CREATE SCHEMA crm;
};
sub trap
{
	my ($name, $arguments, $result, $value) = @_;
	return qq{CREATE FUNCTION crm.$name($arguments) RETURNS $result LANGUAGE plpgsql AS
		\$\$ BEGIN INSERT INTO trap.caught VALUES (current_user, '$name($arguments)'); RETURN $value; END \$\$;\n};
}
my $overloads = join '', map {
	my $f = $_;
	trap($f, 'anyelement', 'anyelement', '$1'), trap($f, 'anyelement, anyelement', 'anyelement', '$1'),
	trap($f, 'text', 'text', '$1'), trap($f, 'text, text', 'text', '$1'), trap($f, 'VARIADIC text[]', 'text', '$1[1]'),
	trap($f, 'integer, integer', 'integer', '$1')
} @functions;
my $operators = trap('trap_any', 'anyelement, anyelement', 'bool', 'true') . trap('trap_text', 'text, text', 'bool', 'true') . trap('trap_name', 'name, name', 'bool', 'true')
	. trap('trap_int', 'int4, int4', 'bool', 'true') . trap('trap_oid', 'oid, oid', 'bool', 'true')
	. join '', map {
		my $o = $_;
		map { "CREATE OPERATOR crm.$o (LEFTARG = $_->[0], RIGHTARG = $_->[0], FUNCTION = crm.trap_$_->[1]);\n" }
			[ 'anyelement', 'any' ], [ 'text', 'text' ], [ 'name', 'name' ], [ 'int4', 'int' ], [ 'oid', 'oid' ]
	} @operators;

my $super   = $node->safe_psql('postgres', 'SELECT current_user');
my $hijacks = 0;
foreach my $case ([ 'overloads', $overloads ], [ 'operators', $operators ], [ 'one domain', 'CREATE DOMAIN crm.history AS text' ], [ 'one type', "CREATE TYPE crm.tier AS ENUM ('gold')" ],
	[ 'one shell type', 'CREATE TYPE crm.history' ], [ 'one table', 'CREATE TABLE crm.tier_ladder (x int)' ], [ 'one collation', 'CREATE COLLATION crm.c FROM "C"' ],
	[ 'one operator class', 'CREATE OPERATOR CLASS crm.o FOR TYPE int4 USING btree AS STORAGE int4' ])
{
	my ($what, $sql) = @$case;
	# Shell types and operator classes take a superuser: the worst case, all the same.
	my @maker = $what =~ /class|shell/ ? () : as('mallory');
	foreach my $installer ('boss', $super)
	{
		my $db = 'hijack_' . ++$hijacks;
		new_database($db);
		$node->safe_psql('postgres', "GRANT CREATE ON DATABASE $db TO mallory");
		$node->safe_psql($db, $log, as('mallory'));
		$node->safe_psql($db, $sql, @maker);
		fails_like($node, $db, 'CREATE EXTENSION crm', qr/schema crm is not empty.*Look who made the schema/s, "$what, installed by $installer", as($installer));
		is($node->safe_psql($db, "SELECT count(*) FROM pg_extension WHERE extname = 'crm'"), 0, "$what, installed by $installer: nothing half-made");
		is($node->safe_psql($db, 'SELECT * FROM trap.caught'), '', "$what, installed by $installer: nothing of the intruder's ran");
		# The trap is a trap: who calls what the intruder wrote is caught.
		next unless $what =~ /^(overloads|operators)$/;
		$node->safe_psql($db, $what eq 'operators' ? "SELECT 1 OPERATOR(crm.=) 1" : "SELECT crm.orders('a'::text)", as('mallory'));
		is($node->safe_psql($db, 'SELECT who FROM trap.caught'), 'mallory', "$what: the trap works");
	}
}

# An empty schema of somebody's: a warning, for its owner can do it later.
new_database('owned');
$node->safe_psql('postgres', 'GRANT CREATE ON DATABASE owned TO mallory');
$node->safe_psql('owned', 'CREATE SCHEMA crm', as('mallory'));
my ($status, undef, $warning) = $node->psql('owned', 'CREATE EXTENSION crm');
is($status, 0, 'an empty schema of somebody else: works');
like($warning, qr/WARNING:  schema crm belongs to mallory/, 'with a warning');

# What a restore does: the schema first, with its owner, then the extension, by a superuser.
foreach my $owner ('boss', $super)
{
	new_database("restored_$owner");
	(undef, undef, $warning) = $node->psql("restored_$owner", "CREATE SCHEMA crm AUTHORIZATION $owner; CREATE EXTENSION crm WITH SCHEMA crm", on_error_stop => 1);
	is($warning, '', "a schema of $owner: no word");
}

# ---------------------------------------------------------------- versions

my $fresh = catalog($node, 'shop');
is($fresh, $catalog, 'a second install is like the first');

# What people may rely on. A change here is meant, and is written down with ./dev api.
my $now = $ENV{TESTDIR} . '/api.txt';
append_to_file($now, api($node, 'shop'));
my ($diff) = run_command([ 'diff', '-NU0', 'expected/api.txt', $now ]);
is($diff, '', 'the API is what expected/api.txt says (./dev api writes it anew)');

my $current = $node->safe_psql('shop', "SELECT extversion FROM pg_extension WHERE extname = 'crm'");
my @older = split /\n/, $node->safe_psql('shop', "SELECT version FROM pg_available_extension_versions WHERE name = 'crm' AND version <> '$current' ORDER BY 1");
note('released versions: ' . (@older ? "@older" : 'none yet'));
foreach my $version (@older)
{
	(my $db = "from_$version") =~ s/\W/_/g;
	new_database($db);
	$node->safe_psql($db, "CREATE EXTENSION crm VERSION '$version'", as('boss'));
	# What hangs on published signatures must survive the update.
	$node->safe_psql($db, q{
		CREATE VIEW hangs AS SELECT crm.orders(h), crm.revenue(h), crm.recency_days(h, '2024-12-31') FROM (SELECT '2024-01-05:1:10'::crm.history AS h) AS x;
		CREATE TABLE keeps AS SELECT '2024-01-05:1:10'::crm.history AS h, '3-gold'::crm.tier AS t;
		CREATE INDEX ON keeps (t)}, as('boss'));
	$node->safe_psql($db, 'ALTER EXTENSION crm UPDATE', as('boss'));
	is(catalog($node, $db), $fresh, "update from $version: equal to a fresh install");
	is($node->safe_psql($db, 'SELECT * FROM hangs', as('boss')), '1|10|361', "update from $version: the view works");
	is($node->safe_psql($db, 'SELECT * FROM keeps', as('boss')), '2024-01-05:1:10.00|3-gold', "update from $version: the table is read");
}

$node->stop;
done_testing();
