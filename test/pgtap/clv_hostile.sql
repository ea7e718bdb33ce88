-- Bytes and texts from outside, tampered with: an error, or another proper value; never a crash.
\set ON_ERROR_STOP 1
BEGIN;
SET search_path = crm, public;
SELECT plan(32);

\ir receive.psql

CREATE TEMP TABLE good AS SELECT d::btyd_data, m.model AS m FROM unnest(ARRAY['unit_days=7 as_of=2024-09-30 no_purchase=1 merged=300 rows=0:0:2*3,2:1.5:2,300:1:1 spend=2:10.25,3:33.333333333333336*200 days=2024-02-12*3,2024-05-30*300 gaps=1,14*302']) AS d,
	LATERAL (SELECT clv_fit(btyd_agg(history, '2024-09-30')) AS model FROM (SELECT history_agg(at, amount) AS history FROM clv_simulate(clv_model('mbgnbd', '{.525, 6.18, .891, 1.614}', 7, '{6.25, 3.74, 15.44}'), 500, '2024-01-01', '2024-09-30', 3, '2024-02-28') GROUP BY customer) q) AS m;
SELECT ok(clv_is_usable(m), 'a fitted model, to be tampered with') FROM good;
SELECT is(pg_temp.receive('btyd_data', _btyd_data_send(d)), d::text, 'data: round trip') FROM good;
SELECT is(pg_temp.receive('clv_model', _clv_model_send(m)), m::text, 'model: round trip') FROM good;

SELECT is_empty($$SELECT i, r FROM good, generate_series(0, length(_btyd_data_send(d)) - 1) i, LATERAL pg_temp.receive('btyd_data', substr(_btyd_data_send(d), 1, i)) r WHERE r <> '22P03'$$, 'data: truncated');
CREATE TEMP TABLE flipped AS SELECT b, pg_temp.receive('btyd_data', b) AS r FROM good, generate_series(0, length(_btyd_data_send(d)) * 8 - 1) i, LATERAL (SELECT set_bit(_btyd_data_send(d), i, 1 - get_bit(_btyd_data_send(d), i)) AS b) b;
SELECT is_empty($$SELECT r, b FROM flipped WHERE r <> '22P03' AND CASE WHEN r <> '22P03' THEN _btyd_data_send(r::btyd_data) <> b END$$, 'data: a flipped bit is an error, or another value in its canonical form');
SELECT ok(count(*) FILTER (WHERE r <> '22P03') > 20 AND count(*) FILTER (WHERE r = '22P03') > 20, 'data: both happen') FROM flipped;
SELECT is(pg_temp.receive('btyd_data', b), '22P03', 'data: not canonical: ' || why)
FROM (SELECT substr(_btyd_data_send('unit_days=7'), 1, 9) AS packed) q, LATERAL (VALUES ('\x'::bytea, 'no head'), ('\x00', 'version 0'), ('\x04', 'version 2'), ('\x03' || substr(_btyd_data_send('unit_days=7'), 2), 'the open form'),
	(_btyd_data_send('unit_days=7') || '\x00', 'a byte too many'), (packed || '\x800000000000000000000000', 'an overlong number'),
	(packed || '\x00ffffffffffffff7f0000000000000000', 'a length beyond all bounds'),
	(packed || '\x00ffffffff0fffffffff0f00000000000000', 'long lists without bytes'), (packed || '\x000000ffffffff0fffffffff0f0000000000', 'long lists of days and gaps'),
	(packed || '\x00000002000000000000000000', 'a list without its rows'), (packed || '\x01000000000000000000', 'a day of nobody'),
	(packed || '\xe7feffff07' || '\x010000000000000000' || '\x00000000', 'as_of beyond all days'),
	(set_byte(_btyd_data_send('unit_days=7'), 8, 192), 'a negative unit'), (overlay(_btyd_data_send('unit_days=7') PLACING '\xf07f' FROM 8), 'an infinite unit'),
	(packed || '\x00020000000000000000' || '\x0000000100000000'::bytea, 'the same row twice'), (packed || '\x00000002000000000000' || '\x05000000'::bytea, 'the same day twice'),
	(packed || '\x00000000010000000000' || '\x0000'::bytea, 'a gap of no day'), (packed || '\x00000000010000000000' || '\xe6feffff0700'::bytea, 'a gap longer than all days'),
	(packed || '\x00000001000000000000' || '\xe6feffff0700'::bytea, 'a day beyond all days'),
	(packed || '\x00010000000000000000' || '\x01000000000000f03f0000', 'a whole number of days in eight bytes')) v (b, why);

SELECT is_empty($$SELECT i, r FROM good, generate_series(0, length(_clv_model_send(m)) - 1, 13) i, LATERAL pg_temp.receive('clv_model', substr(_clv_model_send(m), 1, i)) r WHERE r NOT IN ('22P02', '22P03', '08P01')$$, 'model: truncated');
TRUNCATE flipped;
INSERT INTO flipped SELECT NULL, pg_temp.receive('clv_model', set_bit(_clv_model_send(m), i, 1 - get_bit(_clv_model_send(m), i))) FROM good, generate_series(0, length(_clv_model_send(m)) * 8 - 1, 11) i;
SELECT is_empty($$SELECT r FROM flipped WHERE r NOT IN ('22P02', '22P03', '22P05', '22021', '22003') AND r::clv_model::text <> r$$, 'model: a flipped bit is an error, or another model');
SELECT ok(count(*) FILTER (WHERE r NOT LIKE '22___') > 50 AND count(*) FILTER (WHERE r LIKE '22___') > 50, 'model: both happen') FROM flipped;

-- text, a character left out or replaced
CREATE FUNCTION pg_temp.read(kind regtype, input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE format('SELECT %L::%s::text', input, kind) INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
SELECT is_empty($$SELECT i, c, r FROM good, unnest(ARRAY['', '-', '9', ':', ',', 'e', '*']) c, generate_series(1, length(d::text)) i, LATERAL pg_temp.read('btyd_data', overlay(d::text PLACING c FROM i)) r WHERE r <> '22P02' AND r::btyd_data::text <> r$$, 'data: changed text is an error or another value');
SELECT is_empty($$SELECT i, c, r FROM good, unnest(ARRAY['', '-', '9', ':', '"', '}', ']']) c, generate_series(1, length(m::text)) i, LATERAL pg_temp.read('clv_model', overlay(m::text PLACING c FROM i)) r WHERE r NOT IN ('22P02', '22003') AND r::clv_model::text <> r$$, 'model: changed text is an error or another model');
SELECT is_empty($$SELECT i, r FROM good, generate_series(1, length(m::text)) i, LATERAL pg_temp.read('clv_model', overlay(m::text PLACING '9' FROM i)) r WHERE r NOT IN ('22P02', '22003') AND clv_is_usable(r::clv_model) AND btyd_p_alive(r::clv_model, 2, 3, 4) NOT BETWEEN 0 AND 1$$, 'a model that is read can predict');

SELECT * FROM finish();
ROLLBACK;
