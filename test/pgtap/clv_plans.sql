-- The aggregate combines in parallel plans, and functions are what the planner may think of them.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(9);

CREATE TABLE customer AS SELECT customer % 3 AS country, history_agg(at, amount) AS history
	FROM clv_simulate(clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), 4000, '2024-01-01', '2024-09-30') GROUP BY customer;
CREATE TABLE numbers AS SELECT b.* FROM customer, btyd(history, '2024-09-30') AS b;
ANALYZE customer, numbers;
CREATE FUNCTION pg_temp.plan(text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE line text; plan text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || $1 LOOP plan := plan || line || E'\n'; END LOOP; RETURN plan; END $$;

CREATE TEMP TABLE serial AS SELECT country, btyd_agg(history, '2024-09-30') AS data FROM customer GROUP BY country;
CREATE TEMP TABLE serial_all AS SELECT btyd_agg(history, '2024-09-30') AS data, (SELECT btyd_rows_agg(x, t_x, t, m_x) FROM numbers) AS numbers FROM customer;

SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SELECT matches(pg_temp.plan($$SELECT btyd_agg(history, '2024-09-30') FROM customer$$), 'Finalize Aggregate.*Gather.*Partial Aggregate', 'a parallel plan of the whole');
SELECT ok((SELECT btyd_agg(history, '2024-09-30') FROM customer) = (SELECT data FROM serial_all), 'equals the serial one');
SELECT matches(pg_temp.plan($$SELECT country, btyd_agg(history, '2024-09-30') FROM customer GROUP BY country$$), 'Finalize.*Gather.*Partial', 'a parallel plan of groups');
SELECT ok(count(*) = 3 AND bool_and(s.data = p.data), 'equals the serial one') FROM serial s JOIN (SELECT country, btyd_agg(history, '2024-09-30') AS data FROM customer GROUP BY country) p USING (country);
SELECT matches(pg_temp.plan($$SELECT btyd_rows_agg(x, t_x, t, m_x) FROM numbers$$), 'Finalize Aggregate.*Gather.*Partial Aggregate', 'a parallel plan over numbers');
SELECT ok((SELECT btyd_rows_agg(x, t_x, t, m_x) FROM numbers) = (SELECT numbers FROM serial_all), 'equals the serial one');
SELECT matches(pg_temp.plan($$SELECT sum(p_alive((SELECT clv_fit(data) FROM serial_all), history, '2024-09-30')) FROM customer$$), 'Gather.*Partial Aggregate', 'predictions run in parallel workers');
SELECT ok(btyd_agg(data) = (SELECT data FROM serial_all), 'groups merge to the whole') FROM serial;

SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid
	WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	  AND (p.proname ~ '^_?(btyd|clv|new_customer)_' OR p.proname IN ('btyd', 'clv', 'p_alive', 'expected_orders', 'expected_spend', 'order_probability', 'churn_probability', 'next_order_date'))
	  AND (p.provolatile <> 'i' OR p.proparallel <> 's')
$$, 'every function of the room is immutable and parallel safe');

SELECT * FROM finish();
ROLLBACK;
