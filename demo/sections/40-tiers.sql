-- 4. Tiers, by the firm's own thresholds
\echo '   The ladder is a value; whoever reaches a threshold has the tier. Here: revenue of the last 365 days.\n'

CREATE TABLE customer_tier AS
SELECT customer_id,
       crm.tier_for(:'ladder', crm.revenue(crm.slice(history, date :'as_of' - 364, :'as_of'))) AS tier,
       history
FROM customer_history;
\echo

SELECT tier,
       count(*) AS customers,
       sum(crm.orders(history)) AS orders_ever,
       round(sum(crm.revenue(history)), 2) AS revenue_ever,
       round(100 * sum(crm.revenue(history)) / nullif(sum(sum(crm.revenue(history))) OVER (), 0), 1) AS "revenue %"
FROM customer_tier
GROUP BY tier
ORDER BY tier DESC;

\set ECHO none
SELECT EXISTS (SELECT FROM customer_tier WHERE crm.first_order(history) <= day) AS some_then, day
FROM (SELECT date :'as_of' - 365 AS day) AS a_year_earlier \gset
\set ECHO queries
\echo '\n   From a year ago (rows) to now (columns): who rose, who fell.\n'

\if :some_then
SELECT crm.tier_for(:'ladder', crm.revenue(crm.slice(history, date :'as_of' - 729, date :'as_of' - 365))) AS a_year_ago,
       tier AS now,
       count(*) AS customers,
       crm.tier_rank(tier) AS rank
FROM customer_tier
WHERE crm.first_order(history) <= date :'as_of' - 365
GROUP BY 1, tier
ORDER BY 1
\crosstabview a_year_ago now customers rank
\else
\echo '   Nobody to show: a year earlier, on' :day, 'nobody had bought yet.\n'
\endif
