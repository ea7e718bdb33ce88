-- history: one customer's purchases in one currency, as a value: per day a signed number of orders and a
-- signed amount. Facts only: whatever depends on a date takes it as an argument. See doc/history.md.

-- ---------------------------------------------------------------- crm.history

CREATE TYPE crm.history;

CREATE FUNCTION crm._history_in(cstring) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_in';
COMMENT ON FUNCTION crm._history_in(cstring) IS
	'reads the text form day:orders:amount,...; an error with detail and hint where it is malformed';

CREATE FUNCTION crm._history_out(crm.history) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_out';
COMMENT ON FUNCTION crm._history_out(crm.history) IS
	'writes the text form, lossless, at least two decimals an amount';

CREATE FUNCTION crm._history_recv(internal) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_recv';
COMMENT ON FUNCTION crm._history_recv(internal) IS
	'reads the binary form; an error unless it is exactly what _history_send writes';

CREATE FUNCTION crm._history_send(crm.history) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'history_send';
COMMENT ON FUNCTION crm._history_send(crm.history) IS
	'writes the binary form: the packed bytes, the same on every machine';

CREATE TYPE crm.history (
	INPUT = crm._history_in,
	OUTPUT = crm._history_out,
	RECEIVE = crm._history_recv,
	SEND = crm._history_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE crm.history IS
	'one customer''s purchases in one currency: per day a signed number of orders and a signed amount, exact; about '
	'four bytes a purchase; text form 2024-01-05:2:71.00,2024-02-11:0:-3.50';

-- Text is read as a value silently, here and for every type of crm, so that one set of operators and functions serves
-- whatever a driver sends as text. Never the other way: a value that were read as text would be compared as text
-- wherever crm is not on the search path. value -> text is what PostgreSQL gives any type: by assignment.
CREATE CAST (text AS crm.history) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.history) IS
	'reads the text form of a history';

CREATE CAST (varchar AS crm.history) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.history) IS
	'reads the text form of a history';

CREATE CAST (bpchar AS crm.history) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.history) IS
	'reads the text form of a history';

CREATE FUNCTION crm.history(day date, amount numeric, orders bigint DEFAULT NULL) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'history_of_purchase';
COMMENT ON FUNCTION crm.history(date, numeric, bigint) IS
	'one purchase as a history, as crm.history_agg would make it of one row: orders is 1 for an amount >= 0 and 0 for '
	'a refund, unless it is given. NULL for a NULL day or amount; infinite dates, NaN and amounts with more than 8 '
	'decimals are errors';

-- ---------------------------------------------------------------- crm.zone

-- A type of its own for what is only text, because text has a collation: postgres_fdw sends no call with a
-- constant of a collated type to another server, and then the rows travel instead of the histories. Of the string
-- category, so that a bare literal is taken for it.
CREATE TYPE crm.zone;

CREATE FUNCTION crm._zone_in(cstring) RETURNS crm.zone
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'zone_in';
COMMENT ON FUNCTION crm._zone_in(cstring) IS
	'reads a time zone: a full name that the server knows; abbreviations and unknown names are errors';

CREATE FUNCTION crm._zone_out(crm.zone) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'zone_out';
COMMENT ON FUNCTION crm._zone_out(crm.zone) IS
	'writes the name as it was given';

CREATE FUNCTION crm._zone_recv(internal) RETURNS crm.zone
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'zone_recv';
COMMENT ON FUNCTION crm._zone_recv(internal) IS
	'reads the binary form, which is the text';

CREATE FUNCTION crm._zone_send(crm.zone) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'zone_send';
COMMENT ON FUNCTION crm._zone_send(crm.zone) IS
	'writes the binary form, which is the text';

CREATE TYPE crm.zone (
	INPUT = crm._zone_in,
	OUTPUT = crm._zone_out,
	RECEIVE = crm._zone_recv,
	SEND = crm._zone_send,
	INTERNALLENGTH = VARIABLE,
	STORAGE = extended,
	CATEGORY = 'S'
);
COMMENT ON TYPE crm.zone IS
	'a time zone by its full name, such as Europe/London; pg_timezone_names lists them. Text is converted silently';

CREATE FUNCTION crm.zone(name text) RETURNS crm.zone
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'zone_from_text';
COMMENT ON FUNCTION crm.zone(text) IS
	'the time zone of that full name; an error if the server does not know it';

CREATE CAST (text AS crm.zone) WITH FUNCTION crm.zone(text) AS IMPLICIT;
COMMENT ON CAST (text AS crm.zone) IS
	'a time zone by its full name';

CREATE CAST (varchar AS crm.zone) WITH FUNCTION crm.zone(text) AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.zone) IS
	'a time zone by its full name';

CREATE CAST (bpchar AS crm.zone) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.zone) IS
	'a time zone by its full name';
