-- 3. RFM: who is loyal, who is leaving
\echo '   Recency, frequency and money in five steps each; 5 is best. The thresholds are a value that one can read and keep.\n'

CREATE TABLE rfm_thresholds AS
SELECT crm.rfm_cuts_agg(history, :'as_of', 5) AS cuts
FROM customer_history;
\echo

SELECT cuts FROM rfm_thresholds;

CREATE TABLE customer_rfm AS
SELECT customer_id, history, crm.rfm_score(cuts, history, :'as_of') AS rfm
FROM customer_history, rfm_thresholds;

\echo '\n   Eleven segments with common names; every score has exactly one.\n'

SELECT coalesce(crm.segment_name('cells11', rfm), '(only refunds)') AS segment,
       count(*) AS customers,
       round(sum(crm.revenue(history)), 2) AS revenue,
       round(100 * sum(crm.revenue(history)) / nullif(sum(sum(crm.revenue(history))) OVER (), 0), 1) AS "revenue %",
       round(sum(crm.revenue(history)) / nullif(sum(crm.orders(history)), 0), 2) AS average_order,
       round(avg(crm.recency_days(history, :'as_of'))) AS recency
FROM customer_rfm
GROUP BY 1
ORDER BY revenue DESC;

\set ECHO none
SELECT EXISTS (SELECT FROM customer_rfm WHERE rfm <@ '[45][12][45]'::crm.segment) AS some \gset
\set ECHO queries
\echo '   A segment of one''s own is a pattern: bought lately (4, 5), seldom (1, 2), but for much (4, 5).\n'

\if :some
SELECT customer_id, rfm, crm.revenue(history) AS revenue, crm.last_order(history) AS last_order
FROM customer_rfm
WHERE rfm <@ '[45][12][45]'::crm.segment
ORDER BY revenue DESC, customer_id
LIMIT 5;
\else
\echo '   Nobody to show: no customer who bought lately and seldom spent more than most.\n'
\endif
