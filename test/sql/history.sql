-- What a person sees: values, error messages, and what each combination of argument types does.
SET search_path = crm, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT '2024-01-05:2:71.00,2024-02-11:0:-3.50'::history AS history;
SELECT * FROM activity('2024-01-05:2:71.00,2024-02-11:0:-3.50');
SELECT * FROM btyd('2024-01-05:2:71.00,2024-02-11:0:-3.50,2024-02-20:1:12', '2024-03-01');

-- errors say what is wrong, where, and what to do
SELECT '2024-01-05:2:71.00,2024-02-30:1:5'::history;
SELECT '2024-01-05 71.00'::history;
SELECT '小:1:5'::history;
SELECT history_agg(now(), 1);
SELECT history_agg(now(), 1, 'BST');
SELECT history_agg(DATE '2024-01-01', 1, 'Europe/London');
SELECT history_agg(DATE '2024-01-01', 1.123456789);
SELECT history_agg(DATE '2024-01-01', 'NaN'::numeric);
SELECT recency_days('2024-01-05:2:71.00', 'infinity');
SELECT btyd('2024-01-05:2:71.00', '2024-03-01', 0);
SELECT _history_agg_date(NULL, '2024-01-01', 1);

-- every type of time with every type of amount: the result, or the error and its hint
CREATE FUNCTION pg_temp.call(at text, amount text, rest text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	hint text;
BEGIN
	EXECUTE format('SELECT crm.history_agg(%s, %s%s)::text', at, amount, rest) INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLERRM || ' | ' || hint;
END $$;
SELECT at, amount, rest, pg_temp.call(at, amount, rest) AS result_or_error
FROM unnest(ARRAY['DATE ''2024-01-05''', 'TIMESTAMP ''2024-01-05 23:00''', 'TIMESTAMPTZ ''2024-01-05 23:00+00''', '''2024-01-05''', 'NULL']) WITH ORDINALITY a(at, i),
	unnest(ARRAY['7', '7::bigint', '7::numeric', '7::real', '7::float8', '7::money', '''7''']) WITH ORDINALITY b(amount, j),
	unnest(ARRAY['', ', 2', ', ''UTC''', ', ''UTC'', 2']) WITH ORDINALITY c(rest, k)
ORDER BY i, k, j;
