-- 5. The year to come: who will still be here, and for how much
\echo '   Four models of how customers buy and leave, of buyers by chance (regularity 1) and of regular ones (2, 3), fitted to all\n   histories; a fit that is no good says so.\n'

CREATE TABLE value_data AS
SELECT crm.btyd_agg(history, :'as_of') AS data FROM customer_history;
\echo

CREATE TABLE value_fit AS
SELECT c.* FROM value_data, crm.clv_compare(data) AS c;
\echo

SELECT process, regularity, status, round(log_likelihood::numeric, 2) AS log_likelihood, round(aic::numeric, 2) AS aic, message
FROM value_fit
ORDER BY aic;

\echo '   The best of those that can be used, now with what customers spend.\n'

CREATE TABLE value_model AS
SELECT model, d.why, d.season_why, d.warning
FROM (SELECT crm.clv_fit(data) AS model FROM value_data OFFSET 0) AS best, crm.clv_diagnostics(model) AS d
WHERE crm.clv_is_usable(model);
\echo

\set ECHO none
SELECT count(*) = 1 AS fitted,
       coalesce(bool_or(crm.clv_has_spend(model)), false) AS with_spend,
       max((crm.clv_diagnostics(model)).spend_message) AS spend_message
FROM value_model \gset
\set ECHO queries
\if :fitted
SELECT about, sentence
FROM value_model,
     LATERAL (VALUES ('why this one', why), ('its season', season_why), ('to know', warning)) AS said(about, words),
     regexp_split_to_table(words, '(?<=[.]) ') AS sentence;

SELECT p.name, round(p.estimate::numeric, 4) AS estimate, round(p.lower::numeric, 4) AS lower, round(p.upper::numeric, 4) AS upper, p.meaning
FROM value_model, crm.clv_parameters(model) AS p;

\echo '   Can it be believed? Fitted on what was known then, against what came since: A is good, C is not.\n'

SELECT v.grade, line
FROM crm.clv_verdict((SELECT array_agg(history) FROM customer_history), :'as_of') AS v,
     regexp_split_to_table(v.verdict, '(?<=;) ') AS line;

\echo '   The most valuable customers of the next 365 days (revenue, discounted by 10 % a year).\n'

\if :with_spend
SELECT customer_id,
       round(crm.p_alive(model, history, :'as_of')::numeric, 2) AS still_here,
       round(crm.expected_orders(model, history, :'as_of', 365)::numeric, 1) AS orders,
       round(crm.clv(model, history, :'as_of', 365)::numeric, 2) AS value,
       crm.next_order_date(model, history, :'as_of') AS next_order_by,
       crm.revenue(history) AS revenue_so_far
FROM customer_history, value_model
WHERE crm.age_days(history, :'as_of') >= 0
ORDER BY value DESC, customer_id
LIMIT 10;
\else
\echo '   No values: what customers spend could not be fitted.\n  ' :spend_message '\n'
\endif

\set ECHO none
SELECT EXISTS (SELECT FROM customer_history, value_model
               WHERE crm.p_alive(model, history, :'as_of') BETWEEN 0.2 AND 0.6) AS some \gset
\set ECHO queries
\echo '   And good customers who are slipping away.\n'

\if :some
SELECT customer_id,
       crm.revenue(history) AS revenue_so_far,
       crm.last_order(history) AS last_order,
       round(crm.days_between_orders(history)::numeric) AS usual_gap,
       crm.recency_days(history, :'as_of') AS recency,
       round(crm.p_alive(model, history, :'as_of')::numeric, 2) AS still_here
FROM customer_history, value_model
WHERE crm.p_alive(model, history, :'as_of') BETWEEN 0.2 AND 0.6
ORDER BY revenue_so_far DESC, customer_id
LIMIT 5;
\else
\echo '   Nobody is: of no customer does the model doubt whether they are still here (probability .2 to .6).\n'
\endif
\else
\echo '   No model can be used, for the reasons in the table above: nothing can be said about the year to come.\n'
\endif
