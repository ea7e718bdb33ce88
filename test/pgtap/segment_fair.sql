-- Nobody who is as quiet as customers of the shop usually are is called lost: within twice the median gap between
-- purchase days not Lost, Hibernating, At Risk or Cannot Lose Them, within one gap not About To Sleep either; for every
-- preset at the levels it is made for, on real shops and made-up ones.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SET LOCAL work_mem = '64MB';
SELECT plan(8);

CREATE TEMP TABLE c (shop text, id text, h history);

-- A subscription whose customers all pay on the 1st; some have left. A grocer whose customers all came within four days.
INSERT INTO c
SELECT 'subscription', id, history_agg((DATE '2023-01-01' + m * interval '1 month')::date, 9 + id % 3)
FROM generate_series(1, 1000) AS id, generate_series(0, 23) AS m
WHERE m BETWEEN id % 13 AND CASE WHEN id % 9 = 0 THEN 12 ELSE 23 END GROUP BY id;
INSERT INTO c
SELECT 'grocer', id, history_agg(DATE '2023-09-01' + d, 5 + (d * id) % 40)
FROM generate_series(1, 1000) AS id, generate_series(0, 120) AS d
WHERE (d + id) % (1 + id % 3) = 0 AND d <= 120 - id % 4 GROUP BY id;
-- From 10 customers to 100,000, as many orders as chance wills, some long ago.
INSERT INTO c
SELECT 'random ' || n || ' ' || shop, id, history_agg(
	DATE '2023-12-31' - (hashint8(id * 7919 + shop * 104729 + i) & 2147483647)::integer % (1 + id % 700)::integer, 1 + id % 50)
FROM (VALUES (10, 25), (30, 5), (1000, 1), (100000, 1)) AS v (n, shops), generate_series(1, shops) AS shop,
	generate_series(1, n::bigint) AS id, generate_series(1, 1 + (hashint8(id + shop * 31) & 2147483647) % 6) AS i
GROUP BY n, shop, id;

SELECT NOT (pg_stat_file(:'crm_data' || '/online_retail/online_retail.csv.gz', true) IS NULL
	OR pg_stat_file(:'crm_data' || '/cdnow/CDNOW_master.txt', true) IS NULL
	OR pg_stat_file(:'crm_data' || '/northwind/northwind.sql', true) IS NULL) AS real \gset
\if :real
	\ir retail.psql
	INSERT INTO c SELECT 'Online Retail', customer, history_agg(at, total)
	FROM (
		SELECT customer, min(at) AS at, sum(quantity * price) AS total
		FROM retail WHERE customer IS NOT NULL GROUP BY customer, invoice
	) AS q GROUP BY customer;
	CREATE TEMP TABLE line (t text);
	\set command 'tail -n +2 ' :crm_data '/cdnow/CDNOW_master.txt'
	COPY line FROM PROGRAM :'command';
	INSERT INTO c SELECT 'CDNOW', f[1], history_agg(f[2]::date, f[4]::numeric)
	FROM (SELECT regexp_split_to_array(trim(t), '\s+') AS f FROM line) AS q GROUP BY f[1];
	TRUNCATE line;
	\set command 'grep "^INSERT INTO orders " ' :crm_data '/northwind/northwind.sql'
	COPY line FROM PROGRAM :'command' (DELIMITER E'\x01');
	INSERT INTO c SELECT 'Northwind', f[1], history_agg(f[2]::date, 10)
	FROM (SELECT regexp_match(t, '^[^'']*''(\w+)'', \d+, ''([0-9-]+)''') AS f FROM line) AS q GROUP BY f[1];
\endif
SELECT CASE WHEN :'real' THEN is(count(DISTINCT shop), 3::bigint, 'real shops') ELSE skip('no data at ' || :'crm_data', 1) END
FROM c WHERE shop IN ('Online Retail', 'CDNOW', 'Northwind');

-- the day after the last order, two weeks later, and half-way
CREATE TEMP TABLE day AS
SELECT shop, day FROM (SELECT shop, min(first_order(h)) AS first, max(last_order(h)) AS last FROM c GROUP BY shop) AS q,
	unnest(ARRAY[last + 14, last + 1, first + (last - first) / 2]) WITH ORDINALITY AS d (day, i)
WHERE i = 1 OR shop <> 'random 100000 1';
CREATE TEMP TABLE median AS
SELECT shop, day, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS gap
FROM (
	SELECT shop, a.day - lag(a.day) OVER (PARTITION BY shop, id ORDER BY a.day) AS gap, a.day AS until
	FROM c, activity(h) AS a WHERE a.orders > 0
) AS g JOIN day USING (shop) WHERE until <= day GROUP BY shop, day;
CREATE TEMP TABLE named AS
SELECT scheme, shop, id, day, recency_days(h, day) AS silence, segment_name(scheme::scheme, cuts, h, day) AS name
FROM (VALUES ('cells11', 5), ('rf10', 5), ('rfm10', 5), ('klaviyo6', 3)) AS s (scheme, levels),
	LATERAL (SELECT shop, day, rfm_cuts_agg(h, day, levels) AS cuts FROM c JOIN day USING (shop) GROUP BY shop, day) AS k
	JOIN c USING (shop)
WHERE purchase_days(h, day) > 0;

SELECT cmp_ok(count(*) FILTER (WHERE silence <= gap), '>', 10000::bigint, scheme || ': many are as quiet as usual')
FROM named JOIN median USING (shop, day) GROUP BY scheme ORDER BY scheme;
SELECT is_empty(
	$$SELECT scheme, shop, day, name, count(*), min(silence), gap FROM named JOIN median USING (shop, day)
		WHERE silence <= 2 * gap AND (scheme <> 'klaviyo6' AND name IN ('Lost', 'Hibernating', 'At Risk', 'Cannot Lose Them', 'Can''t Lose')
			OR scheme = 'klaviyo6' AND name = 'Inactive') GROUP BY scheme, shop, day, name, gap$$,
	'within twice the median gap nobody is lost'
);
SELECT is_empty(
	$$SELECT scheme, shop, day, name, count(*), min(silence), gap FROM named JOIN median USING (shop, day)
		WHERE silence <= gap AND name = 'About To Sleep' GROUP BY scheme, shop, day, name, gap$$,
	'within one nobody is about to sleep'
);
SELECT is_empty(
	$$SELECT shop FROM named WHERE scheme = 'cells11' AND shop IN ('subscription', 'random 100000 1')
		GROUP BY shop HAVING count(*) FILTER (WHERE name = 'Lost') = 0$$,
	'who has left is'
);

SELECT finish();
ROLLBACK;
