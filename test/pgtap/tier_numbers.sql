-- Every number that tiers and ladders give.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(4);

SELECT is(tier_rank('3-gold'), 3, 'rank');
SELECT results_eq($$SELECT threshold, missing FROM next_tier('0-none:0, 1-bronze:100, 3-gold:2000', 99.95)$$,
	'VALUES (100::numeric, 0.05)', 'next tier');
SELECT results_eq($$SELECT threshold, missing FROM next_tier('0-none:0, 1-bronze:100, 3-gold:2000', text '1999.5')$$,
	'VALUES (2000::numeric, 0.5)', 'next tier above a text');
SELECT results_eq($$SELECT rank, threshold FROM tiers('0-none:10, 1-bronze:100.5, 3-gold:2000')$$,
	'VALUES (0, 10::numeric), (1, 100.5), (3, 2000)', 'tiers of a ladder');

SELECT finish();
ROLLBACK;
