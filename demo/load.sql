-- Take what read_csv.pl prints (on standard input) and make the table `purchases` of it. Every row of the
-- file is either used or counted under a reason. Variables: zone, datestyle, with_order_id (0 or 1).

\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET timezone = :'zone';
SET datestyle = :'datestyle';

CREATE SCHEMA loading;

CREATE UNLOGGED TABLE loading.line
(
	line     bigint,
	customer text,
	at       text,
	amount   text,
	order_id text,
	problem  text
);

\copy loading.line FROM PSTDIN

-- If the reader stopped, it has said why.
SELECT count(*) = 0 AS nothing FROM loading.line \gset
\if :nothing
DROP SCHEMA loading CASCADE;
\quit
\endif

-- A time, or NULL. Words such as 'now' or 'infinity' are no times of a purchase.
CREATE FUNCTION loading.to_time(value text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS
$$
BEGIN
	RETURN CASE WHEN value ~ '^\s*[0-9]' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;

-- The product of the factors, or NULL.
CREATE FUNCTION loading.to_amount(value text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
	factor  text;
	product numeric := 1;
BEGIN
	IF value = '' THEN
		RETURN NULL; -- no factor at all would be a product of 1
	END IF;
	FOREACH factor IN ARRAY string_to_array(value, E'\x1f') LOOP
		product := product * factor::numeric;
	END LOOP;
	RETURN trim_scale(product);
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;

\echo '   reading times and amounts'

CREATE UNLOGGED TABLE loading.purchase AS
SELECT line, nullif(btrim(customer, E' \t\r\n'), '') AS customer_id, loading.to_time(at) AS at, loading.to_amount(amount) AS amount,
	nullif(btrim(order_id, E' \t\r\n'), '') AS order_id
FROM loading.line
WHERE problem IS NULL;

UPDATE loading.line l
SET problem = CASE
	WHEN p.customer_id IS NULL THEN 'no customer'
	WHEN coalesce(btrim(l.at), '') = '' THEN 'no time'
	WHEN p.at IS NULL THEN 'time cannot be read'
	WHEN p.at < '1900-01-01' OR p.at >= '2200-01-01' THEN 'time before 1900 or after 2199'
	WHEN btrim(replace(l.amount, E'\x1f', '')) = '' THEN 'no amount'
	WHEN p.amount IS NULL THEN 'amount is not a number'
	WHEN p.amount IN ('NaN', 'Infinity', '-Infinity') THEN 'amount is NaN or infinite'
	WHEN scale(p.amount) > 8 THEN 'amount with more than 8 decimals'
	ELSE 'amount of a quadrillion or more'
	END
FROM loading.purchase p
WHERE p.line = l.line
	AND NOT coalesce(p.customer_id IS NOT NULL AND p.at >= '1900-01-01' AND p.at < '2200-01-01' AND scale(p.amount) <= 8 AND abs(p.amount) < 1e15, false);

\if :with_order_id
\echo '   summing the lines of each order'
\endif

CREATE TABLE purchases AS
SELECT p.customer_id, min(p.at) AS at, sum(p.amount) AS amount, p.order_id
FROM loading.purchase p JOIN loading.line l USING (line)
WHERE l.problem IS NULL
-- A row that names no order is an order of its own.
GROUP BY p.customer_id, p.order_id, CASE WHEN p.order_id IS NULL THEN line END;

ANALYZE purchases;

\echo
\echo What was read:
SELECT count(*) AS rows, count(*) FILTER (WHERE problem IS NULL) AS used, count(problem) AS not_used,
	(SELECT count(*) FROM purchases) AS orders, (SELECT count(DISTINCT customer_id) FROM purchases) AS customers,
	(SELECT sum(amount) FROM purchases) AS amount,
	(SELECT min(at)::date FROM purchases) AS first_day, (SELECT max(at)::date FROM purchases) AS last_day
FROM loading.line;

SELECT count(*) > 0 AS some FROM loading.line WHERE problem IS NOT NULL \gset
\if :some
\echo Rows that cannot be used:
SELECT problem AS reason, count(*) AS rows,
	sum(p.amount) FILTER (WHERE p.amount NOT IN ('NaN', 'Infinity', '-Infinity')) AS their_amount,
	min(line) AS first_line,
	(array_agg(left(concat_ws(' | ', coalesce(l.customer, ''), l.at, replace(l.amount, E'\x1f', ' * '), l.order_id), 60) ORDER BY line))[1] AS what_it_says
FROM loading.line l LEFT JOIN loading.purchase p USING (line)
WHERE problem IS NOT NULL
GROUP BY problem
ORDER BY rows DESC, reason;
\endif

-- Things that are no errors, but that an owner of such data would want to know.
CREATE VIEW loading.remark AS
WITH used AS
(
	SELECT p.*, l.customer AS written FROM loading.purchase p JOIN loading.line l USING (line) WHERE l.problem IS NULL
),
id AS (SELECT customer_id, count(*) AS rows, bool_or(written <> customer_id) AS trimmed FROM used GROUP BY customer_id),
one_order AS
(
	SELECT order_id, count(DISTINCT customer_id) AS customers, count(DISTINCT at) AS times
	FROM used WHERE order_id IS NOT NULL GROUP BY order_id
)
SELECT 1 AS place, format('%s of %s customer ids end in ".0", as in "%s": numbers that went through a float. They are kept as written.',
	count(*) FILTER (WHERE customer_id ~ '^\d+\.0$'), count(*), min(customer_id) FILTER (WHERE customer_id ~ '^\d+\.0$')) AS remark
FROM id HAVING count(*) FILTER (WHERE customer_id ~ '^\d+\.0$') > 0
UNION ALL
SELECT 2, format('The customer id "%s" looks like a missing value. It is kept as one customer (rows: %s).', customer_id, rows)
FROM id WHERE lower(customer_id) IN ('null', 'nan', 'none', 'n/a', 'na', '\n', '-', '0', '-1', 'unknown', 'guest')
UNION ALL
SELECT 3, format('%s customer ids had blanks around them, which were taken off.', count(*)) FROM id WHERE trimmed HAVING count(*) > 0
UNION ALL
SELECT 4, format('%s order ids belong to more than one customer. Each customer''s lines are an order of their own.', count(*))
FROM one_order WHERE customers > 1 HAVING count(*) > 0
UNION ALL
SELECT 5, format('%s orders have lines of different times. The order counts at the first.', count(*))
FROM one_order WHERE times > 1 HAVING count(*) > 0
UNION ALL
SELECT 6, format('%s rows name no order. Each is an order of its own.', count(*)) FROM used WHERE :with_order_id = 1 AND order_id IS NULL HAVING count(*) > 0
UNION ALL
SELECT 7, format('%s orders have an amount below zero: they count as refunds.', count(*)) FROM purchases WHERE amount < 0 HAVING count(*) > 0;

SELECT count(*) > 0 AS some FROM loading.remark \gset
\if :some
\echo To know:
\pset tuples_only on
\pset format unaligned
SELECT '  - ' || remark FROM loading.remark ORDER BY place, remark;
\pset format aligned
\pset tuples_only off
\echo
\endif

DROP SCHEMA loading CASCADE;
