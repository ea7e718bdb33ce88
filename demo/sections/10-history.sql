-- 1. One value a customer: what was bought on which day
\echo '   Purchases and refunds of each customer become one crm.history, days as the shop''s clock shows them.\n'

CREATE TABLE customer_history AS
SELECT customer_id, crm.history_agg(at, amount, :'zone') AS history
FROM purchases
GROUP BY customer_id;

\echo '\n   It reads day:orders:amount.\n'

SELECT customer_id, history
FROM customer_history
ORDER BY abs(crm.purchase_days(history) - 3), customer_id
LIMIT 3;

SELECT count(*) AS customers,
       sum(crm.orders(history)) AS orders,
       sum(crm.revenue(history)) AS revenue,
       pg_size_pretty(sum(pg_column_size(history))) AS stored_in
FROM customer_history;
