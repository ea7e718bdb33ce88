-- Text that is no value is one kind of error for all types: the type and the text, where, what was
-- expected, what stands there, and an example. Characters are counted, not bytes.
BEGIN;
SET search_path = crm, public;
SELECT plan(122);

CREATE FUNCTION pg_temp.fault(type text, input text, OUT code text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT %L::crm.%I', input, type);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;

CREATE TEMP TABLE example (type text, input text, detail text);
INSERT INTO example VALUES
	('history', 'x', 'At character 1: expected a day, YYYY-MM-DD, found "x".'),
	('history', '2024-01-05:1:1,', 'At character 16: expected a day, YYYY-MM-DD, found the end of the text.'),
	('history', E'\x0b2024-01-05:1:1 ,\f 金曜日:1:1', 'At character 20: expected a day, YYYY-MM-DD, found "金曜日".'),
	('history', '2024-01-05:1:1,2023-02-29:1:1', 'At character 16: expected a day of the calendar, found "2023-02-29".'),
	('history', '2024-01-05:二:1', 'At character 12: expected a whole number of orders that fits a bigint, found "二".'),
	('history', '2024-01-05:1', 'At character 13: expected a colon and the amount, found the end of the text.'),
	('history', '2024-01-05:1:0.123456789', 'At character 14: expected an amount of at most 8 decimals, found "0.123456789".'),
	('history', '2024-01-05:1:1' || repeat(' ', 1000000) || '小', 'At character 1000015: expected a comma and another day, found "小".'),
	('history', repeat('小', 1000000), 'At character 1: expected a day, YYYY-MM-DD, found "' || repeat('小', 33) || '".'),
	('zone', '', 'At character 1: expected the full name of a time zone, found the end of the text.'),
	('zone', 'Middle/Earth', 'At character 1: expected the full name of a time zone, found "Middle/Earth".'),
	('zone', ' UTC', 'At character 1: expected the full name of a time zone, found " UTC".'),
	('zone', 'BST', 'At character 1: expected the full name of a time zone, found "BST".'),
	('zone', repeat('時', 1000000), 'At character 1: expected the full name of a time zone, found "' || repeat('時', 33) || '".'),
	('season', '', 'At character 1: expected flat, or a factor, found the end of the text.'),
	('season', '一', 'At character 1: expected flat, or a factor, found "一".'),
	('season', '1, 1,小', 'At character 6: expected a factor, found "小".'),
	('season', '1, 1', 'At character 5: expected a comma and another factor, for there are 12 of months or 52 of weeks, found the end of the text.'),
	('season', repeat('1,', 60), 'At character 105: expected the end of the text, for a year has 52 weeks, found "1".'),
	('rfm_cuts', '', 'At character 1: expected recency, found the end of the text.'),
	('rfm_cuts', E' recency\x0b<= 365\f180, 訪問 >= 2 4', 'At character 22: expected purchase_days or orders, found "訪問".'),
	('rfm_cuts', 'recency <= 2 1, orders >= 2 １, revenue >= 1 2', 'At character 29: expected a whole number that fits a bigint, or none, found "１".'),
	('rfm_cuts', 'recency <= 180 365, orders >= 2 4, revenue >= 50 200', 'At character 16: expected no more days than before: fewer are a better score, found "365".'),
	('rfm_cuts', 'recency <= 2 1, orders >= 2 4, revenue >= 50 40', 'At character 46: expected no smaller amount than before, found "40".'),
	('rfm_cuts', 'recency <= 1, orders >= 1' || repeat('小', 2000), 'At character 1: expected a text of at most 4096 bytes, found "recency <= 1, orders >= 1' || repeat('小', 25) || '".'),
	('rfm', '', 'At character 1: expected a score from 1 (worst) to 5 (best), found the end of the text.'),
	('rfm', '５４３', 'At character 1: expected a score from 1 (worst) to 5 (best), found "５４３".'),
	('rfm', ' 543', 'At character 1: expected a score from 1 (worst) to 5 (best), found " ".'),
	('rfm', '5432', 'At character 4: expected the end of the text after three scores, found "2".'),
	('rfm', '043', 'At character 1: expected scores from 1 (worst) to 5 (best), or 000 for customers who never bought, found "043".'),
	('rfm', '543' || repeat('小', 100000), 'At character 4: expected the end of the text after three scores, found "' || repeat('小', 33) || '".'),
	('segment', E'\x0b5[45]*\f, 小', 'At character 11: expected a score from 1 (worst) to 5 (best), * or a class such as [345], found "小".'),
	('segment', '5[5-4]5', 'At character 5: expected a score that is not below the first of its range, found "4".'),
	('segment', '[45][54]6', 'At character 9: expected a score from 1 (worst) to 5 (best), * or a class such as [345], found "6".'),
	('segment', '555; 444', 'At character 4: expected another pattern, found ";".'),
	('segment', repeat('555, ', 14000) || '444', 'At character 1: expected a text of at most 65536 bytes, found "' || repeat('555, ', 20) || '".'),
	('scheme', '', 'At character 1: expected the name of a preset, or rules, name: patterns, found the end of the text.'),
	('scheme', ' 細胞 11 ', 'At character 2: expected the name of a preset, or rules, name: patterns, found "細胞 11".'),
	('scheme', E'最高\f:\x0b555 ; 良: 44', 'At character 17: expected a score from 1 (worst) to 5 (best), * or a class such as [345], found the end of the text.'),
	('scheme', '最高: 555; 良: 444; 最高 : 333', 'At character 18: expected another name, for each stands once, found "最高".'),
	('scheme', '"最高: 555; 良: 444', 'At character 17: expected a closing quote, found the end of the text.'),
	('scheme', repeat('小', 86) || ': 555', 'At character 1: expected a name of at most 255 bytes, found "' || repeat('小', 33) || '".'),
	('scheme', repeat('A: 555;', 200000), 'At character 1: expected a text of at most a megabyte, found "' || left(repeat('A: 555;', 20), 100) || '".'),
	('scheme', repeat('"', 100000), 'At character 1: expected the name of a preset, or rules, name: patterns, found "' || repeat('"', 100) || '".'),
	('tier', '', 'At character 1: expected a label, found the end of the text.'),
	('tier', E' \x0b12-gold\f', 'At character 3: expected a rank of one digit, 0 to 9, found "12-gold".'),
	('tier', '3-小:1', 'At character 4: expected a label without commas and colons, found ":".'),
	('tier', '３-gold', 'At character 1: expected a rank and a hyphen, while the setting crm.tier_ladder is not set, found "３-gold".'),
	('tier', '3-' || repeat('主', 22), 'At character 3: expected a label of at most 63 bytes, found "' || repeat('主', 22) || '".'),
	('tier', '3-主' || E'\x1b' || '[0m', 'At character 4: expected a label without control characters, found "' || E'\x1b' || '".'),
	('tier', repeat('1', 1000000) || '-a', 'At character 1: expected a rank of one digit, 0 to 9, found "' || repeat('1', 100) || '".'),
	('tier_ladder', '', 'At character 1: expected a tier and its threshold, rank-label:threshold, found the end of the text.'),
	('tier_ladder', E'0-小:0 ,\x0b1-普通\f: 1e3', 'At character 17: expected a comma or the end behind a plain decimal number, found "e3".'),
	('tier_ladder', '0-小:0, 1-小:1', 'At character 10: expected another label, for each stands once, found "小".'),
	('tier_ladder', '0-小:0, 0-普通:1', 'At character 8: expected another rank, for each stands once, found "0-普通".'),
	('tier_ladder', '0-小:0, 2-主要:5, 1-普通:5', 'At character 8: expected a higher threshold than a lower rank has, found "2-主要:5".'),
	('tier_ladder', '0-a:１', 'At character 5: expected a plain decimal number, or -infinity for the lowest tier, found "１".'),
	('tier_ladder', repeat('0-a:0,', 100000), 'At character 7: expected another rank, for each stands once, found "0-a".'),
	('btyd_data', '', 'At character 1: expected unit_days= and a number, found the end of the text.'),
	('btyd_data', E'\x0b unit_days=7\frows=0:0:二', 'At character 24: expected a finite number, not negative, found "二".'),
	('btyd_data', 'unit_days=7 金 rows=0:0:1', 'At character 13: expected rows=, spend=, days=, gaps=, or the next of as_of, no_purchase, invalid, null, merged, no_spend, found "金".'),
	('btyd_data', 'unit_days=7 rows=0:0:1,1:2:1', 'At character 24: expected x:t_x:t*n with whole x >= 0, 0 <= t_x <= t, n > 0, and t_x = 0 where x = 0, found "1:2:1".'),
	('btyd_data', 'unit_days=7 as_of=2024-02-30 days=2024-01-01', 'At character 19: expected a day of the calendar, found "2024-02-30".'),
	('btyd_data', 'unit_days=7 gaps=14,0', 'At character 21: expected days*n with whole days from 1 to 2147483493, n > 0, found "0".'),
	('btyd_data', 'unit_days=' || repeat('9', 1000000), 'At character 11: expected a finite number above 0, found "' || repeat('9', 100) || '".'),
	('btyd_data', 'unit_days=7 rows=0:0:1' || repeat(',0:0:1', 100000) || ';', 'At character 600023: expected a comma, white space or the end of the text, found ";".');


SELECT is((pg_temp.fault(type, input)).detail, detail, format('%s: %s', type, left(input, 40))) FROM example;

-- a label beside a ladder that does not have it
SET LOCAL crm.tier_ladder = '0-none:0, 3-金:2000';
SELECT is((pg_temp.fault('tier', ' golden ')).detail, 'At character 2: expected a rank and a hyphen, or a label of the setting crm.tier_ladder (none, 金), found "golden".', 'tier: a label that is not on the ladder');
SELECT is((pg_temp.fault('tier', '金')).code, NULL, 'tier: one that is');
SET LOCAL crm.tier_ladder = '';

-- well formed, but too much
CREATE TEMP TABLE too_much (type text, input text, detail text);
INSERT INTO too_much VALUES
	('history', '2024-01-05:9223372036854775807:1 , 2024-01-06:1:1,2024-01-05:1:1', 'At character 51: expected orders of a day that fit a bigint, and money below about 8.5e37 units of the last decimal, found "2024-01-05:1:1".'),
	('history', '2024-01-05:1:85070591730234615865843651857942052863,2024-01-06:1:0.1', 'At character 53: expected orders of a day that fit a bigint, and money below about 8.5e37 units of the last decimal, found "2024-01-06:1:0.1".'),
	('btyd_data', 'unit_days=7 rows=0:0:1*9007199254740991,0:0:2', 'At character 41: expected fewer than 2^53 customers in all, found "0:0:2".');
SELECT results_eq($$SELECT f.* FROM too_much, pg_temp.fault(type, input) f$$,
	$$SELECT '22003', format('invalid input syntax for type crm.%s: "%s"', type, input), detail, (pg_temp.fault(type, 'x')).hint FROM too_much$$, 'well formed, but too much: the same with another code');

-- a model is JSON: the place is a path, and what is no JSON at all is PostgreSQL's to say
CREATE TEMP TABLE model (input text, detail text);
INSERT INTO model VALUES
	('1', 'At $: expected an object, found 1.'),
	('[1, 2]', 'At $: expected an object, found an array.'),
	('{}', 'At $.process: expected one of mbgnbd, bgnbd, paretonbd, nbd, found nothing.'),
	('{"process": "小"}', 'At $.process: expected one of mbgnbd, bgnbd, paretonbd, nbd, found "小".'),
	('{"process": null}', 'At $.process: expected one of mbgnbd, bgnbd, paretonbd, nbd, found null.'),
	('{"process": "bgnbd", "unit_days": "7"}', 'At $.unit_days: expected a number, found "7".'),
	('{"process": "bgnbd", "unit_days": 0}', 'At $.unit_days: expected a number above 0, found 0.'),
	('{"process": "bgnbd", "unit_days": 1e999}', 'At $.unit_days: expected a number that a float8 holds, found 1' || repeat('0', 99) || '.'),
	('{"process": "bgnbd", "unit_days": 7}', 'At $.parameters: expected an object, found nothing.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": [1,2,3,4]}', 'At $.parameters: expected an object, found an array.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3}}', 'At $.parameters.b: expected a number above 0, found nothing.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":-1,"alpha":2,"a":3,"b":4}}', 'At $.parameters.r: expected a number above 0, found -1.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":null,"alpha":2,"a":3,"b":4}}', 'At $.parameters.r: expected a number above 0, found null.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4,"c":5}}', 'At $.parameters.c: expected no such key, found 5.'),
	('{"process": "bgnbd", "unit_days": 7, "status": "splendid", "parameters": {"r":1,"alpha":2,"a":3,"b":4}}', 'At $.status: expected the status of a fit, found "splendid".'),
	('{"process": "bgnbd", "unit_days": 7, "status": "converged", "parameters": {"r":1,"alpha":2,"a":3,"b":4}}', 'At $.covariance: expected an array of 4 rows, found nothing.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1]]}', 'At $.covariance: expected nothing, for only a usable fit has one, found an array.'),
	('{"process": "bgnbd", "unit_days": 7, "status": "converged", "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1],[0,1],[0,1],[0,0,0,1]]}', 'At $.covariance[2]: expected an array of length 3, as in a lower triangle, found an array.'),
	('{"process": "bgnbd", "unit_days": 7, "status": "converged", "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1],[null,1],[0,0,1],[0,0,0,1]]}', 'At $.covariance[1][0]: expected a number, found null.'),
	('{"process": "bgnbd", "unit_days": 7, "status": "converged", "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1],[0,1],[0,0,1],[0,0,0,-1]]}', 'At $.covariance[3][3]: expected a variance above 0, found -1.'),
	('{"process": "bgnbd", "unit_days": 7, "status": "converged", "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "covariance": [[1],[0,1],[0,0,1],[0,0,0,1]]}', 'At $.log_likelihood: expected a number, for the fit has converged, found nothing.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "unidentified": ["r"]}', 'At $.unidentified: expected nothing, for all parameters are identified, found an array.'),
	('{"process": "bgnbd", "unit_days": 7, "status": "empty", "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "unidentified": ["r", true]}', 'At $.unidentified[1]: expected the name of a parameter, found true.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "iterations": 1.5}', 'At $.iterations: expected a whole number up to 2147483647, found 1.5.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "regularity": 9}', 'At $.regularity: expected a whole number up to 3, found 9.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "regularity": 0}', 'At $.regularity: expected a number above 0, found 0.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "prior": 1}', 'At $.prior: expected true or false, found 1.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "as_of": "2024-13-01"}', 'At $.as_of: expected a day like "2024-09-30", found "2024-13-01".'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "as_of": "2024-9-30"}', 'At $.as_of: expected a day like "2024-09-30", found "2024-9-30".'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "there_at_start": -1}', 'At $.there_at_start: expected a whole number up to 9007199254740991, found -1.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "choice": {"candidates": 0}}', 'At $.choice.candidates: expected a number above 0, found 0.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "choice": {"candidates": 2, "runner_up": "x"}}', 'At $.choice.runner_up: expected one of mbgnbd, bgnbd, paretonbd, nbd, found "x".'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "choice": {"candidates": 2, "runner_up": "bgnbd"}}', 'At $.choice.ahead: expected a number, found nothing.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "season": [1, 2]}', 'At $.season: expected flat, or 12 or 52 numbers as text, found an array.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "season": "1, 1"}', 'At $.season: expected flat, or 12 or 52 numbers as text, found "1, 1".'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "season_reason": "rain"}', 'At $.season_reason: expected the reason of a season, found "rain".'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "points": [[1,2,3,4]]}', 'At $.points: expected nothing, for only a usable fit has points, found an array.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "limits": ["no_dropout"]}', 'At $.limits: expected nothing, for all parameters are identified, found an array.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "limits": ["x"]}', 'At $.limits[0]: expected the name of a limit, found "x".'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "無": {}}', 'At $.無: expected no such key, found an object.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "spend": 1}', 'At $.spend: expected an object, found 1.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "spend": {"parameters": {"p":1,"q":2}}}', 'At $.spend.parameters.gamma: expected a number above 0, found nothing.'),
	('{"process": "bgnbd", "unit_days": 7, "parameters": {"r":1,"alpha":2,"a":3,"b":4}, "spend": {"parameters": {"p":1,"q":2,"gamma":3}, "correlation": -1.5}}', 'At $.spend.correlation: expected a number from -1 to 1, found -1.5.');
SELECT is((pg_temp.fault('clv_model', input)).detail, detail, format('clv_model: %s', input)) FROM model;
SELECT is_empty($$SELECT f.* FROM model, pg_temp.fault('clv_model', input) f WHERE f.code <> '22P02' OR f.message <> format('invalid input syntax for type crm.clv_model: "%s"', left(input, 100 - (input ~ '[小無]')::int * 2))
	OR f.hint NOT LIKE 'Make it with crm.clv_fit%'$$, 'clv_model: one shape');
SELECT is((pg_temp.fault('clv_model', '{')).message, 'invalid input syntax for type json', 'no JSON');

-- as many characters as fit 100 bytes
CREATE FUNCTION pg_temp.clip(input text) RETURNS text LANGUAGE sql AS $$
	SELECT left(input, max(i)) FROM generate_series(0, 100) i WHERE octet_length(left(input, i)) <= 100
$$;
-- Whatever the text, it is a value, or the error has this shape and is true: what is found stands at that character.
CREATE FUNCTION pg_temp.lie(type text, input text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(code, '') || ' ' || message || ' / ' || detail || ' / ' || hint
	FROM pg_temp.fault(type, input), LATERAL regexp_match(detail, '^At character (\d+): expected (.+), found (?:"(.*)"|the end of the text)\.$') d
	WHERE code IS NOT NULL
		AND (code NOT IN ('22P02', '22003') OR hint = '' OR message <> format('invalid input syntax for type crm.%s: "%s"', type, pg_temp.clip(input)) OR d IS NULL
			OR CASE WHEN d[3] IS NULL THEN d[1]::int <> length(input) + 1 ELSE d[3] = '' OR substr(input, d[1]::int, length(d[3])) <> d[3] END)
$$;
SELECT is_empty($$SELECT pg_temp.lie(type, input) FROM example WHERE (pg_temp.fault(type, input)).code IS DISTINCT FROM '22P02' OR pg_temp.lie(type, input) IS NOT NULL$$, 'the examples');
CREATE TEMP TABLE good (type text, input text);
INSERT INTO good VALUES ('history', '2024-01-05:2:71.00 , 2024-02-11:0:-3.50'), ('zone', 'Europe/London'), ('rfm', '543'), ('rfm_cuts', 'recency <= 365 180, orders >= 2 none, revenue >= -50 200.5'),
	('rfm_sample', '\x01050000000023280000000000000001000000005206c801'), ('segment', '[45][45]*, 35[3-5] 000'), ('scheme', 'Best: 555; "小;b": 5**; else: Others'), ('tier', '3-小 gold'), ('tier_ladder', '0-none:-inf, 1-小:100.50'),
	('btyd_data', 'unit_days=7 as_of=2024-09-30 no_spend=1 rows=0:0:38.5*12,1:2:3 spend=1:14.5 days=2024-02-12 gaps=14*2'), ('season', 'flat'), ('season', '1, .05, 20.0, 1,1,1,1,1,1,1,1 , 2.5');
SELECT is_empty('SELECT type, f.* FROM good, pg_temp.fault(type, input) f WHERE code IS NOT NULL', 'values to change');
SELECT is_empty($$SELECT type, text, pg_temp.lie(type, text) FROM good, generate_series(1, length(input) + 1) i, unnest(ARRAY['', ' ', E'\x0b', ',', ';', ':', '"', '-', '9', 'x', '小', '🙂']) c, LATERAL overlay(input PLACING c FROM i FOR 1) text
	WHERE pg_temp.lie(type, text) IS NOT NULL$$, 'a character replaced or left out');
SELECT is_empty($$SELECT type, text, pg_temp.lie(type, text) FROM good, generate_series(0, length(input)) i, unnest(ARRAY['', ' ', E'\n\t', ',', '小', '"', E'\x01']) c, LATERAL (SELECT left(input, i) || c) t (text)
	WHERE pg_temp.lie(type, text) IS NOT NULL$$, 'cut short');
SELECT is_empty($$SELECT type, text, pg_temp.lie(type, text) FROM good, generate_series(0, length(input)) i, unnest(ARRAY[' ', E'\f', ',', '小', '小小', '"', '1', 'e9', repeat('小', 200), repeat('9', 400)]) c, LATERAL (SELECT left(input, i) || c || substr(input, i + 1)) t (text)
	WHERE pg_temp.lie(type, text) IS NOT NULL$$, 'something put in');
SELECT is_empty($$SELECT g.type, text, pg_temp.lie(g.type, text) FROM good g, LATERAL (SELECT input FROM good UNION ALL SELECT * FROM unnest(ARRAY['', ' ', E'\r\n', '%s%n', '\', '{"a": 1}', 'null', 'NaN', 'infinity', '-', '0', '::', ';;', ',,', '""', '"', '[', '[]', '1e999', '-1', '２', repeat('(', 100000), repeat('小', 100000)])) t (text)
	WHERE pg_temp.lie(g.type, text) IS NOT NULL$$, 'another type''s text, and what is no text of any');

-- ---------------------------------------------------------------- binary

\ir receive.psql
CREATE TEMP TABLE bytes (type text, sent bytea, detail text);
INSERT INTO bytes VALUES
	('history', '\x', 'The bytes are not the packed form, version 1.'),
	('history', '\x200cc0ffffffffffffffff01feffffffffffffffffffffffffffffffffffff03', 'The bytes are not the packed form, version 1.'),
	('rfm', '\x002b', 'It is 43. A cell is three scores from 1 (worst) to 5 (best), or 000 for a customer who never bought.'),
	('segment', '\xc0000000000000000000000000000000', 'The two highest bits stand for no cell and must be zero.'),
	('rfm_sample', '\x', 'The bytes are not a state that crm.rfm_cuts_agg has written.'),
	('rfm_sample', '\x0106000000000000000000000000000000000000', 'The bytes are not a state that crm.rfm_cuts_agg has written.'),
	('btyd_data', '\x04', 'The bytes are not the packed form, version 1.'),
	('clv_model', '\x017b7d', 'Its version is 1, not 2.');
SELECT results_eq($$SELECT type, e.* FROM bytes, pg_temp.receive_or_error(type, sent) e$$,
	$$SELECT type, NULL::text, '22P03', 'invalid binary value of type crm.' || type, detail FROM bytes$$, 'bytes that are no value: one shape');
-- types whose binary form is text say what text says
SELECT is_empty($$SELECT type, e.*, f.* FROM unnest('{zone,rfm_cuts,scheme,season,tier,tier_ladder}'::text[]) type, unnest('{"",小,"555: x"}'::text[]) input,
	pg_temp.receive_or_error(type, convert_to(input, 'UTF8')) e, pg_temp.fault(type, input) f
	WHERE (e.value, e.code, e.message, e.detail) IS DISTINCT FROM (NULL::text, f.code, f.message, f.detail)$$, 'bytes that are text: as text');

SELECT * FROM finish();
ROLLBACK;
