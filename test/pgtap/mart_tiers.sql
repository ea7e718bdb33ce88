-- Tiers: up in the transaction of the order, down at evaluation only, by hand, and with reasons.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT plan(49);

-- Days are told from today, as the transaction of an order tells them.
CREATE FUNCTION today(shift integer DEFAULT 0) RETURNS date LANGUAGE sql AS $$ SELECT (now() AT TIME ZONE 'UTC')::date + shift $$;
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id integer, day date, total numeric);
SELECT crm.create_mart('shop', 'UTC');
SELECT crm.set_tiers('shop', '0-none:0, 1-bronze:100, 2-silver:500, 3-gold:2000', grace_days => 30);
SELECT crm.add_source('shop', 'orders', order_id => 'id', customer_id => 'customer_id', at => 'day', amount => 'total');
CREATE FUNCTION tier(integer) RETURNS text LANGUAGE sql AS $$ SELECT crm.tier_label(tier) FROM shop.customer WHERE customer_id = $1 $$;
CREATE FUNCTION changes(integer) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s: %s > %s, %s, %s of %s', as_of - today(), coalesce(crm.tier_label(old_tier), '-'), coalesce(crm.tier_label(new_tier), '-'), why, trim_scale(figure), threshold)
	FROM shop.tier_history WHERE customer_id = $1 ORDER BY tier_history_id $$;

-- ---------------------------------------------------------------- up
INSERT INTO orders (customer_id, day, total) VALUES (1, today(-10), 99.99);
SELECT is(tier(1), 'none', 'a new customer');
INSERT INTO orders (customer_id, day, total) VALUES (1, today(), 0.01);
SELECT is(tier(1), 'bronze', 'a threshold is inclusive');
INSERT INTO orders (customer_id, day, total) VALUES (1, today(), 2000), (2, today(), 600), (3, today(), 1);
SELECT is(tier(1), 'gold', 'over two tiers at once, in a statement of several customers');
SELECT is(tier(2), 'silver', 'the second of them');
SELECT results_eq('SELECT changes(1)', ARRAY['0: - > none, upgrade, 99.99 of 0', '0: none > bronze, upgrade, 100 of 100', '0: bronze > gold, upgrade, 2100 of 2000'], 'every change is kept, with figure and threshold');
SELECT results_eq($$ SELECT kind, old, new, why, figure, threshold FROM shop.event WHERE customer_id = 2 $$, $$ VALUES ('tier', NULL, 'silver', 'upgrade', 600.00, 500::numeric) $$, 'and told to the outbox');
INSERT INTO orders (customer_id, day, total) VALUES (4, today(-365), 5000), (4, today(-364), 100);
SELECT is(tier(4), 'bronze', 'only orders in the window count: 365 days with today');
INSERT INTO orders (customer_id, day, total) VALUES (5, today(-400), 5000);
SELECT is(tier(5), 'none', 'an order entered late is measured today');
INSERT INTO orders (customer_id, day, total) VALUES (6, today(300), 400);
SELECT is(tier(6), 'bronze', 'an order of a day to come is measured on that day');
INSERT INTO orders (customer_id, day, total) VALUES (6, today(), 150);
SELECT is(tier(6), 'bronze', 'which today''s orders do not see');
UPDATE orders SET total = 700 WHERE customer_id = 3;
SELECT is(tier(3), 'silver', 'an UPDATE lifts as well');
UPDATE orders SET customer_id = 3 WHERE customer_id = 2;
SELECT is(tier(2) || ' ' || tier(3), 'silver silver', 'who loses orders stays until evaluation');
DELETE FROM orders WHERE customer_id = 1;
SELECT is(tier(1), 'gold', 'nobody falls by a DELETE');

-- ---------------------------------------------------------------- down
DELETE FROM orders;
INSERT INTO orders (customer_id, day, total) VALUES (11, today(), 2500), (12, today(), 700), (13, today(), 150), (14, today(), 50);
SELECT lives_ok($$ SELECT crm.refresh('shop') $$, 'first evaluation');
SELECT is(tier(1), 'gold', 'grace begins');
SELECT is((SELECT below_since FROM shop.customer WHERE customer_id = 1), today(), 'on the day that it was found');
SELECT is((SELECT count(*) FROM crm.preview_refresh('shop', today(29))), 0::bigint, 'the day before grace ends nobody would move');
SELECT results_eq($$ SELECT customer_id, old_tier, new_tier, why FROM crm.preview_refresh('shop', today(30)) WHERE customer_id IN ('1', '2', '4') $$,
	$$ VALUES ('1', 'gold', 'silver', 'downgrade'), ('2', 'silver', 'bronze', 'downgrade'), ('4', 'bronze', 'none', 'downgrade') $$, 'the preview for its last day');
INSERT INTO orders (customer_id, day, total) VALUES (2, today(), 500);
SELECT lives_ok($$ SELECT crm.refresh('shop', today(29)) $$, 'a day before');
SELECT is(tier(1), 'gold', 'still in grace');
SELECT is((SELECT below_since FROM shop.customer WHERE customer_id = 2), NULL, 'who came back up has no grace running');
SELECT lives_ok($$ SELECT crm.refresh('shop', today(30)) $$, 'the day');
SELECT is(tier(1), 'silver', 'one step down');
SELECT is(tier(2), 'silver', 'not who came back');
SELECT crm.refresh('shop', today(59));
SELECT is(tier(1), 'silver', 'the next step has its own grace');
SELECT crm.refresh('shop', today(60));
SELECT is(tier(1), 'bronze', 'and comes after it');
SELECT results_eq('SELECT changes(1) OFFSET 3', ARRAY['30: gold > silver, downgrade, 0 of 2000', '60: silver > bronze, downgrade, 0 of 500'], 'with the threshold that was missed');
SELECT crm.refresh('shop', today(10));
SELECT is(tier(1), 'bronze', 'a day that lies before the last evaluation moves nobody');
SELECT is((SELECT count(*) FROM shop.score WHERE as_of = today(10) AND tier IS NOT NULL), 0::bigint, 'and its scores have no tier');
SELECT is((SELECT crm.tier_label(tier) FROM shop.score WHERE as_of = today(60) AND customer_id = 2), 'silver', 'the others have');

-- ---------------------------------------------------------------- other rules
SELECT results_eq($$ SELECT * FROM crm.preview_tiers('shop', '0-low:0, 1-high:2', measure => 'orders', window_days => NULL) WHERE customer_id IN ('2', '11') $$,
	$$ VALUES ('2', 'silver', 'low', 1::numeric), ('11', 'gold', 'low', 1) $$, 'a preview of other rules');
SELECT is(tier(11), 'gold', 'changes nothing');
SELECT lives_ok($$ SELECT crm.set_tiers('shop', '0-low:0, 1-high:2', measure => 'orders', window_days => NULL, step => 'all') $$, 'other rules');
SELECT is(tier(11), 'low', 'place everybody at once');
INSERT INTO orders (customer_id, day, total) VALUES (11, today(), 1);
SELECT is(tier(11), 'high', 'orders are counted');
TRUNCATE shop.snapshot, shop.score;
SELECT crm.set_tiers('shop', '0-low:0, 1-high:100', calendar_year => true);
INSERT INTO orders (customer_id, day, total) VALUES (21, make_date(date_part('year', today())::integer - 1, 1, 1), 100), (22, make_date(date_part('year', today())::integer - 2, 12, 31), 100);
SELECT is(tier(21) || ' ' || tier(22), 'high low', 'calendar years: the last one counts, not the one before');
SELECT crm.refresh('shop', make_date(date_part('year', today())::integer, 12, 31));
SELECT is(tier(21), 'high', 'held to the end of the next year');
SELECT crm.refresh('shop', make_date(date_part('year', today())::integer + 1, 1, 1));
SELECT is(tier(21), 'low', 'and no longer');

-- ---------------------------------------------------------------- by hand
SELECT crm.set_tiers('shop', '0-low:0, 1-mid:100, 2-high:1000');
SELECT throws_ok($$ SELECT crm.set_tier_override('shop', '11', 'high', today(-1), 'x') $$, '22023', NULL, 'not until yesterday');
SELECT throws_ok($$ SELECT crm.set_tier_override('shop', '11', 'gold', today(9), 'x') $$, '22023', 'there is no tier ''gold''', 'not a tier that is none');
SELECT throws_ok($$ SELECT crm.set_tier_override('shop', '4711', 'high', today(9), 'x') $$, 'P0002', NULL, 'not a customer who is none');
SELECT crm.set_tier_override('shop', '14', 'high', (SELECT max(as_of) + 9 FROM shop.snapshot), 'a friend');
SELECT crm.refresh('shop', (SELECT max(as_of) + 9 FROM shop.snapshot));
SELECT is(tier(14), 'high', 'an override holds on its last day');
SELECT crm.refresh('shop', (SELECT max(as_of) + 1 FROM shop.snapshot));
SELECT is(tier(14), 'low', 'and not on the next');
SELECT is((SELECT array_agg(why ORDER BY tier_history_id) FROM shop.tier_history WHERE customer_id = 14 AND why LIKE 'override%'), ARRAY['override', 'override ended'], 'both are kept');
SELECT crm.set_tier_override('shop', '14', 'high', today(9), 'a friend again');
SELECT is(tier(14), 'high', 'given by hand once more');
SELECT crm.end_tier_override('shop', '14');
SELECT results_eq('SELECT tier(14) <> ''high'', override_until, override_reason FROM shop.customer WHERE customer_id = 14', 'VALUES (true, NULL::date, NULL::text)', 'and ended by hand: the deserved tier, at once');
SELECT throws_ok($$ SELECT crm.end_tier_override('shop', '14') $$, 'P0002', 'customer ''14'' has no tier by hand', 'where there is none to end');
SELECT throws_ok($$ SELECT crm.end_tier_override('shop', '4711') $$, 'P0002', 'customer ''4711'' has no tier by hand', 'nor of a customer who is none');

SELECT lives_ok($$ SELECT crm.set_tiers('shop', NULL) $$, 'no tiers any more');

SELECT * FROM finish();
ROLLBACK;
