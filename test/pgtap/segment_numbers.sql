-- Every number that scores, cuts, segments and schemes give.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(12);

SELECT is(recency_score('543'), 5, 'score of recency');
SELECT is(frequency_score('543'), 4, 'score of frequency');
SELECT is(monetary_score('543'), 3, 'score of money');

CREATE TEMP TABLE c AS SELECT 'recency <= 365 180, orders >= 2 4, revenue >= 50 200.5'::rfm_cuts AS c;
SELECT is(rfm_levels(c), 3, 'levels') FROM c;
SELECT is(recency_cuts(c), '{365,180}'::integer[], 'cuts of recency') FROM c;
SELECT is(frequency_cuts(c), '{2,4}'::bigint[], 'cuts of frequency') FROM c;
SELECT is(monetary_cuts(c), '{50,200.5}'::numeric[], 'cuts of money') FROM c;

SELECT is(fresh_days(rfm_cuts(c, 14)), 14, 'fresh days') FROM c;
SELECT is(scheme_levels('klaviyo6'), '{3}', 'levels of a scheme');
SELECT is(cell_count('[45]5*, 000'), 11::bigint, 'cells of a segment');
SELECT results_eq($$SELECT position, name FROM segments('Best: 555; Good: 55*; else: Others')$$,
	$$VALUES (1, 'Best'), (2, 'Good'), (3, 'Others')$$, 'positions in a scheme');
SELECT results_eq($$SELECT problem, position FROM check_scheme('A: 5**; B: 55*; C: [1-4]**; D: 000; else: E')$$,
	$$VALUES ('overlap', 2), ('never wins', 2), ('never wins', 5)$$, 'positions of problems');

SELECT finish();
ROLLBACK;
