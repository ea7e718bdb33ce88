-- 2. The top customers
\echo '   Revenue is net of refunds. Recency is in days, seen from the end of the data: nothing reads the clock.\n'

SELECT customer_id,
       crm.revenue(history) AS revenue,
       crm.orders(history) AS orders,
       round(crm.average_order_value(history), 2) AS average_order,
       crm.first_order(history) AS first_order,
       crm.last_order(history) AS last_order,
       crm.recency_days(history, :'as_of') AS recency
FROM customer_history
ORDER BY revenue DESC, customer_id
LIMIT 10;

\echo '\n   The same question, half a year earlier: a history knows any past day.\n'

SELECT customer_id,
       crm.revenue(history, date :'as_of' - 182) AS revenue_then,
       crm.revenue(history) AS revenue_now
FROM customer_history
ORDER BY revenue_then DESC, customer_id
LIMIT 5;
