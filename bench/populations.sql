-- populations.sql: does the automatic fit answer on any shop? Populations of nine families, of 30 to 100,000 customers
-- and 30 days to 20 years, each drawn from a seed of its own. Of each: is the fit usable; is no log-likelihood below
-- that of a process nested in it; how far off is the total of the time after, beside the fit of the very process that made
-- it. Run it with bench/populations.sh.
SET search_path = public, crm;
SET client_min_messages = warning;

-- uniform in (0, 1), from a text: the same everywhere
CREATE FUNCTION u(text) RETURNS double precision LANGUAGE sql IMMUTABLE
	AS $$ SELECT (('x' || left(md5($1), 12))::bit(48)::bigint + 0.5) / 2.0 ^ 48 $$;
CREATE FUNCTION between_logs(name text, low double precision, high double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
	AS $$ SELECT low * (high / low) ^ u(name) $$;

-- The process that made a family, as far as there is one.
CREATE TABLE family (number integer, name text, process text, regularity integer);
INSERT INTO family VALUES (0, 'nbd', 'nbd', 1), (1, 'poisson', 'nbd', 1), (2, 'bg', 'bgnbd', 1), (3, 'mbg', 'mbgnbd', 1),
	(4, 'pareto', 'paretonbd', 1), (5, 'cnbd-3', 'mbgnbd', 3), (6, 'season', 'mbgnbd', 1), (7, 'mixed', 'nbd', 1),
	(8, 'leave at once', 'mbgnbd', 1);

-- What makes population number i, in one part or two:
--   days      of the whole, two thirds to learn from
--   rate      orders a week, so that a customer has some .2 to 8 repeat orders while he is observed
CREATE FUNCTION population(i integer, attempt integer, OUT family text, OUT customers bigint, OUT since date, OUT cut date, OUT until date,
	OUT part integer, OUT model crm.clv_model, OUT won_until date) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	seed text := format('%s.%s.', i, attempt);
	f record;
	days integer := round(between_logs(seed || 'days', 30, 7300));
	learn double precision;
	rate double precision;
	r double precision := between_logs(seed || 'r', 0.3, 3);
	a double precision := between_logs(seed || 'a', 0.3, 1.5);
	b double precision := between_logs(seed || 'b', 1, 6);
	p double precision := 0.5 + 0.45 * u(seed || 'p');
	spread double precision;
BEGIN
	SELECT * INTO f FROM family WHERE number = i % 9;
	family := f.name;
	-- one in sixteen is large
	customers := round(CASE WHEN i % 16 = 7 THEN between_logs(seed || 'customers', 1e4, 1e5) ELSE between_logs(seed || 'customers', 30, 3000) END);
	since := '2000-01-01';
	cut := since + days * 2 / 3;
	until := since + days;
	learn := (cut - since) / 7.0;
	won_until := since + round((cut - since) * (0.3 + 0.7 * u(seed || 'won')))::integer;
	rate := between_logs(seed || 'rate', 0.2, CASE WHEN customers > 3000 THEN 1 ELSE 8 END) / learn * (1 + attempt);
	rate := least(rate, 2);
	part := 1;
	CASE f.name
		WHEN 'nbd' THEN model := clv_model('nbd', ARRAY[r, r / rate]);
		WHEN 'poisson' THEN model := clv_model('nbd', ARRAY[1e4, 1e4 / rate]);
		WHEN 'bg' THEN model := clv_model('bgnbd', ARRAY[r, r / rate / 2, a, b]);
		WHEN 'mbg', 'season' THEN model := clv_model('mbgnbd', ARRAY[r, r / rate / 2, a, b]);
		WHEN 'pareto' THEN model := clv_model('paretonbd', ARRAY[r, r / rate / 2, 0.4 + u(seed || 's'), learn * between_logs(seed || 'beta', 0.3, 2)]);
		WHEN 'cnbd-3' THEN model := clv_model('mbgnbd', ARRAY[r, r / rate / 6, a, b], regularity => 3);
		WHEN 'leave at once' THEN
			model := clv_model('mbgnbd', ARRAY[5, 5 / least(2, 30 / learn), 200 * p, 200 * (1 - p)]);
			won_until := since + (cut - since) / 2;
		WHEN 'mixed' THEN
			-- regulars, of whom none leaves, and many who come once or twice
			customers := greatest(10, customers * 3 / 10);
			model := clv_model('nbd', ARRAY[2, 2 / least(2, 2 * rate)]);
			RETURN NEXT;
			part := 2;
			customers := greatest(25, customers * 7 / 3);
			model := clv_model('mbgnbd', ARRAY[0.6, 0.6 / rate, 1.2, 1.5]);
	END CASE;
	RETURN NEXT;
END
$$;

-- Season: a clock in which December runs 2.5 times as fast and the year as ever; orders move from its time to the calendar's.
CREATE TABLE clock AS
SELECT day, sum(speed) OVER (ORDER BY day) - speed AS since, sum(speed) OVER (ORDER BY day) AS till
FROM (SELECT day::date, CASE extract(month FROM day) WHEN 12 THEN 2.5 ELSE (365.25 - 2.5 * 31) / 334.25 END AS speed
	FROM generate_series(timestamp '2000-01-01', '2020-12-31', '1 day') AS day) AS q;
CREATE UNIQUE INDEX ON clock (till);
CREATE FUNCTION in_clock(at timestamp, OUT day date) LANGUAGE sql STABLE
	AS $$ SELECT c.day FROM clock AS c WHERE c.till > extract(epoch FROM at - timestamp '2000-01-01') / 86400 ORDER BY c.till LIMIT 1 $$;

-- The same, backwards: a fit of the process that made a part of a population, which has no December of its own.
CREATE FUNCTION own_fit(data crm.btyd_data, family text, part integer) RETURNS crm.clv_model LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN f.name = 'mixed' AND $3 = 2 THEN clv_fit($1, 'mbgnbd', false)
		WHEN f.regularity > 1 THEN clv_fit($1, f.process, false, regularity => f.regularity)
		ELSE clv_fit($1, f.process, false) END
	FROM family AS f WHERE f.name = $2
$$;

CREATE TABLE result (number integer, family text, days integer, customers bigint, repeats bigint, attempt integer,
	usable boolean, chosen text, came bigint, said double precision, own_said double precision, below double precision,
	seconds double precision, rows bigint, data crm.btyd_data);
CREATE TABLE fitted (number integer, process text, status text, log_likelihood double precision);

CREATE PROCEDURE try_population(i integer) LANGUAGE plpgsql AS $$
DECLARE
	p record;
	attempt integer := -1;
	data btyd_data;
	chosen clv_model;
	came bigint;
	said double precision;
	own_said double precision;
	repeats bigint;
	known bigint;
	below double precision;
	how text;
	started timestamptz := clock_timestamp();
BEGIN
	LOOP
		attempt := attempt + 1;
		SELECT * INTO p FROM population(i, attempt) LIMIT 1;
		DROP TABLE IF EXISTS customer;
		CREATE TEMP TABLE customer AS
		SELECT q.part, s.customer, history_agg(s.day, 1) AS history
		FROM population(i, attempt) AS q, LATERAL (
			SELECT o.customer, CASE WHEN q.family = 'season' THEN in_clock(o.at) ELSE o.at::date END AS day
			FROM clv_simulate(q.model, q.customers, q.since, q.until, 1000 * i + 10 * attempt + q.part, q.won_until) AS o
		) AS s
		GROUP BY 1, 2;
		DELETE FROM customer WHERE first_order(history, p.cut) IS NULL;
		SELECT btyd_agg(history, p.cut), count(*), sum(purchase_days(history, p.cut) - 1),
				sum(purchase_days(history, p.until) - purchase_days(history, p.cut))
			INTO data, known, repeats, came FROM customer;
		EXIT WHEN known >= 30 AND repeats >= 10 OR attempt = 20;
	END LOOP;
	chosen := clv_fit(data, current_setting('bench.process'), false);
	IF clv_is_usable(chosen) THEN
		said := (SELECT sum(expected_orders(chosen, history, p.cut, p.until - p.cut)) FROM customer);
	END IF;
	SELECT CASE WHEN bool_and(clv_is_usable(m.model)) THEN sum(m.said) END INTO own_said
	FROM (SELECT part, own_fit(btyd_agg(history, p.cut), p.family, part) AS model FROM customer GROUP BY part) AS f,
		LATERAL (
			SELECT f.model, CASE WHEN clv_is_usable(f.model)
				THEN (SELECT sum(expected_orders(f.model, c.history, p.cut, p.until - p.cut)) FROM customer AS c WHERE c.part = f.part) END AS said
			OFFSET 0
		) AS m;
	-- all others contain the one in which nobody leaves
	INSERT INTO fitted SELECT i, c.process, c.status, c.log_likelihood
	FROM clv_processes() AS q, clv_fit(data, q.process, false) AS m, clv_diagnostics(m) AS c;
	SELECT max(n.log_likelihood - o.log_likelihood) INTO below
	FROM fitted AS n JOIN fitted AS o USING (number) WHERE number = i AND n.process = 'nbd' AND o.process <> 'nbd';
	SELECT format('%s %s', d.process, d.status) INTO how FROM clv_diagnostics(chosen) AS d;
	INSERT INTO result VALUES (i, p.family, p.until - p.since, known, repeats, attempt, clv_is_usable(chosen), how, came,
		said, own_said, below, extract(epoch FROM clock_timestamp() - started),
		(SELECT distinct_rows FROM btyd_summary(data)), data);
	COMMIT;
END
$$;
