-- A made-up shop of two and a half years: 5,000 customers, about 40,000 orders, refunds.
-- Every number comes from md5 of a key, so no plan, version or machine changes it.
--
-- Customers differ, as real ones do: each has a rate of buying and a typical basket of its own (both
-- lognormal: few buy often, few spend much), and stays for a time of its own, then leaves without a word.

SET client_min_messages = warning;

CREATE SCHEMA made_up;

-- A number between 0 and 1 (neither) that belongs to a key.
CREATE FUNCTION made_up.dice(key text) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((('x' || substr(md5(key), 1, 12))::bit(48)::bigint) + 0.5) / 281474976710656.0 $$;

-- The same from the normal distribution (Box and Muller 1958).
CREATE FUNCTION made_up.bell(key text) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT sqrt(-2 * ln(made_up.dice(key || '/a'))) * cos(2 * pi() * made_up.dice(key || '/b')) $$;

-- One of a list.
CREATE FUNCTION made_up.pick(key text, list text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT list[1 + floor(made_up.dice(key) * cardinality(list))::int] $$;

CREATE TABLE customers
(
	customer_id int PRIMARY KEY,
	name        text NOT NULL
);

CREATE TABLE orders
(
	order_id    int PRIMARY KEY,
	customer_id int NOT NULL REFERENCES customers,
	ordered_at  timestamptz NOT NULL,
	total       numeric(10, 2) NOT NULL,
	status      text NOT NULL DEFAULT 'paid'
);

CREATE TABLE refunds
(
	refund_id   int PRIMARY KEY,
	order_id    int NOT NULL REFERENCES orders,
	customer_id int NOT NULL REFERENCES customers,
	refunded_at timestamptz NOT NULL,
	amount      numeric(10, 2) NOT NULL
);

INSERT INTO customers
SELECT i,
	made_up.pick('first' || i, '{Ada,Alan,Amina,Anton,Béla,Carmen,Chidi,Dora,Edsger,Emmy,Farid,Grace,Hana,Ivan,Jun,Kateryna,Lars,Leonhard,Mei,Nadia,Omar,Petra,Quentin,Rosa,Sofia,Tariq,Uma,Viktor,Wanda,Yusuf}')
	|| ' ' || made_up.pick('last' || i, '{Abel,Bakker,Castro,Dijk,Eriksen,Fischer,García,Haddad,Ito,Jansen,Kovács,Lind,Moreau,Novak,Okafor,Petrov,Quist,Rossi,Silva,Tanaka,Ueda,Varga,Weber,Xu,Yilmaz,Zhou}')
FROM generate_series(1, 5000) AS i;

-- Days from 2023-01-01; the shop is seen at the end of day 911, 2025-06-30.
WITH character AS
(
	SELECT customer_id,
		floor(905 * made_up.dice('joined' || customer_id)) + 0.5                AS joined,
		exp(ln(0.0225) + 0.9 * made_up.bell('rate' || customer_id))              AS orders_a_day,
		-280 * exp(0.8 * made_up.bell('loyal' || customer_id)) * ln(made_up.dice('stay' || customer_id)) AS stays,
		exp(ln(38) + 0.6 * made_up.bell('basket' || customer_id))               AS basket
	FROM customers
),
bought AS
(
	-- The first order, then exponential gaps until the customer leaves.
	SELECT customer_id, 1 AS nth, joined AS day, basket FROM character
	UNION ALL
	SELECT c.customer_id, n + 1,
		c.joined + sum(-ln(made_up.dice(format('gap%s/%s', c.customer_id, n))) / c.orders_a_day) OVER (PARTITION BY c.customer_id ORDER BY n),
		c.basket
	FROM character c, generate_series(1, ceil(2 * c.orders_a_day * least(c.stays, 911 - c.joined))::int + 12) AS n
),
kept AS
(
	SELECT b.* FROM bought b JOIN character c USING (customer_id)
	WHERE b.day <= least(c.joined + c.stays, 910) OR b.nth = 1
)
INSERT INTO orders
SELECT row_number() OVER (ORDER BY floor(day), customer_id, nth),
	customer_id,
	-- Between 7 in the morning and 11 at night, in London.
	(timestamp '2023-01-01' + floor(day)::int * interval '1 day'
		+ round(7 * 3600 + 16 * 3600 * made_up.dice(format('hour%s/%s', customer_id, nth))) * interval '1 second') AT TIME ZONE 'Europe/London',
	round((basket * exp(0.5 * made_up.bell(format('sum%s/%s', customer_id, nth))))::numeric, 2),
	CASE WHEN made_up.dice(format('cancel%s/%s', customer_id, nth)) < 0.02 THEN 'cancelled' ELSE 'paid' END
FROM kept;

-- Six orders in a hundred come back, a third of them whole, three to twenty days later.
WITH back AS
(
	SELECT order_id, customer_id,
		ordered_at + (3 + 17 * made_up.dice('when' || order_id)) * interval '1 day' AS refunded_at,
		CASE WHEN made_up.dice('whole' || order_id) < 1 / 3.0 THEN total
			ELSE round(total * (0.1 + 0.8 * made_up.dice('part' || order_id))::numeric, 2) END AS amount
	FROM orders
	WHERE status = 'paid' AND made_up.dice('back' || order_id) < 0.06
)
INSERT INTO refunds
SELECT row_number() OVER (ORDER BY order_id), order_id, customer_id, date_trunc('second', refunded_at), amount
FROM back
WHERE refunded_at < timestamptz '2025-07-01 00:00 Europe/London' AND amount > 0;

DROP SCHEMA made_up CASCADE;

-- What the rest of the demo reads: what came in, and what went back.
CREATE VIEW purchases AS
SELECT customer_id, ordered_at AS at, total AS amount FROM orders WHERE status <> 'cancelled'
UNION ALL
SELECT customer_id, refunded_at, -amount FROM refunds;

ANALYZE;
