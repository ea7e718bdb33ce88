-- history: crm.history_agg. The state is the type itself: it combines in parallel plans and passes through engines
-- that refuse `internal` states. It is open (a log that grows in place) until the final function packs it.

CREATE FUNCTION crm._history_agg_final(crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_agg_final';
COMMENT ON FUNCTION crm._history_agg_final(crm.history) IS
	'final function of crm.history_agg';

CREATE FUNCTION crm._history_agg_history(crm.history, crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_agg_history';
COMMENT ON FUNCTION crm._history_agg_history(crm.history, crm.history) IS
	'transition and combine function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm._history_agg_date(crm.history, date, numeric) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_date';
COMMENT ON FUNCTION crm._history_agg_date(crm.history, date, numeric) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm._history_agg_date(crm.history, date, numeric, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_date';
COMMENT ON FUNCTION crm._history_agg_date(crm.history, date, numeric, bigint) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm._history_agg_timestamp(crm.history, timestamp, numeric) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamp';
COMMENT ON FUNCTION crm._history_agg_timestamp(crm.history, timestamp, numeric) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm._history_agg_timestamp(crm.history, timestamp, numeric, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamp';
COMMENT ON FUNCTION crm._history_agg_timestamp(crm.history, timestamp, numeric, bigint) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm._history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamptz';
COMMENT ON FUNCTION crm._history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm._history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_agg_timestamptz';
COMMENT ON FUNCTION crm._history_agg_timestamptz(crm.history, timestamptz, numeric, crm.zone, bigint) IS
	'transition function of crm.history_agg; an error when called by hand';

CREATE FUNCTION crm._history_agg_needs_zone(crm.history, timestamptz, numeric) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_needs_zone';
COMMENT ON FUNCTION crm._history_agg_needs_zone(crm.history, timestamptz, numeric) IS
	'raises the error that says that a time zone is needed';

CREATE FUNCTION crm._history_agg_needs_zone(crm.history, timestamptz, numeric, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_needs_zone';
COMMENT ON FUNCTION crm._history_agg_needs_zone(crm.history, timestamptz, numeric, bigint) IS
	'raises the error that says that a time zone is needed';

CREATE FUNCTION crm._history_agg_has_no_zone(crm.history, date, numeric, crm.zone) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm._history_agg_has_no_zone(crm.history, date, numeric, crm.zone) IS
	'raises the error that says that a time zone does not belong here';

CREATE FUNCTION crm._history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm._history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone) IS
	'raises the error that says that a time zone does not belong here';

CREATE FUNCTION crm._history_agg_has_no_zone(crm.history, date, numeric, crm.zone, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm._history_agg_has_no_zone(crm.history, date, numeric, crm.zone, bigint) IS
	'raises the error that says that a time zone does not belong here';

CREATE FUNCTION crm._history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone, bigint) RETURNS crm.history
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_agg_has_no_zone';
COMMENT ON FUNCTION crm._history_agg_has_no_zone(crm.history, timestamp, numeric, crm.zone, bigint) IS
	'raises the error that says that a time zone does not belong here';

CREATE AGGREGATE crm.history_agg(day date, amount numeric) (
	SFUNC = crm._history_agg_date, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(date, numeric) IS
	'a customer''s purchase history from rows of day and amount. An amount >= 0 is one order, a negative amount is a '
	'refund and no order. Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, '
	'NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(day date, amount numeric, orders bigint) (
	SFUNC = crm._history_agg_date, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(date, numeric, bigint) IS
	'a customer''s purchase history from rows of day and amount and number of orders. orders may be signed; a NULL '
	'falls back to the rule 1 for an amount >= 0, 0 for a refund. Rows with a NULL day or amount are skipped; no rows '
	'give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric) (
	SFUNC = crm._history_agg_timestamp, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamp, numeric) IS
	'a customer''s purchase history from rows of local time and amount. An amount >= 0 is one order, a negative '
	'amount is a refund and no order. Rows with a NULL day or amount are skipped; no rows give the empty history; '
	'infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric, orders bigint) (
	SFUNC = crm._history_agg_timestamp, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamp, numeric, bigint) IS
	'a customer''s purchase history from rows of local time and amount and number of orders. orders may be signed; a '
	'NULL falls back to the rule 1 for an amount >= 0, 0 for a refund. Rows with a NULL day or amount are skipped; no '
	'rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric, zone crm.zone) (
	SFUNC = crm._history_agg_timestamptz, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamptz, numeric, crm.zone) IS
	'a customer''s purchase history from rows of time and amount, days counted in the time zone zone (a full name). '
	'An amount >= 0 is one order, a negative amount is a refund and no order. Rows with a NULL day or amount are '
	'skipped; no rows give the empty history; infinite dates, NaN and amounts with more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric, zone crm.zone, orders bigint) (
	SFUNC = crm._history_agg_timestamptz, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamptz, numeric, crm.zone, bigint) IS
	'a customer''s purchase history from rows of time and amount and number of orders, days counted in the time zone '
	'zone (a full name). orders may be signed; a NULL falls back to the rule 1 for an amount >= 0, 0 for a refund. '
	'Rows with a NULL day or amount are skipped; no rows give the empty history; infinite dates, NaN and amounts with '
	'more than 8 decimals are errors';

CREATE AGGREGATE crm.history_agg(history crm.history) (
	SFUNC = crm._history_agg_history, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(crm.history) IS
	'the sum of histories: merged identities, accounts, chunks. NULLs are skipped; no rows give the empty history';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric) (
	SFUNC = crm._history_agg_needs_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamptz, numeric) IS
	'always an error: a timestamp with time zone has a day only in a zone, which must be given';

CREATE AGGREGATE crm.history_agg(at timestamptz, amount numeric, orders bigint) (
	SFUNC = crm._history_agg_needs_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamptz, numeric, bigint) IS
	'always an error: a timestamp with time zone has a day only in a zone, which must be given';

CREATE AGGREGATE crm.history_agg(day date, amount numeric, zone crm.zone) (
	SFUNC = crm._history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(date, numeric, crm.zone) IS
	'always an error: a date has its day already, a zone beside it would be silently ignored';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric, zone crm.zone) (
	SFUNC = crm._history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamp, numeric, crm.zone) IS
	'always an error: a timestamp without time zone has its day already; without this error it would be converted '
	'with the session''s zone';

CREATE AGGREGATE crm.history_agg(day date, amount numeric, zone crm.zone, orders bigint) (
	SFUNC = crm._history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(date, numeric, crm.zone, bigint) IS
	'always an error: a date has its day already, a zone beside it would be silently ignored';

CREATE AGGREGATE crm.history_agg(at timestamp, amount numeric, zone crm.zone, orders bigint) (
	SFUNC = crm._history_agg_has_no_zone, STYPE = crm.history, SSPACE = 128,
	FINALFUNC = crm._history_agg_final, COMBINEFUNC = crm._history_agg_history, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.history_agg(timestamp, numeric, crm.zone, bigint) IS
	'always an error: a timestamp without time zone has its day already; without this error it would be converted '
	'with the session''s zone';
