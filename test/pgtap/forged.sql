-- States of aggregates that no aggregate made. Users cannot make one: input and COPY refuse the open forms. A superuser
-- can, as here, by a type that is physically the same; so can a broken disk. Each is an error, never a crash.
\set ON_ERROR_STOP 1
BEGIN;
SET LOCAL search_path = crm, public;
SET LOCAL client_min_messages = warning;
SELECT plan(12);

CREATE TYPE public.raw;
CREATE FUNCTION raw_in(cstring) RETURNS raw LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION raw_out(raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE public.raw (
	INPUT = raw_in, OUTPUT = raw_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);
CREATE CAST (raw AS history) WITHOUT FUNCTION;
CREATE CAST (history AS raw) WITHOUT FUNCTION;
CREATE CAST (raw AS btyd_data) WITHOUT FUNCTION;
CREATE CAST (btyd_data AS raw) WITHOUT FUNCTION;
CREATE CAST (raw AS rfm_sample) WITHOUT FUNCTION;
CREATE CAST (rfm_sample AS raw) WITHOUT FUNCTION;

CREATE AGGREGATE open_history(date, numeric) (SFUNC = _history_agg_date, STYPE = history);
CREATE AGGREGATE open_data(history, date) (SFUNC = _btyd_agg_history, STYPE = btyd_data);
CREATE AGGREGATE open_sample(history, date, integer) (SFUNC = _rfm_sample_add, STYPE = rfm_sample);
CREATE TEMP TABLE good AS
SELECT
	(SELECT open_history(DATE '2024-01-01' + i, i) FROM generate_series(1, 9) AS i)::raw::text::bytea AS history,
	(
		SELECT open_data(history_agg, '2024-03-04')
		FROM (SELECT history_agg(DATE '2024-01-01' + 7 * i, 1) FROM generate_series(0, 4) AS i GROUP BY i % 2) AS q
	)::raw::text::bytea AS data,
	(
		SELECT open_sample(crm.history(DATE '2024-01-01', i), '2024-06-30', 5) FROM generate_series(1, 9) AS i
	)::raw::text::bytea AS sample;

-- A function that hands out the forged state, wherever the executor keeps one: a moving aggregate whose inverse step is
-- that of crm, a final function of crm.
CREATE TEMP TABLE forged (bytes bytea);
CREATE FUNCTION forge(history, date, numeric) RETURNS history LANGUAGE sql AS
	'SELECT bytes::text::raw::history FROM forged';
CREATE FUNCTION forge(btyd_data, bigint, double precision, double precision) RETURNS btyd_data
	LANGUAGE sql AS
	'SELECT bytes::text::raw::btyd_data FROM forged';
CREATE FUNCTION forge(rfm_sample, history, date, integer) RETURNS rfm_sample LANGUAGE sql AS
	'SELECT bytes::text::raw::rfm_sample FROM forged';
CREATE AGGREGATE bad_history(date, numeric) (
	SFUNC = forge, STYPE = history, MSFUNC = forge, MINVFUNC = _history_agg_date, MSTYPE = history,
	FINALFUNC = _history_agg_final, MFINALFUNC = _history_agg_final
);
CREATE AGGREGATE bad_data(bigint, double precision, double precision) (
	SFUNC = forge, STYPE = btyd_data, MSFUNC = forge, MINVFUNC = _btyd_agg_numbers, MSTYPE = btyd_data,
	FINALFUNC = _btyd_agg_final, MFINALFUNC = _btyd_agg_final
);
CREATE AGGREGATE bad_sample(history, date, integer) (
	SFUNC = forge, STYPE = rfm_sample, MSFUNC = forge, MINVFUNC = _rfm_sample_add, MSTYPE = rfm_sample,
	FINALFUNC = _rfm_sample_cuts, MFINALFUNC = _rfm_sample_cuts
);

-- What comes of a query, its value or its error.
CREATE FUNCTION outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE query INTO result;
	RETURN coalesce(result, 'null');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

-- All ways to use a state of one type: read it, merge it, add to it, end with it.
CREATE FUNCTION outcomes(type text, bad bytea) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM forged;
	INSERT INTO forged VALUES (bad);
	CASE type
		WHEN 'history' THEN
			RETURN NEXT outcome('SELECT bytes::text::raw::history FROM forged');
			RETURN NEXT outcome('SELECT history_agg(bytes::text::raw::history) FROM forged');
			RETURN NEXT outcome('SELECT bad_history(''2024-01-01'', 1)');
			RETURN NEXT outcome(
				'SELECT string_agg(h::text, '';'') FROM (SELECT bad_history(DATE ''2024-01-01'' + i, i) OVER '
				'(ORDER BY i ROWS 1 PRECEDING) AS h FROM generate_series(1, 3) AS i) AS q');
		WHEN 'data' THEN
			RETURN NEXT outcome('SELECT bytes::text::raw::btyd_data FROM forged');
			RETURN NEXT outcome('SELECT btyd_agg(bytes::text::raw::btyd_data) FROM forged');
			RETURN NEXT outcome('SELECT bad_data(1, 1, 2)');
			RETURN NEXT outcome(
				'SELECT string_agg(d::text, '';'') FROM (SELECT bad_data(i, 1, 9) OVER '
				'(ORDER BY i ROWS 1 PRECEDING) AS d FROM generate_series(1, 3) AS i) AS q');
		WHEN 'sample' THEN
			RETURN NEXT outcome('SELECT length(bytes::text::raw::rfm_sample::text) > 0 FROM forged');
			RETURN NEXT outcome('SELECT bad_sample('''', ''2024-06-30'', 5)');
			RETURN NEXT outcome(
				'SELECT string_agg(c::text, '';'') FROM '
				'(SELECT bad_sample(crm.history(DATE ''2024-01-01'', i), ''2024-06-30'', 5) OVER '
				'(ORDER BY i ROWS 1 PRECEDING) AS c FROM generate_series(1, 3) AS i) AS q');
	END CASE;
END $$;

SELECT is_empty(
	$$SELECT o FROM good, outcomes('history', history) AS o WHERE o NOT LIKE '2024-01-0_:%2024-01-10:1:9.00%'$$,
	'a good history is used'
);
SELECT is_empty(
	$$SELECT o FROM good, outcomes('data', data) AS o WHERE o NOT LIKE 'unit_days=7 % rows=%2:4:9% days=%2024-01-29% gaps=%14*3%'$$,
	'good data are used'
);
SELECT is_empty(
	$$SELECT o FROM good, outcomes('sample', sample) AS o WHERE o !~ 'true|recency'$$,
	'a good sample is used'
);

-- every bit of the header, every byte of the rest, and all of it cut off
CREATE FUNCTION tampered(good bytea, header integer) RETURNS TABLE (place integer, bytes bytea) LANGUAGE sql AS $$
	SELECT i, set_bit(good, i, 1 - get_bit(good, i)) FROM generate_series(0, 8 * header - 1) AS i
	UNION ALL
	SELECT 8 * i, set_byte(good, i, b)
	FROM generate_series(header, length(good) - 1) AS i, unnest('{0, 5, 255}'::integer[]) AS b
	UNION ALL
	SELECT -i, substr(good, 1, i) FROM generate_series(1, length(good) - 1, 7) AS i
$$;
CREATE TEMP TABLE result AS
SELECT type, place, o AS outcome
FROM good, (VALUES ('history', 12), ('data', 68), ('sample', 20)) AS t (type, header),
	LATERAL tampered(CASE type WHEN 'history' THEN history WHEN 'data' THEN data ELSE sample END, header),
	LATERAL outcomes(type, bytes) AS o;
SELECT cmp_ok(count(*)::integer, '>', 2000, 'all tampered states were used') FROM result;
SELECT is_empty(
	$$SELECT * FROM result WHERE outcome ~ '^[0-9A-Z]{5}$' AND outcome NOT IN ('XX001', '22003', '22023')$$,
	'errors are those of bad data, of numbers out of range, of another unit or question'
);
SELECT ok(count(*) FILTER (WHERE outcome = 'XX001') > 50, type || ': many are malformed')
FROM result GROUP BY type ORDER BY type;
-- what was not refused is a value that can be written and read
CREATE TEMP TABLE accepted AS
SELECT type, outcome
FROM result
WHERE outcome !~ '^[0-9A-Z]{5}$' AND outcome !~ ';' AND outcome NOT IN ('true', 'null');
SELECT is_empty(
	$$SELECT outcome FROM accepted WHERE type = 'history' AND outcome::history::text <> outcome$$,
	'the others are histories'
);
SELECT is_empty(
	$$SELECT outcome FROM accepted WHERE type = 'data' AND outcome::btyd_data::text <> outcome$$,
	'the others are data'
);
SELECT is_empty(
	$$SELECT outcome FROM accepted WHERE type = 'sample' AND outcome::rfm_cuts::text <> outcome$$,
	'the others are cuts'
);
SELECT cmp_ok(count(*)::integer, '>', 200, 'there are others') FROM accepted;
SELECT * FROM finish();
ROLLBACK;
