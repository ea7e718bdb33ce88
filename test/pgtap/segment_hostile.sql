-- What does not belong in the types of this room is an error that says why, never a crash, never a guess.
BEGIN;
SET search_path = crm, public;
SELECT plan(71);

-- ---------------------------------------------------------------- binary

\ir receive.psql
CREATE FUNCTION pg_temp.send(type text, value text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE result bytea;
BEGIN
	EXECUTE format('SELECT crm.%I(%L::crm.%I)', '_' || type || '_send', value, type) INTO result;
	RETURN result;
END $$;

CREATE TEMP TABLE good (type, value) AS VALUES ('rfm', '543'), ('rfm', '000'), ('segment', '[45][45]*, 35[345], 000'), ('segment', ''), ('rfm_cuts', 'recency <= 365 180, orders >= 2 none, average_order_value >= -50.12345678 200.00'),
	('scheme', 'Best: 555; "a;b": 5**; 小: 000; else: Others'), ('rfm_sample', '\x01050000000023280000000000000001000000005206c801'), ('rfm_sample', '\x0102010100000000000000000000000000000000');
SELECT is(pg_temp.receive(type, pg_temp.send(type, value)), value, format('%s: binary round trip of %s', type, left(value, 30))) FROM good;
SELECT is_empty($$SELECT type, i FROM good, LATERAL pg_temp.send(type, value) b, generate_series(0, length(b) - 1) i WHERE type NOT IN ('scheme', 'rfm_cuts') AND pg_temp.receive(type, substr(b, 1, i)) = value$$, 'a truncated value is never the value (two types are text: a shorter text may mean the same)');
-- a flipped bit is an error, or another value that survives a round trip
SELECT is_empty($$SELECT type, i, r FROM good, LATERAL pg_temp.send(type, value) b, generate_series(0, length(b) * 8 - 1) i, LATERAL pg_temp.receive(type, set_bit(b, i, 1 - get_bit(b, i))) r
	WHERE r !~ '^(22P0[23]|22021|08P01)$' AND pg_temp.receive(type, pg_temp.send(type, r)) IS DISTINCT FROM r$$, 'bit flips: an error or an equal round trip');
SELECT ok(pg_temp.receive(type, b) ~ '^(22P0[23]|22021|08P01)$', format('%s: %s is %s', type, why, pg_temp.receive(type, b))) FROM (VALUES
	('rfm', '\x002b'::bytea, '043'), ('rfm', '\xffff', '-1'), ('rfm', '\x0230', '560'), ('rfm', '\x00', 'one byte'), ('rfm', '\x00000000', 'four bytes'), ('segment', '\x80000000000000000000000000000000', 'the highest bit'),
	('segment', '\x40000000000000000000000000000000', 'the second highest bit'), ('segment', '\x00', 'one byte'), ('segment', '\x0000000000000000000000000000000000', '17 bytes'), ('rfm_cuts', '', 'empty'), ('rfm_cuts', '\x00', 'a zero byte'),
	('scheme', '', 'empty'), ('scheme', '\x413a20353535ff', 'no UTF-8'), ('rfm_sample', '', 'empty'), ('rfm_sample', '\x0205000000000000000000000000000000000000', 'version 2'), ('rfm_sample', '\x0106000000000000000000000000000000000000', 'six levels'),
	('rfm_sample', '\x0101000000000000000000000000000000000000', 'one level'), ('rfm_sample', '\x0105020000000000000000000000000000000000', 'an unknown frequency'), ('rfm_sample', '\x0105000200000000000000000000000000000000', 'an unknown monetary measure'),
	('rfm_sample', '\x010500007fffffff000000000000000000000000', 'an infinite day'), ('rfm_sample', '\x0105000080000000000000000000000000000000', 'a day before all days'), ('rfm_sample', '\x0105000000000000000000000000000100000000', 'a customer without an entry'),
	('rfm_sample', '\x0105000000000000ffffffffffffffff00000000', 'minus one customer'), ('rfm_sample', '\x01050000000023280000000000000000000000005206c801', 'an entry without a customer'), ('rfm_sample', '\x01050000000023280000000000000001000000005206c8', 'a cut entry'),
	('rfm_sample', '\x01050000000000000000000000000000ffffffff', 'more lengths of gaps than there are'), ('rfm_sample', '\x01050000000000000000000000000000000000020000000000000001', 'a count that is missing'),
	('rfm_sample', '\x01050000000000000000000000000000000000010000800000000000', 'more gaps than there can be'),
	('rfm_sample', '\x01050000000023280000000000000001000000005906c801', 'scale 9'), ('rfm_sample', '\x0105000000002328000000000000000100000000ffffffffff0f06c801', 'more days than there are'),
	('rfm_sample', '\x01050000000023280000000000000001000000005206ffffffffffffffffffffffffffffffffffff03', 'more money than there is')) v(type, b, why);
SELECT throws_ok(format('SELECT %L::crm.rfm_sample', t), NULL, NULL, 'no state: ' || left(t, 20)) FROM unnest(ARRAY['', 'x', '\x', '\x0', '\xzz', repeat('5', 10000), '\x' || repeat('ff', 10000)]) t;

-- ---------------------------------------------------------------- the aggregate

CREATE TEMP TABLE c AS SELECT i AS id, history_agg(DATE '2024-01-01' + i, i) AS h FROM generate_series(1, 20) i GROUP BY i;
SELECT throws_ok(q, code, NULL, q) FROM (VALUES
	('SELECT _rfm_sample_add(NULL, h, ''2025-01-01'', 5) FROM c', '0A000'), ('SELECT _rfm_sample_add(''\x0105000000000000000000000000000000000000'', h, ''2025-01-01'', 5) FROM c', '0A000'), ('SELECT _rfm_sample_add(NULL, h, ''2025-01-01'', 5, ''orders'', ''revenue'') FROM c', '0A000'),
	('SELECT _rfm_sample_merge(NULL, NULL)', '0A000'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', 6) FROM c', '22023'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', 1) FROM c', '22023'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', -2147483648) FROM c', '22023'),
	('SELECT rfm_cuts_agg(h, NULL, 5) FROM c', '22004'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', NULL) FROM c', '22004'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', 5, NULL, ''revenue'') FROM c', '22004'), ('SELECT rfm_cuts_agg(h, ''infinity'', 5) FROM c', '22008'),
	('SELECT rfm_cuts_agg(h, ''2024-02-01''::date + id, 5) FROM c', '22023'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', 2 + id % 2) FROM c', '22023'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', 5, CASE WHEN id = 7 THEN ''orders'' ELSE ''purchase_days'' END, ''revenue'') FROM c', '22023'),
	('SELECT rfm_cuts_agg(h, ''2024-02-01'', 5, ''lines'', ''revenue'') FROM c', '22023'), ('SELECT rfm_cuts_agg(h, ''2024-02-01'', 5, ''orders'', '''') FROM c', '22023'),
	('SELECT rfm_cuts_agg(h, ''2024-02-01'', 5) FROM (VALUES (''2024-01-01:1:85070591730234615865843651857942052863''::history), (''2024-01-01:1:0.1'')) v(h)', '22003')) v(q, code);
SELECT is(rfm_cuts_agg(h, '2023-01-01', 5), NULL, 'nobody had bought: NULL') FROM c;
SELECT is(rfm_cuts_agg(h, '2025-01-01', 5), NULL, 'no row: NULL') FROM c WHERE false;
-- states that users' own aggregates start from or hand around
CREATE AGGREGATE pg_temp.state_agg(history, date, int) (SFUNC = crm._rfm_sample_add, STYPE = crm.rfm_sample);
CREATE AGGREGATE pg_temp.merge_agg(rfm_sample) (SFUNC = crm._rfm_sample_merge, STYPE = crm.rfm_sample, FINALFUNC = crm._rfm_sample_cuts);
CREATE AGGREGATE pg_temp.started_agg(history, date, int) (SFUNC = crm._rfm_sample_add, STYPE = crm.rfm_sample, INITCOND = '\x01050000000023280000000000000001000000005206c801', FINALFUNC = crm._rfm_sample_cuts);
SELECT is((SELECT pg_temp.merge_agg(s) FROM (SELECT pg_temp.state_agg(h, '2024-02-01', 5) AS s FROM c GROUP BY id % 4 UNION ALL SELECT NULL) q), (SELECT rfm_cuts_agg(h, '2024-02-01', 5) FROM c), 'states merge, NULL among them');
CREATE TEMP TABLE kept AS SELECT id % 3 AS part, pg_temp.state_agg(h, '2024-02-01', 5) AS s FROM c GROUP BY 1;
SELECT is((SELECT pg_temp.merge_agg(s) FROM kept), (SELECT rfm_cuts_agg(h, '2024-02-01', 5) FROM c), 'also when stored in between');
SELECT is((SELECT pg_temp.merge_agg(s::text::rfm_sample) FROM kept), (SELECT rfm_cuts_agg(h, '2024-02-01', 5) FROM c), 'and through their text');
SELECT throws_ok('SELECT pg_temp.started_agg(h, ''2024-02-01'', 5) FROM c', '22023', NULL, 'a state of another question');

SELECT * FROM finish();
ROLLBACK;
