# Every number that SQL gets from us is compared with a number by a test; test/compared.tsv says by which.
#
# The catalog knows the numbers: the result of each public function (its name does not begin with _) that is an
# integer, a numeric, a floating point number or an array of them, and each such column of a function's rows or of a
# view. A bound is no comparison. The test of a number
# - is an is(), a results_eq() or a near(), and what it expects has a number in it;
# - fails when the function's results are a little larger: by 1 if integer, .01 if numeric, a thousandth if float8;
# - fails when they have the other sign.
use strict;
use warnings;
use lib 'test/tap';
use CrmTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('compared');
$node->safe_psql('postgres', 'CREATE EXTENSION crm; CREATE EXTENSION pgtap');

# ---------------------------------------------------------------- the numbers there are

# What to do to a number, for each type of number and for arrays of them.
my %step = (int2 => '1', int4 => '1', int8 => '1', numeric => '0.01', float4 => '0.001 * $1', float8 => '0.001 * $1');
foreach my $type (sort keys %step)
{
	my %change = (larger => "\$1 + $step{$type}", negated => '-$1');
	$node->safe_psql('postgres', join ';', map { qq{
		CREATE FUNCTION public.$_($type) RETURNS $type LANGUAGE sql AS \$\$ SELECT ($change{$_})::$type \$\$;
		CREATE FUNCTION public.$_($type\[]) RETURNS $type\[] LANGUAGE sql AS
			\$\$ SELECT array_agg(public.$_(e) ORDER BY i) FROM unnest(\$1) WITH ORDINALITY AS u (e, i) \$\$}
	} sort keys %change);
}

# Each number, as function(types), function(types).column or view.column, with the statements that put another
# function in the place of its function: one that calls it, and CHANGEs this number. A view has none.
my %mutant = map { split /\t/, $_, 2 } split /\n/, $node->safe_psql('postgres', q{
	SET search_path = pg_catalog, crm;
	CREATE TEMP TABLE result AS
	SELECT p.oid, format('%s(%s)', proname, oidvectortypes(proargtypes)) AS of, a.*
	FROM pg_depend AS d JOIN pg_proc AS p ON p.oid = d.objid, LATERAL (
		SELECT 0 AS i, 'value' AS name, prorettype AS type WHERE proallargtypes IS NULL
			AND prorettype NOT IN (SELECT oid FROM pg_type WHERE typtype = 'c')
		UNION ALL
		SELECT i, n, t FROM unnest(proargnames, proallargtypes, proargmodes) WITH ORDINALITY AS u (n, t, mode, i)
		WHERE mode IN ('o', 'b', 't')
		UNION ALL -- a named row type
		SELECT a.attnum, a.attname, a.atttypid FROM pg_type AS t JOIN pg_attribute AS a ON a.attrelid = t.typrelid
		WHERE t.oid = p.prorettype AND t.typtype = 'c' AND a.attnum > 0) AS a
	WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e' AND proname !~ '^_'
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'crm')
	UNION ALL
	SELECT NULL, c.relname, a.attnum, a.attname, a.atttypid
	FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
	WHERE c.relkind = 'v' AND c.relnamespace = 'crm'::regnamespace AND a.attnum > 0;

	SET search_path = pg_catalog;
	SELECT n.of || CASE i WHEN 0 THEN '' ELSE '.' || name END || E'\t' || coalesce(CASE prokind
		WHEN 'f' THEN format(
			'ALTER FUNCTION %s RENAME TO _original; '
			'CREATE FUNCTION crm.%I(%s) RETURNS %s LANGUAGE sql AS $$ SELECT %s FROM crm._original(%s) AS o (%s) $$',
			p.oid::regprocedure, proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
			(SELECT string_agg(format(CASE r.i WHEN n.i THEN 'public.CHANGE(o.%I)' ELSE 'o.%I' END, r.name), ', ' ORDER BY i)
				FROM result AS r WHERE r.oid = n.oid),
			(SELECT string_agg('$' || i, ', ' ORDER BY i) FROM generate_series(1, pronargs) AS i),
			(SELECT string_agg(format('%I', r.name), ', ' ORDER BY r.i) FROM result AS r WHERE r.oid = n.oid))
		WHEN 'a' THEN format(
			'ALTER AGGREGATE %s RENAME TO _original; '
			'CREATE FUNCTION crm._changed(%s) RETURNS %s LANGUAGE sql AS $$ SELECT %s FROM %s($1) AS o $$; '
			'CREATE AGGREGATE crm.%I(%s) (SFUNC = %s, STYPE = %s, FINALFUNC = crm._changed%s)',
			p.oid::regprocedure, aggtranstype::regtype, prorettype::regtype,
			CASE i WHEN 0 THEN 'public.CHANGE(o)' ELSE (SELECT string_agg(
				format(CASE r.i WHEN n.i THEN 'public.CHANGE(o.%I)' ELSE 'o.%I' END, r.name), ', ' ORDER BY i)
				FROM result AS r WHERE r.oid = n.oid) END,
			nullif(aggfinalfn, 0)::regproc, proname,
			pg_get_function_arguments(p.oid), aggtransfn, aggtranstype::regtype, ', INITCOND = ' || quote_literal(agginitval))
		END, '')
	FROM result AS n LEFT JOIN pg_proc AS p USING (oid) LEFT JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
	WHERE n.type IN (SELECT unnest(ARRAY[t, t || '[]'])::regtype
		FROM unnest('{int2,int4,int8,numeric,float4,float8}'::text[]) AS t)});

# The mart's views and functions join when it is written anew.
my %mart = map { $_ => 1 } map { slurp_file($_) =~ /CREATE FUNCTION crm\.(\w+)/g } glob 'sql/mart/*.sql';
delete @mutant{ grep { /^(\w+)/ && $mart{$1} } keys %mutant };

# ---------------------------------------------------------------- the tests there are

my (%test, @twice);
foreach (grep { /^[^#]/ } split /\n/, slurp_file('test/compared.tsv'))
{
	my ($number, $file, $name) = split /\t/;
	push @twice, $number if $test{$number};
	$test{$number} = { file => $file, name => $name };
}
is(join("\n", @twice), '', 'the list has each number once');
is(join("\n", sort grep { !$mutant{$_} } keys %test), '', 'and none that is gone');

my $sql = qr{(?(DEFINE)
	(?<string> ' (?: [^'] | '' )*+ ' | \$\$ .*? \$\$ )
	(?<bracket> [(\[] (?: (?&string) | (?&bracket) | [^()\[\]'] )*+ [)\]] )
	(?<argument> (?: (?&string) | (?&bracket) | [^,()\[\]'] )*+ )
)}xs;

# What is wrong with a test's text; nothing if it compares.
sub text_fails
{
	my ($file, $name) = @_;
	return "no file $file" unless -f $file;
	my @statements = grep { /'\Q$name\E'/ } split /;[ \t]*\n/, slurp_file($file);
	return scalar(@statements) . " tests '$name' in $file" unless @statements == 1;
	return "'$name' in $file compares with no number"
		unless $statements[0] =~ /\b(?:is|results_eq|near)\((?&argument),(?<expected>(?&argument)),[^;]*'\Q$name\E'$sql/
		&& $+{expected} =~ /(?<![\w.])\.?[0-9]/;
	return '';
}

# What psql says when it runs a test file with something done before. The file's ROLLBACK undoes that, too.
my %said;
sub run_test
{
	my ($file, $before) = @_;
	return $said{"$before$file"} //= do {
		my @data = (extra_params => [ '-v', "crm_data=$ENV{CRM_DATA}" ]);
		(undef, my $out) = $node->psql('postgres', "BEGIN; $before;\n\\i $file\n", @data);
		$out;
	};
}

sub outcome
{
	my ($file, $name, $before) = @_;
	return run_test($file, $before) =~ /^(ok|not ok) \d+ - \Q$name\E$/m ? $1 : 'not reached';
}

# What is wrong with the test of a number; nothing if it would notice.
sub test_fails
{
	my ($number) = @_;
	my ($file, $name) = @{ $test{$number} or return 'not in test/compared.tsv' }{qw(file name)};
	my $wrong = text_fails($file, $name);
	return $wrong if $wrong;
	return "'$name' in $file is " . outcome($file, $name, '') if outcome($file, $name, '') ne 'ok';
	foreach my $change ($mutant{$number} ne '' ? qw(larger negated) : ())
	{
		my $outcome = outcome($file, $name, $mutant{$number} =~ s/CHANGE/$change/r);
		return "'$name' in $file is $outcome when the number is $change" if $outcome ne 'not ok';
	}
	return '';
}

is(test_fails($_), '', $_) foreach sort keys %mutant;

$node->stop;
done_testing();
