-- A refresh leaves no prediction empty: on real shops that nobody prepared, a subscription, a grocer, a small shop.
\set ON_ERROR_STOP 1
BEGIN;
SET LOCAL search_path = public, crm;
SET LOCAL client_min_messages = warning;
SELECT plan(4);

CREATE TABLE orders (shop text, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, at date, total numeric);
INSERT INTO orders (shop, customer, at, total)
SELECT 'subscription', id, DATE '2023-01-01' + m * interval '1 month', 9 + id % 3
FROM generate_series(1, 1000) AS id, generate_series(0, 23) AS m
WHERE m BETWEEN id % 13 AND CASE WHEN id % 9 = 0 THEN 12 ELSE 23 END;
INSERT INTO orders (shop, customer, at, total)
SELECT 'grocer', id, DATE '2023-09-01' + d, 5 + (d * id) % 40
FROM generate_series(1, 500) AS id, generate_series(0, 120) AS d
WHERE (d + id) % (1 + id % 3) = 0 AND d <= 120 - id % 4;
INSERT INTO orders (shop, customer, at, total)
SELECT 'small', id, DATE '2023-12-31' - ((hashint8(id * 7919 + i) & 2147483647) % (20 + id * 9))::integer, 10 + id % 7 + i % 3
FROM generate_series(1, 40::bigint) AS id, generate_series(1, 1 + id % 4) AS i;

SELECT NOT (pg_stat_file(:'crm_data' || '/online_retail/online_retail.csv.gz', true) IS NULL
	OR pg_stat_file(:'crm_data' || '/cdnow/CDNOW_sample.txt', true) IS NULL
	OR pg_stat_file(:'crm_data' || '/northwind/northwind.sql', true) IS NULL) AS real \gset
\if :real
	\ir retail.psql
	INSERT INTO orders (shop, customer, at, total)
	SELECT 'retail', customer, min(at), sum(quantity * price)
	FROM retail WHERE customer IS NOT NULL AND invoice NOT LIKE 'C%' GROUP BY customer, invoice;
	CREATE TEMP TABLE line (t text);
	\set command 'cat ' :crm_data '/cdnow/CDNOW_sample.txt'
	COPY line FROM PROGRAM :'command';
	INSERT INTO orders (shop, customer, at, total) SELECT 'cdnow', f[2], f[3]::date, f[5]::numeric
	FROM (SELECT regexp_split_to_array(trim(t), '\s+') AS f FROM line) AS q;
	TRUNCATE line;
	\set command 'grep "^INSERT INTO orders " ' :crm_data '/northwind/northwind.sql'
	COPY line FROM PROGRAM :'command' (DELIMITER E'\x01');
	INSERT INTO orders (shop, customer, at, total) SELECT 'northwind', f[1], f[2]::date, 10
	FROM (SELECT regexp_match(t, '^[^'']*''(\w+)'', \d+, ''([0-9-]+)''') AS f FROM line) AS q;
\endif
SELECT CASE WHEN :'real' THEN is(count(DISTINCT shop), 3::bigint, 'real shops') ELSE skip('no data at ' || :'crm_data', 1) END
FROM orders WHERE shop IN ('retail', 'cdnow', 'northwind');

CREATE TABLE result (
	shop text, customers bigint, p_alive bigint, churn bigint, expected bigint, clv bigint, note text, why text
);
DO $$
DECLARE
	_shop text;
BEGIN
	FOR _shop IN SELECT DISTINCT o.shop FROM orders AS o ORDER BY 1 LOOP
		EXECUTE format('CREATE TABLE orders_of_%s AS SELECT id, customer, at, total FROM orders WHERE shop = %L', _shop, _shop);
		EXECUTE format('ALTER TABLE orders_of_%s ADD PRIMARY KEY (id)', _shop);
		PERFORM crm.create_mart(_shop, 'UTC', 'EUR');
		PERFORM crm.add_source(_shop, 'orders_of_' || _shop, order_id => 'id', customer_id => 'customer', at => 'at', amount => 'total');
		PERFORM crm.refresh(_shop, (SELECT max(o.at) FROM orders AS o WHERE o.shop = _shop));
		EXECUTE format($q$
			INSERT INTO result
			SELECT %L, count(*), count(s.p_alive), count(s.churn_probability), count(s.expected_orders), count(s.clv), min(n.note), min(m.why)
			FROM %I.score AS s JOIN %I.snapshot AS n USING (as_of) LEFT JOIN %I.model AS m ON m.fitted_as_of = n.model_as_of
			WHERE s.purchase_days > 0$q$, _shop, _shop, _shop, _shop);
	END LOOP;
END $$;
SELECT is_empty('SELECT * FROM result WHERE p_alive < customers OR churn < customers OR expected < customers', 'no empty prediction');
SELECT is_empty('SELECT * FROM result WHERE clv < customers AND note IS NULL', 'no empty value without a sentence');
SELECT is_empty($$SELECT * FROM result WHERE why IS NULL OR why NOT LIKE '%.%'$$, 'each model says in words how it was chosen');

SELECT finish();
ROLLBACK;
