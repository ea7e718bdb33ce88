-- Real data: published sums of CDNOW, and Online Retail to the cent.
\set ON_ERROR_STOP 1
SELECT :'crm_data' AS crm_data \gset
SELECT pg_stat_file(:'crm_data' || '/cdnow/CDNOW_master.txt', true) IS NULL AS absent \gset
\if :absent
	SELECT '1..0 # SKIP no data at ' || :'crm_data';
	\quit
\endif
BEGIN;
SET search_path = crm, public;
SELECT plan(12);

-- ---------------------------------------------------------------- CDNOW (Fader and Hardie), ../shared/oracles.md

CREATE TEMP TABLE line (i serial, t text);
\set command 'cat ' :crm_data '/cdnow/CDNOW_sample.txt'
COPY line (t) FROM PROGRAM :'command';
CREATE TEMP TABLE sample AS SELECT f[2] AS customer, f[3]::date AS day, f[5]::numeric AS amount FROM (SELECT regexp_split_to_array(trim(t), '\s+') AS f FROM line) q;
CREATE TEMP TABLE h AS SELECT customer, history_agg(day, amount) AS h FROM sample GROUP BY customer;
SELECT is(count(*), 2357::bigint, 'sample: customers') FROM h;
SELECT is(sum(revenue(h)), 244091.94, 'sample: revenue') FROM h;
SELECT is(sum(purchase_days(h)), 6696::numeric, 'sample: purchase days') FROM h;
SELECT is(sum(orders(h)), 6919::numeric, 'sample: rows') FROM h;
SELECT results_eq($$SELECT sum(x), round(sum(t_x * 7)), sum(t_x)::numeric(12,6), sum(t)::numeric(12,6), count(*) FILTER (WHERE x = 0), max(x) FROM h, btyd(h, '1997-09-30')$$,
	$$VALUES (2457::numeric, 112949::float8, 16135.571429, 77111.285714, 1411::bigint, 29::bigint)$$, 'sample at 1997-09-30: x, t_x, T');
SELECT is(sum(purchase_days(slice(h, '1997-10-01', '1998-06-30'))), 1882::numeric, 'sample: purchases in the 39 weeks after') FROM h;

TRUNCATE line;
\set command 'tail -n +2 ' :crm_data '/cdnow/CDNOW_master.txt'
COPY line (t) FROM PROGRAM :'command';
CREATE TEMP TABLE master AS SELECT f[1] AS customer, f[2]::date AS day, f[4]::numeric AS amount FROM (SELECT regexp_split_to_array(trim(t), '\s+') AS f FROM line) q;
CREATE TEMP TABLE m AS SELECT customer, history_agg(day, amount) AS h FROM master GROUP BY customer;
SELECT results_eq('SELECT count(*), sum(revenue(h)), sum(purchase_days(h)), sum(orders(h)) FROM m', $$VALUES (23570::bigint, 2500315.63, 67591::numeric, 69659::numeric)$$, 'full log: customers, revenue, customer-days, rows');
SELECT results_eq($$SELECT sum(x), sum(t_x)::numeric(14,4), sum(t)::numeric(14,4) FROM m, btyd(h, '1998-06-30')$$, $$VALUES (44021::numeric, 454133.1429, 1690620.8571)$$, 'full log at 1998-06-30');
SELECT is(sum(x), 24337::numeric, 'full log at 1997-09-30') FROM m, btyd(h, '1997-09-30');

-- ---------------------------------------------------------------- Online Retail

\ir retail.psql
CREATE TEMP TABLE r AS SELECT customer, history_agg(at, quantity * price, (invoice NOT LIKE 'C%')::int) AS h FROM retail WHERE customer IS NOT NULL GROUP BY customer;
SELECT is(count(*), 4372::bigint, 'retail: customers') FROM r;
SELECT is_empty('SELECT customer FROM retail JOIN r USING (customer) GROUP BY customer, h HAVING sum(quantity * price) <> revenue(h)', 'retail: every customer''s revenue, refunds included, is sum(quantity * unitprice)');
SELECT is((SELECT sum(purchase_days(history)) FROM (SELECT history_agg(at, total) AS history FROM
	(SELECT customer, invoice, min(at) AS at, sum(quantity * price) AS total FROM retail WHERE customer IS NOT NULL AND invoice NOT LIKE 'C%' GROUP BY 1, 2) o GROUP BY customer) q),
	16766::numeric, 'retail: 18,536 orders fall on 16,766 purchase days');

SELECT * FROM finish();
ROLLBACK;
