# CrmTest.pm: what the TAP tests share.
package CrmTest;

use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(new_server crm_types sample catalog api fails_like);

# A fresh server that forgets nothing a test needs and syncs nothing. A statement that hangs fails instead
# of the suite hanging; a standby made from a backup takes the setting over.
sub new_server
{
	my ($name, %init) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '-E', 'UTF8', '--locale=C.UTF-8' ], %init);
	$node->append_conf('postgresql.conf', "timezone = 'UTC'\nstatement_timeout = '2min'\n");
	$node->start;
	die 'statements have no timeout' unless $node->safe_psql('postgres', 'SHOW statement_timeout') eq '2min';
	return $node;
}

# Values of every type that the extension has, as SQL expressions, and a CHECK that holds for them.
# A type without samples fails the tests that ask for all of them: add a line here with the type.
my %sample = (
	history => {
		values => [
			q{''::crm.history},
			q{'2024-01-05:2:71.00,2024-02-11:0:-3.50'::crm.history},
			q{'2023-12-31:1:0.12345678'::crm.history - '2024-05-01:3:999999999999999'::crm.history},
		],
		# Too large for an index, stored out of line.
		big => q{(SELECT crm.history_agg(date '2001-01-01' + i, round(i / 7.0, 4)) FROM generate_series(1, 5000) AS i)},
		check => 'crm.orders(v) > -10 AND v <> \'1999-01-01:1:5\'',
	},
	zone => {
		values => [ q{'Europe/London'::crm.zone}, q{'UTC'::crm.zone} ],
		check  => q{v::text <> ''},
	},
	tier => {
		values => [ q{'0-none'::crm.tier}, q{'3-gold'::crm.tier}, q{'9-VIP 主要'::crm.tier} ],
		check  => q{v >= '0-a' AND crm.tier_rank(v) < 10},
	},
	tier_ladder => {
		values => [ q{'0-none:0, 1-bronze:100, 2-silver:500.50, 3-gold:2000'::crm.tier_ladder}, q{'0-小:-infinity, 1-普通:10'::crm.tier_ladder} ],
		check  => q{crm.tier_rank(crm.tier_for(v, 1000000)) >= 0},
	},
	rfm => {
		values => [ q{'543'::crm.rfm}, q{'111'::crm.rfm}, q{'000'::crm.rfm} ],
		check  => q{v >= '000' AND v <= '555'},
	},
	rfm_cuts => {
		values => [
			q{(SELECT crm.rfm_cuts_agg(h, '2024-12-31', 5) FROM (SELECT crm.history_agg(date '2024-01-01' + i % 97, i) AS h FROM generate_series(1, 500) AS i GROUP BY i % 53) AS x)},
		],
		check => q{v::text <> ''},
	},
	rfm_sample => {
		values => [ q{'\x01050000000000000000000000000000'::crm.rfm_sample}, q{'\x010500000000232800000000000000015206c801'::crm.rfm_sample} ],
		check  => q{v::text <> ''},
	},
	segment => {
		values => [ q{'[45][45]*'::crm.segment}, q{'[45][45]*, 35[345]'::crm.segment} ],
		check  => q{v @> '555'::crm.rfm},
	},
	btyd_data => {
		values => [
			q{(SELECT crm.btyd_rows_agg(x, t_x, t, m_x) FROM (VALUES (0, 0::float8, 30.5::float8, NULL::float8), (3, 20 / 7.0, 30, 12.5), (1, 1e-9, 52, 99.99)) AS c(x, t_x, t, m_x))},
			q{(SELECT crm.btyd_agg(h, '2024-12-31', 1) FROM (SELECT crm.history_agg(date '2024-01-01' + i % 97, i) AS h FROM generate_series(1, 500) AS i GROUP BY i % 53) AS x)},
			q{(SELECT crm.btyd_agg(h, '2024-12-31') FROM (SELECT ''::crm.history AS h) AS x)},
		],
		check => q{(crm.btyd_summary(v)).customers >= 0},
	},
	season => {
		values => [ q{'flat'::crm.season}, q{'1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.05, 20'::crm.season}, q{(SELECT string_agg((1 + i / 97.0)::text, ',')::crm.season FROM generate_series(1, 52) AS i)} ],
		check  => q{crm.season_factor(v, '2024-12-31') > 0},
	},
	clv_model => {
		values => [
			q{crm.clv_model('mbgnbd', '{0.5248429,6.1830818,0.8913595,1.6140029}', 7, '{6.2493492,3.7442563,15.4443067}')},
			q{crm.clv_model('paretonbd', '{0.1,0.3,1e-5,12345.678901234567}', 1)},
			# A fit that found nothing is a value, too.
			q{(SELECT crm.clv_fit(crm.btyd_agg(h, '2024-12-31')) FROM (SELECT crm.history_agg(date '2024-01-01' + i % 97, i) AS h FROM generate_series(1, 500) AS i GROUP BY i % 53) AS x)},
		],
		check => q{crm.clv_is_usable(v) OR NOT crm.clv_has_spend(v)},
	},
	scheme => {
		values => [ q{'cells11'::crm.scheme}, q{'rfm10'::crm.scheme}, q{'Best: 555; "Zu viel; mehr": 5**'::crm.scheme} ],
		check  => q{crm.segment_name(v, '555') <> ''},
	},
);

# The base types of the extension in a database that columns can have, in order.
sub crm_types
{
	my ($node, $db) = @_;
	return split /\n/, $node->safe_psql($db, q{
		SELECT t.typname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid JOIN pg_type t ON t.oid = d.objid
		WHERE e.extname = 'crm' AND d.classid = 'pg_type'::regclass AND d.deptype = 'e' AND t.typtype = 'b' AND t.typcategory <> 'A'
			AND obj_description(t.oid, 'pg_type') NOT LIKE '%; not for columns'
		ORDER BY 1});
}

sub sample
{
	my ($type) = @_;
	die "CrmTest.pm has no samples of the type crm.$type" unless $sample{$type};
	return $sample{$type};
}

# What the extension consists of, a line an object, free of object ids.
sub catalog
{
	my ($node, $db) = @_;
	return $node->safe_psql($db, q{
		SET search_path = pg_catalog;
		SELECT CASE d.classid
			WHEN 'pg_proc'::regclass THEN (SELECT format('%s %s(%s) returns %s%s%s parallel %s',
					CASE prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END, oid::regproc, pg_get_function_arguments(oid), pg_get_function_result(oid),
					' ' || CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
					CASE WHEN proisstrict THEN ' strict' ELSE '' END, proparallel)
				FROM pg_proc WHERE oid = d.objid)
			WHEN 'pg_operator'::regclass THEN (SELECT format('operator %s implements %s commutator %s negator %s restrict %s join %s',
					oid::regoperator, oprcode, oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin)
				FROM pg_operator WHERE oid = d.objid)
			WHEN 'pg_cast'::regclass THEN (SELECT format('cast %s to %s context %s method %s', castsource::regtype, casttarget::regtype, castcontext, castmethod)
				FROM pg_cast WHERE oid = d.objid)
			ELSE pg_describe_object(d.classid, d.objid, 0)
			END
		FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
		WHERE e.extname = 'crm' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
		ORDER BY 1});
}

# The public part of it, as expected/api.txt has it.
sub api
{
	my ($node, $db) = @_;
	return $node->safe_psql($db, slurp_file('test/tap/api.sql')) . "\n";
}

# A statement must fail, and say so.
sub fails_like
{
	my ($node, $db, $sql, $like, $name, %options) = @_;
	my ($status, undef, $err) = $node->psql($db, $sql, on_error_stop => 1, %options);
	ok($status != 0, "$name: fails");
	like($err, $like, "$name: says why");
}

1;
