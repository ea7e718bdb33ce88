-- 2. The top customers
\echo '   Revenue is net of refunds. Recency is in days, seen from the day that is today here.\n'

\set ECHO none
SELECT EXISTS (SELECT FROM customer_history WHERE crm.first_order(history) <= day) AS some_then, day
FROM (SELECT date :'as_of' - 182 AS day) AS half_a_year_earlier \gset
\set ECHO queries

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

\if :some_then
SELECT customer_id,
       crm.revenue(history, date :'as_of' - 182) AS revenue_then,
       crm.revenue(history) AS revenue_now
FROM customer_history
ORDER BY revenue_then DESC, customer_id
LIMIT 5;
\else
\echo '   Nothing to show: half a year earlier, on' :day, 'nobody had bought yet.\n'
\endif
