# What ./dev mutate changes, and that the same seed draws the same places.
use strict;
use warnings;
use File::Basename qw(dirname);
use Test::More;
use lib dirname(__FILE__);
use Sites qw(find_sites lines_of_code);

# All variants of a text: class: what -> what.
sub variants
{
	my ($path, $text) = @_;
	my @found;
	foreach my $site (find_sites($path, $text))
	{
		push @found, map { "$_->{class}: " . substr($text, $_->{from}, $_->{length}) . " -> $_->{to}" } @{ $site->{variants} };
	}
	return \@found;
}

sub changes
{
	my ($path, $text, @expected) = @_;
	is_deeply(variants($path, $text), \@expected, $text =~ s/\s+/ /gr) or diag explain variants($path, $text);
}

# ---------------------------------------------------------------- C

changes('x.c', 'a = b + c;', 'sign: + -> -');
changes('x.c', 'a = -b;',    'sign: - -> ');
changes('x.c', 'a -= b--;',  'sign: -= -> +=', 'sign: -- -> ++');
changes('x.c', '{ a = b * c / d; }', 'factor: * -> /', 'factor: / -> *');
changes('x.c', 'a = b << c;', 'bits: << -> >>');
changes('x.c', 'a = b[10];', 'off by one: 10 -> 11', 'off by one: 10 -> 9');
changes('x.c', 'a = 0.5;',   'off by one: 0.5 -> 1.5');
changes('x.c', 'a = 0x7f;',  'off by one: 0x7f -> 0x80', 'off by one: 0x7f -> 0x7e');
changes('x.c', 'return a < b;', 'bound: < -> <=');
changes('x.c', 'return a == NULL;', 'NULL check: == -> !=');
changes('x.c', 'if (a) b();', 'condition: (a) -> (!(a))');
changes('x.c', 'a = b && f(c, d);', 'condition: && -> ||', 'condition: b && f(c, d) -> f(c, d)', 'condition: b && f(c, d) -> b');
changes('x.c', 'a = b ? !c : true;', 'condition: b -> !(b)', 'condition: ! -> ', 'condition: true -> false');
changes('x.c', 'f(PG_ARGISNULL(0) || b);',
	'NULL check: PG_ARGISNULL(0) -> false', 'off by one: 0 -> 1', 'condition: || -> &&', 'NULL check: PG_ARGISNULL(0) || b -> b',
	'condition: PG_ARGISNULL(0) || b -> PG_ARGISNULL(0)');
changes('x.c', 'for (i = n; i > m; i--) ;', 'bound: > -> >=');
changes('x.c', $_) foreach
	"/* a + 1 */", "// a < b", "#include <a.h>", "#define A (b + \\\n\tc > 2)", "#define A 1 /* b\n + c */", 'f("a < 1", \'-\');', 'Assert(a < 1);', 'elog(ERROR, "%d", a + 1);',
	'char *a[10 + 1];', 'static Foo *', 'return (Datum) 0;', 'a->b = &c;', 'a = 3.14159;';

# ---------------------------------------------------------------- SQL

changes('x.sql', 'REVOKE ALL ON f FROM PUBLIC;', 'right: REVOKE ALL ON f FROM PUBLIC -> ');
changes('x.sql', 'SELECT a FROM b FOR NO KEY UPDATE SKIP LOCKED;', 'lock: FOR NO KEY UPDATE SKIP LOCKED -> ', 'lock: SKIP LOCKED -> ');
changes('x.sql', 'SELECT a FROM b WHERE c IS NOT NULL;', 'NULL check: IS NOT NULL -> IS NULL');
changes('x.sql', 'SELECT a FROM b WHERE NOT c AND d BETWEEN e AND f;', 'condition: NOT -> ', 'condition: AND -> OR', 'condition: NOT c AND d -> d', 'condition: NOT c AND d -> NOT c');
changes('x.sql', "CREATE FUNCTION f(a integer DEFAULT 2) RETURNS integer LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'f_lt';",
	'property: IMMUTABLE -> STABLE', 'property: PARALLEL SAFE -> ', 'off by one: 2 -> 3', 'off by one: 2 -> 1', 'NULL check: STRICT -> ', "bound: 'f_lt' -> 'f_le'");
changes('x.sql', 'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$ BEGIN IF a > b THEN PERFORM c - 1; END IF; END $$;',
	'right: SET search_path = pg_catalog -> ', 'condition: a > b -> NOT (a > b)', 'bound: > -> >=', 'sign: - -> +', 'off by one: 1 -> 2', 'off by one: 1 -> 0');
changes('x.sql', 'CREATE OPERATOR = (FUNCTION = f, COMMUTATOR = OPERATOR(crm.=), HASHES);', 'property: , COMMUTATOR = OPERATOR(crm.=) -> ', 'property: , HASHES -> ');
changes('x.sql', $_) foreach '-- a + 1', "COMMENT ON FUNCTION f(a) IS 'a' 'b < 1';", "SELECT 'a < 1';", 'CREATE OPERATOR < (FUNCTION = f, COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=));';

is(lines_of_code('x.c',   "/* a\n b */\na = b +\nc;\n\n"),                      2, 'lines of C without comments');
is(lines_of_code('x.sql', "-- a\nSELECT 1;\nCOMMENT ON TABLE a IS\n\t'b';\n"), 1, 'lines of SQL without comments');

# ---------------------------------------------------------------- this tree

my ($sites, @outside) = (0);
foreach my $path (glob 'src/*.[ch] src/*/*.[ch] src/core/*/*.[ch] sql/*.sql sql/*/*.sql')
{
	open my $in, '<:raw', $path or die "$path: $!";
	my $text = do { local $/; <$in> };
	foreach my $site (find_sites($path, $text))
	{
		$sites++;
		foreach my $v (@{ $site->{variants} })
		{
			my $changed = $text;
			substr($changed, $v->{from}, $v->{length}) = $v->{to};
			push @outside, "$path:$site->{line}" if $changed eq $text || $v->{length} < 1 || $v->{from} + $v->{length} > length $text;
		}
	}
}
cmp_ok($sites, '>', 1000, 'the tree has places to change');
is("@outside", '', 'each is a change within the text');

SKIP:
{
	skip 'the tree is not in git', 3 if system('git rev-parse HEAD >/dev/null 2>&1') != 0;
	my $draw = sub { my $mutate = dirname(__FILE__) . '/mutate.pl'; return scalar `perl $mutate --list --room segment --count 60 @_`; };
	my $once = $draw->('--seed 5eed');
	is(scalar(split /\n/, $once), 61, 'as many as were asked for');
	is($draw->('--seed 5eed'), $once, 'the same seed, the same places');
	isnt($draw->('--seed 5eee') =~ s/.*\n//r, $once =~ s/.*\n//r, 'another seed, others');
}

done_testing();
