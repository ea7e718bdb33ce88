-- The mart of mart.md, and somebody who reads it.
SET client_min_messages = warning;
SELECT crm.create_mart('shop', 'Europe/London', 'GBP');
SELECT crm.add_source('shop', 'public.orders', order_id => 'order_id', customer_id => 'customer_id', at => 'ordered_at',
	amount => 'total', condition => $$status <> 'cancelled'$$);
SELECT crm.add_source('shop', 'public.refunds', order_id => 'refund_id', customer_id => 'customer_id', at => 'refunded_at',
	amount => 'amount', refunds => true);
SELECT crm.set_tiers('shop', '0-none:-infinity, 1-bronze:100, 2-silver:500, 3-gold:2000');
SELECT crm.refresh('shop');
CREATE ROLE analyst;
