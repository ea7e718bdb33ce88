-- What a user sees of tiers: results, messages, plans; and settings that come before the library.
SET client_min_messages = error;
DROP DATABASE IF EXISTS crm_tier_owned;
DROP ROLE IF EXISTS regress_crm_tier_owner;
RESET client_min_messages;
SET search_path = public, crm;
SELECT * FROM tiers('0-small:-infinity, 1-plain:100, 2-major:2500.50, 3-VIP:20000');
SELECT v AS spent, tier_for(ladder, v), n.tier AS next, n.missing
FROM (SELECT '0-none:0, 1-bronze:100, 2-silver:500, 3-gold:2000'::tier_ladder) l(ladder),
     unnest(ARRAY[-5, 0, 100, 1999.99, 2000]) v, next_tier(ladder, v) n;

-- Messages.
SELECT 'gold'::tier;
SELECT '12-gold'::tier;
SELECT '3-go:ld'::tier;
SELECT ('3-' || repeat('小', 200))::tier;
SELECT '0-none:0, 1-bronze:1e2'::tier_ladder;
SELECT '0-none:0, 1-bronze:100, 2-silver:99'::tier_ladder;
SELECT crm.tier('0-none:0, 3-gold:2000', 'golden');
SELECT tier_for('0-none:0', 'NaN');
SET crm.tier_ladder = '0-none:0, 1-bronze';
SET crm.tier_lader = '0-none:0';
SET crm.tier_ladder = '0-none:0, 1-bronze:100, 2-silver:500, 3-gold:2000';
SELECT 'golden'::tier;
SELECT 'golden'::text::tier;

-- Clients send parameters as text or varchar: the index serves them.
CREATE TABLE tier_customer (id int, tier tier);
INSERT INTO tier_customer SELECT id, (ARRAY['none', 'bronze', 'silver', 'gold'])[1 + id % 4]::tier FROM generate_series(1, 4000) id;
INSERT INTO tier_customer VALUES (0, '9-owner');
CREATE INDEX ON tier_customer (tier);
ANALYZE tier_customer;
PREPARE a (varchar) AS SELECT id FROM tier_customer WHERE tier > $1;
EXPLAIN (COSTS OFF) EXECUTE a ('gold');
EXECUTE a ('gold');
PREPARE b (text[]) AS SELECT count(*) FROM tier_customer WHERE tier = ANY ($1);
EXPLAIN (COSTS OFF) EXECUTE b ('{gold,9-owner}');
EXECUTE b ('{gold,9-owner}');
SELECT tier, count(*) FROM tier_customer GROUP BY tier ORDER BY tier DESC;

-- A setting that comes before the library is taken over when it is loaded.
\c -
SET crm.tier_ladder = '0-none:0, 3-gold:2000';
SELECT 'gold'::crm.tier;
\c -
SELECT set_config('crm.tier_ladder', 'nonsense', false);
SELECT '3-gold'::crm.tier, current_setting('crm.tier_ladder') AS setting;
\c -
SET crm.tier_lader = '0-none:0';
SELECT '3-gold'::crm.tier;
-- So is that of a database.
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET crm.tier_ladder = %L', current_database(), '0-none:0, 4-gold:2000'); END $$;
\c -
SELECT 'gold'::crm.tier;
SELECT count(*) FROM public.tier_customer WHERE tier OPERATOR(crm.=) 'gold';
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET crm.tier_ladder', current_database()); END $$;
-- An owner who is no superuser sets it once the library is loaded.
CREATE ROLE regress_crm_tier_owner CREATEDB;
SET SESSION AUTHORIZATION regress_crm_tier_owner;
CREATE DATABASE crm_tier_owned TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C';
\c crm_tier_owned
SET client_encoding = 'UTF8';
SET SESSION AUTHORIZATION regress_crm_tier_owner;
CREATE EXTENSION crm;
SELECT crm.tier_rank('3-gold');
ALTER DATABASE crm_tier_owned SET crm.tier_ladder = '0-none:0, 5-café:2000';
-- There a label is text in the database's encoding.
\c -
SET client_encoding = 'UTF8';
SELECT 'café'::crm.tier, crm._tier_send('5-café') AS sent, length(crm.tier_label('5-café'));
SET client_encoding = 'LATIN1';
SELECT crm._tier_send('5-' || crm.tier_label(crm.tier(current_setting('crm.tier_ladder')::crm.tier_ladder, E'caf\xe9'))) AS sent;
SET client_encoding = 'UTF8';
SELECT crm.tier_rank(('5-' || repeat('é', 63))::crm.tier), crm.tier_rank(('5-' || repeat('é', 64))::crm.tier);
SELECT '5-小'::crm.tier;
\c contrib_regression
DROP DATABASE crm_tier_owned;
DROP ROLE regress_crm_tier_owner;
DROP TABLE tier_customer;
