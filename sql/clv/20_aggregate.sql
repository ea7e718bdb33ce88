-- clv: crm.btyd_agg and crm.btyd_rows_agg. The state is the type itself, in an open form (rows and a hash table of
-- them) until the final function sorts and packs it.

CREATE FUNCTION crm._btyd_agg_final(crm.btyd_data) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_agg_final';
COMMENT ON FUNCTION crm._btyd_agg_final(crm.btyd_data) IS
	'final function of crm.btyd_agg';

CREATE FUNCTION crm._btyd_agg_data(crm.btyd_data, crm.btyd_data) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_agg_data';
COMMENT ON FUNCTION crm._btyd_agg_data(crm.btyd_data, crm.btyd_data) IS
	'transition and combine function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm._btyd_agg_history(state crm.btyd_data, history crm.history, as_of date) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'btyd_agg_history';
COMMENT ON FUNCTION crm._btyd_agg_history(crm.btyd_data, crm.history, date) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm._btyd_agg_history(
	state crm.btyd_data, history crm.history, as_of date, unit_days double precision
) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'btyd_agg_history';
COMMENT ON FUNCTION crm._btyd_agg_history(crm.btyd_data, crm.history, date, double precision) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm._btyd_agg_numbers(
	state crm.btyd_data, x bigint, t_x double precision, t double precision
) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm._btyd_agg_numbers(crm.btyd_data, bigint, double precision, double precision) IS
	'transition function of crm.btyd_rows_agg; an error when called by hand';

CREATE FUNCTION crm._btyd_agg_numbers(
	state crm.btyd_data, x bigint, t_x double precision, t double precision, m_x double precision
) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm._btyd_agg_numbers(
	crm.btyd_data, bigint, double precision, double precision, double precision
) IS
	'transition function of crm.btyd_rows_agg; an error when called by hand';

CREATE FUNCTION crm._btyd_agg_numbers(
	state crm.btyd_data, x bigint, t_x double precision, t double precision, m_x double precision, weight bigint
) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm._btyd_agg_numbers(
	crm.btyd_data, bigint, double precision, double precision, double precision, bigint
) IS
	'transition function of crm.btyd_rows_agg; an error when called by hand';

CREATE FUNCTION crm._btyd_agg_numbers(
	state crm.btyd_data, x bigint, t_x double precision, t double precision, m_x double precision, weight bigint,
	unit_days double precision
) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm._btyd_agg_numbers(
	crm.btyd_data, bigint, double precision, double precision, double precision, bigint, double precision
) IS
	'transition function of crm.btyd_rows_agg; an error when called by hand';

CREATE AGGREGATE crm.btyd_agg(history crm.history, as_of date) (
	SFUNC = crm._btyd_agg_history, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm._btyd_agg_final, COMBINEFUNC = crm._btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(crm.history, date) IS
	'customers as they stood at the end of as_of, counted, times in weeks (see crm.btyd), with their repeat purchases '
	'by day and the gaps between purchase days. Customers without a purchase by then, with a day of negative orders, '
	'and NULLs are left out and counted; no rows give empty data; an infinite as_of is an error';

CREATE AGGREGATE crm.btyd_agg(history crm.history, as_of date, unit_days double precision) (
	SFUNC = crm._btyd_agg_history, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm._btyd_agg_final, COMBINEFUNC = crm._btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(crm.history, date, double precision) IS
	'customers as they stood at the end of as_of, counted, times in units of unit_days days (7: weeks, the default; '
	'1: days): the unit of the parameters, nothing else depends on it. One unit for all rows, or an error. Else as '
	'with two arguments';

CREATE AGGREGATE crm.btyd_agg(data crm.btyd_data) (
	SFUNC = crm._btyd_agg_data, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm._btyd_agg_final, COMBINEFUNC = crm._btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(crm.btyd_data) IS
	'all customers of several data: equal to what one aggregate over all of them gives; counted on different days, '
	'they have no as_of. NULLs are skipped; no rows give empty data; different units of time are an error';

CREATE AGGREGATE crm.btyd_rows_agg(x bigint, t_x double precision, t double precision) (
	SFUNC = crm._btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm._btyd_agg_final, COMBINEFUNC = crm._btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_rows_agg(bigint, double precision, double precision) IS
	'customers from ready numbers, counted: x repeat purchase days, t_x time from the first to the last, t from the '
	'first to the day of observation, in weeks (see crm.btyd). Days and gaps stay unknown. Rows with a NULL are left '
	'out and counted; x < 0, t_x < 0, t_x > t, t_x > 0 with x = 0, NaN and infinity are errors';

CREATE AGGREGATE crm.btyd_rows_agg(x bigint, t_x double precision, t double precision, m_x double precision) (
	SFUNC = crm._btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm._btyd_agg_final, COMBINEFUNC = crm._btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_rows_agg(bigint, double precision, double precision, double precision) IS
	'customers from ready numbers with mean spend per repeat purchase day m_x, which may be NULL and has no meaning '
	'where x = 0; zero or negative, it is left out of the spend model and counted. Else as with three arguments';

CREATE AGGREGATE crm.btyd_rows_agg(
	x bigint, t_x double precision, t double precision, m_x double precision, weight bigint
) (
	SFUNC = crm._btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm._btyd_agg_final, COMBINEFUNC = crm._btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_rows_agg(bigint, double precision, double precision, double precision, bigint) IS
	'customers from ready numbers, weight equal ones a row; a weight of 0 adds nothing, a negative one is an error. '
	'Else as with four arguments';

CREATE AGGREGATE crm.btyd_rows_agg(
	x bigint, t_x double precision, t double precision, m_x double precision, weight bigint,
	unit_days double precision
) (
	SFUNC = crm._btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm._btyd_agg_final, COMBINEFUNC = crm._btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_rows_agg(
	bigint, double precision, double precision, double precision, bigint, double precision
) IS
	'customers from ready numbers whose times are in units of unit_days days (1: days, 7: weeks). Else as with five '
	'arguments';
