-- 6. Live: attach it to the tables, and the tier changes with the order
\echo '   A mart is a schema of one''s own that triggers keep in step with the tables it was given.\n'

SELECT crm.create_mart('live', :'zone') \g /dev/null
\echo

\if :made_up
SELECT crm.add_source('live', 'orders', order_id => 'order_id', customer_id => 'customer_id', at => 'ordered_at', amount => 'total',
                      condition => $$status <> 'cancelled'$$);

SELECT crm.add_source('live', 'refunds', order_id => 'refund_id', customer_id => 'customer_id', at => 'refunded_at', amount => 'amount',
                      refunds => true);
\else
SELECT crm.add_source('live', 'purchases', order_id => 'purchase_id', customer_id => 'customer_id', at => 'at', amount => 'amount');
\endif

SELECT crm.set_tiers('live', :'ladder', as_of => :'as_of') AS customers_with_a_tier;

\set ECHO none
SELECT rank AS top, threshold FROM crm.tiers(:'ladder') ORDER BY rank DESC LIMIT 1 \gset
-- The best below the top tier; where everybody is there, any.
SELECT customer_id AS customer FROM live.customer
ORDER BY crm.tier_rank(tier) = :top, tier DESC, customer_id LIMIT 1 \gset
\set ECHO queries
\echo '   A customer places a large order, just now.\n'

BEGIN;

SELECT tier, tier_since FROM live.customer WHERE customer_id = :'customer';

\if :made_up
INSERT INTO orders (customer_id, ordered_at, total) VALUES (:'customer', now(), :threshold);
\else
INSERT INTO purchases (customer_id, at, amount) VALUES (:'customer', now(), :threshold);
\endif
\echo

SELECT tier, tier_since FROM live.customer WHERE customer_id = :'customer';

SELECT as_of, old_tier, new_tier, why, figure, threshold
FROM live.tier_history
WHERE customer_id = :'customer'
ORDER BY tier_history_id;

\echo '   The live state against a fresh computation.\n'

SELECT count(*) AS differences FROM crm.verify('live');

\echo '   The same for every tool that reads plain columns: eleven views (doc/mart_views.md), two of them here.\n'

SELECT tier, tier_rank, orders, revenue, revenue_365d, next_tier, missing_to_next_tier
FROM live.customer_360
WHERE customer_id = :'customer';

SELECT tier, customers, revenue, revenue_share, average_order_value
FROM live.tier_summary
ORDER BY tier_rank DESC;

\if :made_up
COMMIT;
\else
\echo '   The order was made up, the file is yours: it is taken back.\n'

ROLLBACK;
\endif
