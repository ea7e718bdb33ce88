-- crm.tier_ladder: its form, and what is asked of it.
BEGIN;
SELECT plan(41);
SET LOCAL search_path = public, crm;

\ir outcome.psql

-------- form

SELECT is(' 3-gold:2000,0-none:0.00, 1-bronze : +0100.50 '::tier_ladder::text, '0-none:0, 1-bronze:100.5, 3-gold:2000', 'canonical: by rank, numbers without needless digits');
SELECT is('0-小:-inf, 1-普通:0, 5-主要:10000, 9-VIP:100000'::tier_ladder::text, '0-小:-Infinity, 1-普通:0, 5-主要:10000, 9-VIP:100000', 'labels of the user''s own, ranks with gaps, no lower end');
SELECT is_empty($$
	SELECT input, outcome(format('SELECT %L::tier_ladder', input))
	FROM unnest(ARRAY['', ' ', ',', '0-a', '0-a:', 'a:1', ':1', '0-:1', '0-a:0,', '0-a:0,,1-b:1', '0-a:x', '0-a:1e3', '0-a:NaN', '0-a:Infinity', '0-a:1.2.3',
		'0-a:1 000', '0-a:1, 1-b:2,000', '0-a:0 1-b:1', '0-a:0; 1-b:1', '0-a:0, 0-b:1', '0-a:0, 1-a:1', '0-a:0, 1-b:0', '0-a:0, 1-b:0.00', '0-a:5, 1-b:1', '1-b:1, 0-a:5',
		'0-a:0, 1-b:-inf', '10-a:0', '0-1-a:0', '0- a:0', E'0-a\tb:0', '0-' || repeat('a', 64) || ':0', '0-a:' || repeat('9', 39), '0-a:１',
		repeat('0-a:0,', 100000), repeat(',', 1000000), '0-a:' || repeat('9', 1000000)]) input
	WHERE outcome(format('SELECT %L::tier_ladder', input)) <> '22P02'
$$, 'malformed text is an error');
SELECT is(_tier_ladder_send('0-小:0'), convert_to('0-小:0', 'UTF8'), 'binary is the text');
SELECT ok('0-a:1.0, 1-b:2' = '1-b:02,0-a:1'::tier_ladder, 'equal by value');
SELECT ok('0-a:1, 1-b:2' <> '0-a:1, 1-b:2.01'::tier_ladder, 'not equal');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT l FROM unnest('{"0-a:1","0-a:1.0","0-a:2"}'::tier_ladder[]) l) d), 2::bigint, 'DISTINCT');
CREATE TABLE public.ladders (name text, ladder tier_ladder UNIQUE);
PREPARE keep (text, varchar) AS INSERT INTO ladders VALUES ($1, $2);
SELECT lives_ok($$ EXECUTE keep ('now', '0-none:0, 1-bronze:100, 2-silver:500, 3-gold:2000') $$, 'a parameter is stored in a ladder column');
SELECT throws_ok($$ EXECUTE keep ('again', '0-none:0.0, 1-bronze:100, 2-silver:500, 3-gold:2000') $$, '23505', NULL, 'and is unique there');
SELECT lives_ok($$ INSERT INTO ladders VALUES ('next', '0-none:0, 1-bronze:150, 2-silver:1000') $$, 'a second ladder');

-------- tier_for

SELECT results_eq($$ SELECT v, tier_for(ladder, v)::text FROM ladders, unnest(ARRAY[-0.01, 0, 99.99, 100, 100.00, 499.999, 500, 1999.9999999, 2000, 'infinity', '-infinity', NULL]) v WHERE name = 'now' $$,
	$$ VALUES (-0.01, NULL), (0, '0-none'), (99.99, '0-none'), (100, '1-bronze'), (100.00, '1-bronze'), (499.999, '1-bronze'), (500, '2-silver'), (1999.9999999, '2-silver'), (2000, '3-gold'), ('infinity', '3-gold'), ('-infinity', NULL), (NULL, NULL) $$,
	'thresholds are inclusive; nothing below the lowest');
SELECT is(tier_for('0-any:-infinity, 1-a:10', -5)::text, '0-any', 'a ladder without a lower end takes every value');
SELECT is(tier_for('0-any:-infinity, 1-a:10', '-infinity')::text, '0-any', 'that of -infinity too');
SELECT is(tier_for('4-a:0.10', 0.1)::text, '4-a', 'exact decimals');
SELECT is(tier_for('4-a:0.30000000000000000000000000000000000001', 0.3), NULL, 'to the last digit');
SELECT throws_ok($$ SELECT tier_for('0-a:0', 'NaN') $$, '22023', 'NaN has no tier', 'NaN is an error');
SELECT is(tier_for(NULL, 1), NULL, 'no ladder, no tier');

-- What type of value may be asked about: money and floating point are not exact decimals, and say so.
SELECT results_eq($$ SELECT type, outcome(format('SELECT tier_for(''0-a:0, 1-b:7'', ''7''::%s)', type))
	FROM unnest(ARRAY['smallint', 'int', 'bigint', 'numeric', 'numeric(10,2)', 'unknown', 'real', 'float8', 'money', 'text']) type $$,
	$$ VALUES ('smallint', '1-b'), ('int', '1-b'), ('bigint', '1-b'), ('numeric', '1-b'), ('numeric(10,2)', '1-b'), ('unknown', '1-b'), ('real', '42883'), ('float8', '42883'), ('money', '42883'), ('text', '1-b') $$,
	'types of the value');

-- Against a CASE, over random values; then with the ladder changing from row to row.
SELECT setseed(0.5);
CREATE TABLE public.spent AS SELECT id, (random() * 3000 - 200)::numeric(10, 2) AS v FROM generate_series(1, 20000) id;
SELECT is_empty($$
	SELECT v FROM spent, ladders
	WHERE name = 'now' AND tier_for(ladder, v)::text IS DISTINCT FROM
		CASE WHEN v >= 2000 THEN '3-gold' WHEN v >= 500 THEN '2-silver' WHEN v >= 100 THEN '1-bronze' WHEN v >= 0 THEN '0-none' END
$$, 'tier_for is the CASE that it replaces');
SELECT is_empty($$
	SELECT v FROM spent JOIN ladders ON (name = 'now') = (id % 2 = 0)
	WHERE tier_for(ladder, v)::text IS DISTINCT FROM
		CASE WHEN id % 2 = 0 THEN CASE WHEN v >= 2000 THEN '3-gold' WHEN v >= 500 THEN '2-silver' WHEN v >= 100 THEN '1-bronze' WHEN v >= 0 THEN '0-none' END
		     ELSE CASE WHEN v >= 1000 THEN '2-silver' WHEN v >= 150 THEN '1-bronze' WHEN v >= 0 THEN '0-none' END END
$$, 'with another ladder in each row');
SELECT results_eq($$
	SELECT tier_for(n.ladder, v)::text, tier_for(x.ladder, v)::text, count(*) > 0 FROM spent, ladders n, ladders x
	WHERE n.name = 'now' AND x.name = 'next' AND tier_for(n.ladder, v) > tier_for(x.ladder, v) GROUP BY 1, 2 ORDER BY 1, 2 $$,
	$$ VALUES ('1-bronze', '0-none', true), ('2-silver', '1-bronze', true), ('3-gold', '2-silver', true) $$, 'a dry run: who would fall');
SELECT is_empty($$
	SELECT v FROM spent a JOIN LATERAL (SELECT max(t.tier) AS best FROM ladders, tiers(ladder) t WHERE name = 'now' AND t.threshold <= v) b ON true, ladders
	WHERE name = 'now' AND id <= 500 AND tier_for(ladder, v) IS DISTINCT FROM best
$$, 'tier_for is the best of the tiers whose threshold is reached');

-------- next_tier

SELECT results_eq($$ SELECT v, n.tier::text, n.threshold, n.missing FROM ladders, unnest(ARRAY[-1, 0, 99.99, 100, 1999.5, 2000, 'infinity', NULL]) v, next_tier(ladder, v) n WHERE name = 'now' $$,
	$$ VALUES (-1, '0-none', 0::numeric, 1::numeric), (0, '1-bronze', 100, 100), (99.99, '1-bronze', 100, 0.01), (100, '2-silver', 500, 400), (1999.5, '3-gold', 2000, 0.5), (2000, NULL, NULL, NULL), ('infinity', NULL, NULL, NULL), (NULL, NULL, NULL, NULL) $$,
	'the tier above and what is missing to it');
SELECT is_empty($$ SELECT v FROM spent, ladders, next_tier(ladder, v) n WHERE name = 'now' AND (tier_for(ladder, v + missing) <> n.tier OR missing <= 0 OR tier_for(ladder, v + missing - 0.01) >= n.tier) $$,
	'what is missing is just enough');
SELECT throws_ok($$ SELECT next_tier('0-a:0', 'NaN') $$, '22023', NULL, 'NaN is an error');

-------- tiers, and a tier by its label

SELECT results_eq($$ SELECT tier::text, rank, label, threshold FROM tiers('2-silver:500.5, 0-小:0') $$, $$ VALUES ('0-小', 0, '小', 0::numeric), ('2-silver', 2, 'silver', 500.5) $$, 'the tiers of a ladder');
SELECT is(array_agg(threshold), ARRAY['-infinity', 1]::numeric[], 'a ladder without a lower end says so') FROM tiers('0-a:-inf, 1-b:1');
SELECT is_empty('SELECT * FROM tiers(NULL)', 'no ladder, no tiers');
SELECT is(string_agg(tier || ':' || threshold, ', ' ORDER BY tier)::tier_ladder, ladder, 'a ladder can be put together again') FROM ladders, tiers(ladder) WHERE name = 'next' GROUP BY ladder;
SELECT is(crm.tier('0-none:0, 3-gold:5', 'gold'), '3-gold'::tier, 'a tier by its label');
SELECT is(crm.tier(ladder, 'gold'::varchar)::text, '3-gold', 'the label as varchar') FROM ladders WHERE name = 'now';
SELECT is(crm.tier('0-小:0', '小')::text, '0-小', 'in any script');
SELECT throws_ok($$ SELECT crm.tier('0-none:0, 3-gold:5', 'Gold') $$, '22023', 'tier label "Gold" is not on the ladder', 'labels are exact');
SELECT throws_ok($$ SELECT crm.tier('0-none:0, 3-gold:5', '') $$, '22023', NULL, 'no label');
SELECT throws_ok($$ SELECT crm.tier('0-none:0, 3-gold:5', repeat('小', 100000)) $$, '22023', NULL, 'a very long one');
SELECT is(crm.tier('0-none:0', NULL), NULL, 'NULL in, NULL out');

-------- the setting

SET LOCAL crm.tier_ladder = '0-none:0, 3-gold:5';
SAVEPOINT a;
SET LOCAL crm.tier_ladder = '7-gold:5';
SELECT is('gold'::tier::text, '7-gold', 'the setting of now');
ROLLBACK TO a;
SELECT is('gold'::tier::text, '3-gold', 'a rollback takes it back');
CREATE FUNCTION public.by_own_setting(label text) RETURNS tier LANGUAGE sql STABLE SET crm.tier_ladder = '5-gold:1' AS 'SELECT label::crm.tier';
SELECT is(by_own_setting('gold')::text || ' ' || 'gold'::text::tier, '5-gold 3-gold', 'a function has its own');

-- An ordinary user has all of it.
CREATE ROLE crm_tier_tester;
GRANT USAGE ON SCHEMA crm TO crm_tier_tester;
SET LOCAL ROLE crm_tier_tester;
SET LOCAL crm.tier_ladder = '4-gold:5';
SELECT is('gold'::tier::text || tier_for('1-a:1', 1) || crm.tier('1-a:1', 'a') || (SELECT max(tier) FROM tiers('1-a:1')), '4-gold1-a1-a1-a', 'as an ordinary user');
RESET ROLE;

-- What a call site keeps of one ladder does not answer for another that begins like it.
SELECT is(string_agg(tier_for(ladder, 7)::text, ' ' ORDER BY i), '0-a 1-b 0-a 0-c', 'ladders in turn')
FROM (VALUES (1, '0-a:0'::tier_ladder), (2, '0-a:0, 1-b:5'), (3, '0-a:0'), (4, '0-c:0')) AS v (i, ladder);

SELECT * FROM finish();
ROLLBACK;
