-- room: history
--
-- One customer's purchases in one currency, as a value: per day a signed number of orders and a
-- signed amount. Facts only: whatever depends on a date takes it as an argument.

-- ---------------------------------------------------------------- the type

CREATE TYPE crm.history;

CREATE FUNCTION crm.history_in(cstring) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_in';
COMMENT ON FUNCTION crm.history_in(cstring) IS
	'reads the text form day:orders:amount,...; an error with detail and hint where it is malformed';

CREATE FUNCTION crm.history_out(crm.history) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_out';
COMMENT ON FUNCTION crm.history_out(crm.history) IS
	'writes the text form, lossless, at least two decimals an amount';

CREATE FUNCTION crm.history_recv(internal) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_recv';
COMMENT ON FUNCTION crm.history_recv(internal) IS
	'reads the binary form; an error unless it is exactly what history_send writes';

CREATE FUNCTION crm.history_send(crm.history) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'history_send';
COMMENT ON FUNCTION crm.history_send(crm.history) IS
	'writes the binary form: the packed bytes, the same on every machine';

CREATE TYPE crm.history (
	INPUT = crm.history_in,
	OUTPUT = crm.history_out,
	RECEIVE = crm.history_recv,
	SEND = crm.history_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE crm.history IS
	'one customer''s purchases in one currency: per day a signed number of orders and a signed amount, exact; about four bytes a purchase; text form 2024-01-05:2:71.00,2024-02-11:0:-3.50';

CREATE FUNCTION crm.history(day date, amount numeric, orders bigint DEFAULT NULL) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'history_of_purchase';
COMMENT ON FUNCTION crm.history(day date, amount numeric, orders bigint) IS
	'one purchase as a history, as crm.history_agg would make it of one row: orders is 1 for an amount >= 0 and 0 for a refund, unless it is given. NULL for a NULL day or amount; infinite dates, NaN and amounts with more than 8 decimals are errors';

-- ---------------------------------------------------------------- the group


CREATE FUNCTION crm.history_add(crm.history, crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_add';
COMMENT ON FUNCTION crm.history_add(crm.history, crm.history) IS
	'the sum: all purchases of both, day by day; an error if an amount or count leaves its range';

CREATE FUNCTION crm.history_subtract(crm.history, crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_subtract';
COMMENT ON FUNCTION crm.history_subtract(crm.history, crm.history) IS
	'the difference: takes purchases out again; (h + d) - d = h always, also where a part was never added (see is_valid)';

CREATE FUNCTION crm.history_negate(crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_negate';
COMMENT ON FUNCTION crm.history_negate(crm.history) IS
	'every order and amount with the opposite sign; h + (-h) is the empty history';

CREATE OPERATOR crm.+ (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_add, COMMUTATOR = OPERATOR(crm.+)
);
COMMENT ON OPERATOR crm.+ (crm.history, crm.history) IS 'sum of two purchase histories';

CREATE OPERATOR crm.- (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_subtract
);
COMMENT ON OPERATOR crm.- (crm.history, crm.history) IS 'difference of two purchase histories';

CREATE OPERATOR crm.- (
	RIGHTARG = crm.history, FUNCTION = crm.history_negate
);
COMMENT ON OPERATOR crm.- (NONE, crm.history) IS 'the purchase history with every sign reversed';

-- ---------------------------------------------------------------- comparison
--
-- Equality is by value: 71.00 and 71.0 are equal. The order serves sorting and grouping only.

CREATE FUNCTION crm.history_eq(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_eq';
COMMENT ON FUNCTION crm.history_eq(crm.history, crm.history) IS
	'equal: the same orders and amounts on the same days';

CREATE FUNCTION crm.history_ne(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_ne';
COMMENT ON FUNCTION crm.history_ne(crm.history, crm.history) IS
	'not equal';

CREATE FUNCTION crm.history_lt(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_lt';
COMMENT ON FUNCTION crm.history_lt(crm.history, crm.history) IS
	'less; an order for sorting, with no other meaning';

CREATE FUNCTION crm.history_le(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_le';
COMMENT ON FUNCTION crm.history_le(crm.history, crm.history) IS
	'less or equal; an order for sorting, with no other meaning';

CREATE FUNCTION crm.history_gt(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_gt';
COMMENT ON FUNCTION crm.history_gt(crm.history, crm.history) IS
	'greater; an order for sorting, with no other meaning';

CREATE FUNCTION crm.history_ge(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_ge';
COMMENT ON FUNCTION crm.history_ge(crm.history, crm.history) IS
	'greater or equal; an order for sorting, with no other meaning';

CREATE FUNCTION crm.history_cmp(crm.history, crm.history) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_cmp';
COMMENT ON FUNCTION crm.history_cmp(crm.history, crm.history) IS
	'btree support: -1, 0 or 1';

CREATE FUNCTION crm.history_hash(crm.history) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_hash';
COMMENT ON FUNCTION crm.history_hash(crm.history) IS
	'hash support';

CREATE FUNCTION crm.history_hash_extended(crm.history, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_hash_extended';
COMMENT ON FUNCTION crm.history_hash_extended(crm.history, bigint) IS
	'hash support, 64 bit with a seed';

CREATE OPERATOR crm.= (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR crm.= (crm.history, crm.history) IS 'equal by value';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.history, crm.history) IS 'not equal';

CREATE OPERATOR crm.< (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=), RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR crm.< (crm.history, crm.history) IS 'order for sorting';

CREATE OPERATOR crm.<= (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>), RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR crm.<= (crm.history, crm.history) IS 'order for sorting';

CREATE OPERATOR crm.> (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=), RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR crm.> (crm.history, crm.history) IS 'order for sorting';

CREATE OPERATOR crm.>= (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm.history_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<), RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR crm.>= (crm.history, crm.history) IS 'order for sorting';

CREATE OPERATOR CLASS crm.history_ops DEFAULT FOR TYPE crm.history USING btree AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm.history_cmp(crm.history, crm.history);
COMMENT ON OPERATOR CLASS crm.history_ops USING btree IS 'sorting and grouping of purchase histories';
COMMENT ON OPERATOR FAMILY crm.history_ops USING btree IS 'sorting and grouping of purchase histories';

CREATE OPERATOR CLASS crm.history_ops DEFAULT FOR TYPE crm.history USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.history_hash(crm.history),
	FUNCTION 2 crm.history_hash_extended(crm.history, bigint);
COMMENT ON OPERATOR CLASS crm.history_ops USING hash IS 'hashing of purchase histories';
COMMENT ON OPERATOR FAMILY crm.history_ops USING hash IS 'hashing of purchase histories';

-- ---------------------------------------------------------------- accessors
--
-- A purchase day is a day with orders > 0. With a date, what came after it is ignored.

CREATE FUNCTION crm.orders(history crm.history) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_orders';
COMMENT ON FUNCTION crm.orders(history crm.history) IS
	'number of orders; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.purchase_days(history crm.history) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_purchase_days';
COMMENT ON FUNCTION crm.purchase_days(history crm.history) IS
	'number of days with at least one order; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.revenue(history crm.history) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'history_revenue';
COMMENT ON FUNCTION crm.revenue(history crm.history) IS
	'sum of all amounts, refunds included, exact; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.first_order(history crm.history) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_first_order';
COMMENT ON FUNCTION crm.first_order(history crm.history) IS
	'first purchase day; NULL if there is none';

CREATE FUNCTION crm.last_order(history crm.history) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_last_order';
COMMENT ON FUNCTION crm.last_order(history crm.history) IS
	'last purchase day; NULL if there is none';

CREATE FUNCTION crm.average_order_value(history crm.history) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'history_average_order_value';
COMMENT ON FUNCTION crm.average_order_value(history crm.history) IS
	'revenue / orders, refunds included; NULL without orders';

CREATE FUNCTION crm.days_between_orders(history crm.history) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_days_between_orders';
COMMENT ON FUNCTION crm.days_between_orders(history crm.history) IS
	'mean days from one purchase day to the next; NULL with fewer than two';

CREATE FUNCTION crm.is_valid(history crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_is_valid';
COMMENT ON FUNCTION crm.is_valid(history crm.history) IS
	'true if no day has a negative number of orders, that is if the value can be a real past; false while a removal is in that has not met its purchase';

CREATE FUNCTION crm.orders(history crm.history, as_of date) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_orders';
COMMENT ON FUNCTION crm.orders(history crm.history, as_of date) IS
	'number of orders up to and including as_of; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.purchase_days(history crm.history, as_of date) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_purchase_days';
COMMENT ON FUNCTION crm.purchase_days(history crm.history, as_of date) IS
	'number of days with at least one order up to and including as_of; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.revenue(history crm.history, as_of date) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'history_revenue';
COMMENT ON FUNCTION crm.revenue(history crm.history, as_of date) IS
	'sum of all amounts, refunds included up to and including as_of, exact; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.first_order(history crm.history, as_of date) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_first_order';
COMMENT ON FUNCTION crm.first_order(history crm.history, as_of date) IS
	'first purchase day up to and including as_of; NULL if there is none';

CREATE FUNCTION crm.last_order(history crm.history, as_of date) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_last_order';
COMMENT ON FUNCTION crm.last_order(history crm.history, as_of date) IS
	'last purchase day up to and including as_of; NULL if there is none';

CREATE FUNCTION crm.average_order_value(history crm.history, as_of date) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'history_average_order_value';
COMMENT ON FUNCTION crm.average_order_value(history crm.history, as_of date) IS
	'revenue / orders up to and including as_of, refunds included; NULL without orders';

CREATE FUNCTION crm.days_between_orders(history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_days_between_orders';
COMMENT ON FUNCTION crm.days_between_orders(history crm.history, as_of date) IS
	'mean days from one purchase day to the next up to and including as_of; NULL with fewer than two';

CREATE FUNCTION crm.is_valid(history crm.history, as_of date) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_is_valid';
COMMENT ON FUNCTION crm.is_valid(history crm.history, as_of date) IS
	'true if no day up to and including as_of has a negative number of orders, that is if the value can be a real past; false while a removal is in that has not met its purchase';

CREATE FUNCTION crm.recency(history crm.history, as_of date) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_recency';
COMMENT ON FUNCTION crm.recency(history crm.history, as_of date) IS
	'days from the last purchase day to as_of (0 on the day itself; smaller is better); NULL before the first purchase; an infinite as_of is an error';

CREATE FUNCTION crm.age(history crm.history, as_of date) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_age';
COMMENT ON FUNCTION crm.age(history crm.history, as_of date) IS
	'days from the first purchase day to as_of; NULL before the first purchase; an infinite as_of is an error';

CREATE FUNCTION crm.as_of(history crm.history, day date) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_as_of';
COMMENT ON FUNCTION crm.as_of(history crm.history, day date) IS
	'the history as it stood at the end of that day; ''infinity'' is all of it';

CREATE FUNCTION crm.slice(history crm.history, since date, until date) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_slice';
COMMENT ON FUNCTION crm.slice(history crm.history, since date, until date) IS
	'the part from since to until, both days included; ''-infinity'' and ''infinity'' leave a side open';

CREATE FUNCTION crm.by_year(history crm.history) RETURNS SETOF crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3
	AS 'MODULE_PATHNAME', 'history_by_year';
COMMENT ON FUNCTION crm.by_year(crm.history) IS
	'the history cut into calendar years, ascending: one history for each year with anything in it; their sum is the history';

CREATE FUNCTION crm.first_activity(history crm.history) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_first_activity';
COMMENT ON FUNCTION crm.first_activity(crm.history) IS
	'first day with anything on it, be it a refund only; NULL for the empty history';

CREATE FUNCTION crm.activity(history crm.history, OUT day date, OUT orders bigint, OUT amount numeric) RETURNS SETOF record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10
	AS 'MODULE_PATHNAME', 'history_activity';
COMMENT ON FUNCTION crm.activity(crm.history) IS
	'the days of a history as rows, ascending: signed orders and signed amount of each day';

CREATE FUNCTION crm.btyd(history crm.history, as_of date, unit_days double precision DEFAULT 7, OUT x integer, OUT t_x double precision, OUT t double precision, OUT m_x double precision) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'history_btyd';
COMMENT ON FUNCTION crm.btyd(crm.history, date, double precision) IS
	'recency and frequency for the "buy till you die" models (Fader, Hardie and Lee 2005): x repeat purchase days, t_x time from the first to the last, t time from the first to as_of, both in units of unit_days (7: weeks); m_x mean net spend per repeat purchase day: all money after the first purchase day, refunds included, divided by x (NULL when x = 0). All NULL before the first purchase';

-- ---------------------------------------------------------------- zones
--
-- A type of its own for what is only text, because text has a collation: postgres_fdw sends no call with a
-- constant of a collated type to another server, and then the rows travel instead of the histories.

CREATE TYPE crm.zone;

CREATE FUNCTION crm.zone_in(cstring) RETURNS crm.zone
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'zone_in';
COMMENT ON FUNCTION crm.zone_in(cstring) IS
	'reads a time zone: a full name that the server knows; abbreviations and unknown names are errors';

CREATE FUNCTION crm.zone_out(crm.zone) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'zone_out';
COMMENT ON FUNCTION crm.zone_out(crm.zone) IS
	'writes the name as it was given';

CREATE FUNCTION crm.zone_recv(internal) RETURNS crm.zone
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'zone_recv';
COMMENT ON FUNCTION crm.zone_recv(internal) IS
	'reads the binary form, which is the text';

CREATE FUNCTION crm.zone_send(crm.zone) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'zone_send';
COMMENT ON FUNCTION crm.zone_send(crm.zone) IS
	'writes the binary form, which is the text';

-- Of the string category, so that a bare literal is taken for it.
CREATE TYPE crm.zone (
	INPUT = crm.zone_in,
	OUTPUT = crm.zone_out,
	RECEIVE = crm.zone_recv,
	SEND = crm.zone_send,
	INTERNALLENGTH = VARIABLE,
	STORAGE = extended,
	CATEGORY = 'S'
);
COMMENT ON TYPE crm.zone IS
	'a time zone by its full name, such as Europe/London; pg_timezone_names lists them. Text is converted silently';

-- Equal if written equally; the bytes decide, as for bytea.
CREATE FUNCTION crm.zone_eq(crm.zone, crm.zone) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'byteaeq';
COMMENT ON FUNCTION crm.zone_eq(crm.zone, crm.zone) IS 'equal: the same name, written alike';

CREATE FUNCTION crm.zone_ne(crm.zone, crm.zone) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'byteane';
COMMENT ON FUNCTION crm.zone_ne(crm.zone, crm.zone) IS 'not equal';

CREATE FUNCTION crm.zone_hash(crm.zone) RETURNS integer
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'hashvarlena';
COMMENT ON FUNCTION crm.zone_hash(crm.zone) IS 'hash support';

CREATE FUNCTION crm.zone_hash_extended(crm.zone, bigint) RETURNS bigint
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'hashvarlenaextended';
COMMENT ON FUNCTION crm.zone_hash_extended(crm.zone, bigint) IS 'hash support, 64 bit with a seed';

CREATE OPERATOR crm.= (
	LEFTARG = crm.zone, RIGHTARG = crm.zone, FUNCTION = crm.zone_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.zone, crm.zone) IS 'the same name, written alike';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.zone, RIGHTARG = crm.zone, FUNCTION = crm.zone_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.zone, crm.zone) IS 'not the same name';

CREATE OPERATOR CLASS crm.zone_ops DEFAULT FOR TYPE crm.zone USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.zone_hash(crm.zone),
	FUNCTION 2 crm.zone_hash_extended(crm.zone, bigint);
COMMENT ON OPERATOR CLASS crm.zone_ops USING hash IS 'grouping by zone';
COMMENT ON OPERATOR FAMILY crm.zone_ops USING hash IS 'grouping by zone';

CREATE FUNCTION crm.zone(name text) RETURNS crm.zone
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'zone_from_text';
COMMENT ON FUNCTION crm.zone(text) IS
	'the time zone of that full name; an error if the server does not know it';

CREATE CAST (text AS crm.zone) WITH FUNCTION crm.zone(text) AS IMPLICIT;
COMMENT ON CAST (text AS crm.zone) IS 'a time zone by its full name';

CREATE CAST (varchar AS crm.zone) WITH FUNCTION crm.zone(text) AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.zone) IS 'a time zone by its full name';

-- ---------------------------------------------------------------- the aggregate
--
-- The state is the type itself: it combines in parallel plans and passes through engines that refuse
-- `internal` states. It is open (a log that grows in place) until the final function packs it.

CREATE FUNCTION crm.history_agg_final(crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_agg_final';
COMMENT ON FUNCTION crm.history_agg_final(crm.history) IS
	'final function of crm.history_agg';

CREATE FUNCTION crm.history_agg_history(crm.history, crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_agg_history';
COMMENT ON FUNCTION crm.history_agg_history(crm.history, crm.history) IS
	'transition and combine function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm.history_agg_date(crm.history, date, numeric) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_date';
COMMENT ON FUNCTION crm.history_agg_date(crm.history, date, numeric) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm.history_agg_date(crm.history, date, numeric, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_date';
COMMENT ON FUNCTION crm.history_agg_date(crm.history, date, numeric, bigint) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm.history_agg_timestamp(crm.history, timestamp, numeric) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamp';
COMMENT ON FUNCTION crm.history_agg_timestamp(crm.history, timestamp, numeric) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm.history_agg_timestamp(crm.history, timestamp, numeric, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamp';
COMMENT ON FUNCTION crm.history_agg_timestamp(crm.history, timestamp, numeric, bigint) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm.history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamptz';
COMMENT ON FUNCTION crm.history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm.history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamptz';
COMMENT ON FUNCTION crm.history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone, bigint) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm.history_agg_needs_zone(crm.history, timestamptz, numeric) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_needs_zone';
COMMENT ON FUNCTION crm.history_agg_needs_zone(crm.history, timestamptz, numeric) IS
	'raises the error that says that a time zone is needed';

CREATE FUNCTION crm.history_agg_needs_zone(crm.history, timestamptz, numeric, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_needs_zone';
COMMENT ON FUNCTION crm.history_agg_needs_zone(crm.history, timestamptz, numeric, bigint) IS
	'raises the error that says that a time zone is needed';

CREATE FUNCTION crm.history_agg_has_no_zone(crm.history, date, numeric, crm.zone) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm.history_agg_has_no_zone(crm.history, date, numeric, crm.zone) IS
	'raises the error that says that a time zone does not belong here';

CREATE FUNCTION crm.history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm.history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone) IS
	'raises the error that says that a time zone does not belong here';

CREATE FUNCTION crm.history_agg_has_no_zone(crm.history, date, numeric, crm.zone, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm.history_agg_has_no_zone(crm.history, date, numeric, crm.zone, bigint) IS
	'raises the error that says that a time zone does not belong here';

CREATE FUNCTION crm.history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm.history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone, bigint) IS
	'raises the error that says that a time zone does not belong here';

CREATE AGGREGATE crm.history_agg(day date, amount numeric) (
	SFUNC = crm.history_agg_date, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(day date, amount numeric) IS
	'a customer''s purchase history from rows of day and amount. An amount >= 0 is one order, a negative amount is a refund and no order. Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(day date, amount numeric, orders bigint) (
	SFUNC = crm.history_agg_date, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(day date, amount numeric, orders bigint) IS
	'a customer''s purchase history from rows of day and amount and number of orders. orders may be signed; a NULL falls back to the rule 1 for an amount >= 0, 0 for a refund. Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric) (
	SFUNC = crm.history_agg_timestamp, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamp, amount numeric) IS
	'a customer''s purchase history from rows of local time and amount. An amount >= 0 is one order, a negative amount is a refund and no order. Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric, orders bigint) (
	SFUNC = crm.history_agg_timestamp, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamp, amount numeric, orders bigint) IS
	'a customer''s purchase history from rows of local time and amount and number of orders. orders may be signed; a NULL falls back to the rule 1 for an amount >= 0, 0 for a refund. Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric, zone crm.zone) (
	SFUNC = crm.history_agg_timestamptz, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamptz, amount numeric, zone crm.zone) IS
	'a customer''s purchase history from rows of time and amount, days counted in the time zone zone (a full name). An amount >= 0 is one order, a negative amount is a refund and no order. Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric, zone crm.zone, orders bigint) (
	SFUNC = crm.history_agg_timestamptz, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamptz, amount numeric, zone crm.zone, orders bigint) IS
	'a customer''s purchase history from rows of time and amount and number of orders, days counted in the time zone zone (a full name). orders may be signed; a NULL falls back to the rule 1 for an amount >= 0, 0 for a refund. Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(history crm.history) (
	SFUNC = crm.history_agg_history, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(history crm.history) IS
	'the sum of histories: merged identities, accounts, chunks. NULLs are skipped; no rows give the empty history';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric) (
	SFUNC = crm.history_agg_needs_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamptz, amount numeric) IS
	'always an error: a timestamp with time zone has a day only in a zone, which must be given';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric, orders bigint) (
	SFUNC = crm.history_agg_needs_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamptz, amount numeric, orders bigint) IS
	'always an error: a timestamp with time zone has a day only in a zone, which must be given';

CREATE AGGREGATE crm.history_agg(day date, amount numeric, zone crm.zone) (
	SFUNC = crm.history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(day date, amount numeric, zone crm.zone) IS
	'always an error: a date has its day already, a zone beside it would be silently ignored';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric, zone crm.zone) (
	SFUNC = crm.history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamp, amount numeric, zone crm.zone) IS
	'always an error: a timestamp without time zone has its day already; without this error it would be converted with the session''s zone';

CREATE AGGREGATE crm.history_agg(day date, amount numeric, zone crm.zone, orders bigint) (
	SFUNC = crm.history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(day date, amount numeric, zone crm.zone, orders bigint) IS
	'always an error: a date has its day already, a zone beside it would be silently ignored';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric, zone crm.zone, orders bigint) (
	SFUNC = crm.history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm.history_agg_final, COMBINEFUNC = crm.history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(at timestamp, amount numeric, zone crm.zone, orders bigint) IS
	'always an error: a timestamp without time zone has its day already; without this error it would be converted with the session''s zone';
