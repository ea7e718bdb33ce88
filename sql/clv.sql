-- room: clv
--
-- Predicted lifetime value: counted customers (btyd_data), a fitted model (clv_model), predictions.
-- Two steps, so that one scan serves every process, and a stored model serves every customer.

-- ---------------------------------------------------------------- crm.btyd_data

CREATE TYPE crm.btyd_data;

CREATE FUNCTION crm.btyd_data_in(cstring) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_data_in';
COMMENT ON FUNCTION crm.btyd_data_in(cstring) IS
	'reads the text form unit_days=7 ... rows=x:t_x:t*n,... spend=x:m_x*n,...; an error with detail and hint where it is malformed';

CREATE FUNCTION crm.btyd_data_out(crm.btyd_data) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_data_out';
COMMENT ON FUNCTION crm.btyd_data_out(crm.btyd_data) IS
	'writes the text form; numbers are the shortest that read back the same';

CREATE FUNCTION crm.btyd_data_recv(internal) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_data_recv';
COMMENT ON FUNCTION crm.btyd_data_recv(internal) IS
	'reads the binary form; an error unless it is exactly what btyd_data_send writes';

CREATE FUNCTION crm.btyd_data_send(crm.btyd_data) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'btyd_data_send';
COMMENT ON FUNCTION crm.btyd_data_send(crm.btyd_data) IS
	'writes the binary form: the packed bytes, the same on every machine';

CREATE TYPE crm.btyd_data (
	INPUT = crm.btyd_data_in,
	OUTPUT = crm.btyd_data_out,
	RECEIVE = crm.btyd_data_recv,
	SEND = crm.btyd_data_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE crm.btyd_data IS
	'counted customers, the data that lifetime value models are fitted to: distinct (x, t_x, t), for the spend model distinct (x, m_x), the unit of time, and how many rows were left out and why; about 6 bytes a distinct row. Made by crm.btyd_agg';

CREATE FUNCTION crm.btyd_data_eq(crm.btyd_data, crm.btyd_data) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_eq';
COMMENT ON FUNCTION crm.btyd_data_eq(crm.btyd_data, crm.btyd_data) IS
	'equal: the same customers, spend, counters and unit of time';

CREATE FUNCTION crm.btyd_data_ne(crm.btyd_data, crm.btyd_data) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_ne';
COMMENT ON FUNCTION crm.btyd_data_ne(crm.btyd_data, crm.btyd_data) IS 'not equal';

CREATE FUNCTION crm.btyd_data_hash(crm.btyd_data) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_hash';
COMMENT ON FUNCTION crm.btyd_data_hash(crm.btyd_data) IS 'hash support';

CREATE FUNCTION crm.btyd_data_hash_extended(crm.btyd_data, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_hash_extended';
COMMENT ON FUNCTION crm.btyd_data_hash_extended(crm.btyd_data, bigint) IS
	'hash support, 64 bit with a seed';

CREATE OPERATOR crm.= (
	LEFTARG = crm.btyd_data, RIGHTARG = crm.btyd_data, FUNCTION = crm.btyd_data_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.btyd_data, crm.btyd_data) IS 'the same counted customers';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.btyd_data, RIGHTARG = crm.btyd_data, FUNCTION = crm.btyd_data_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.btyd_data, crm.btyd_data) IS 'not the same counted customers';

CREATE OPERATOR CLASS crm.btyd_data_ops DEFAULT FOR TYPE crm.btyd_data USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.btyd_data_hash(crm.btyd_data),
	FUNCTION 2 crm.btyd_data_hash_extended(crm.btyd_data, bigint);
COMMENT ON OPERATOR CLASS crm.btyd_data_ops USING hash IS 'grouping and comparing of counted customers';
COMMENT ON OPERATOR FAMILY crm.btyd_data_ops USING hash IS 'grouping and comparing of counted customers';

-- ---------------------------------------------------------------- crm.btyd_agg
--
-- The state is the type itself, in an open form (rows and a hash table of them) until the final
-- function sorts and packs it.

CREATE FUNCTION crm.btyd_agg_final(crm.btyd_data) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_agg_final';
COMMENT ON FUNCTION crm.btyd_agg_final(crm.btyd_data) IS 'final function of crm.btyd_agg';

CREATE FUNCTION crm.btyd_agg_data(crm.btyd_data, crm.btyd_data) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_agg_data';
COMMENT ON FUNCTION crm.btyd_agg_data(crm.btyd_data, crm.btyd_data) IS
	'transition and combine function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm.btyd_agg_history(crm.btyd_data, crm.history, date) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'btyd_agg_history';
COMMENT ON FUNCTION crm.btyd_agg_history(crm.btyd_data, crm.history, date) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm.btyd_agg_history(crm.btyd_data, crm.history, date, double precision) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'btyd_agg_history';
COMMENT ON FUNCTION crm.btyd_agg_history(crm.btyd_data, crm.history, date, double precision) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision, double precision) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision, double precision) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision, double precision, bigint) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision, double precision, bigint) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision, double precision, bigint, double precision) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'btyd_agg_numbers';
COMMENT ON FUNCTION crm.btyd_agg_numbers(crm.btyd_data, double precision, double precision, double precision, double precision, bigint, double precision) IS
	'transition function of crm.btyd_agg; an error when called by hand';

CREATE AGGREGATE crm.btyd_agg(history crm.history, as_of date) (
	SFUNC = crm.btyd_agg_history, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm.btyd_agg_final, COMBINEFUNC = crm.btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(history crm.history, as_of date) IS
	'customers as they stood at the end of as_of, counted, times in weeks (see crm.btyd). Customers without a purchase by then, with a day of negative orders, and NULLs are left out and counted; no rows give empty data; an infinite as_of is an error';

CREATE AGGREGATE crm.btyd_agg(history crm.history, as_of date, unit_days double precision) (
	SFUNC = crm.btyd_agg_history, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm.btyd_agg_final, COMBINEFUNC = crm.btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(history crm.history, as_of date, unit_days double precision) IS
	'customers as they stood at the end of as_of, counted, times in units of unit_days days (7: weeks, the default; 1: days): the unit of the parameters, nothing else depends on it. One unit for all rows, or an error. Else as with two arguments';

CREATE AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision) (
	SFUNC = crm.btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm.btyd_agg_final, COMBINEFUNC = crm.btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision) IS
	'customers from ready numbers, counted: x repeat purchase days, t_x time from the first to the last, t from the first to the day of observation, in weeks. Rows with a NULL are left out and counted; x < 0 or not whole, t_x < 0, t_x > t, t_x > 0 with x = 0, NaN and infinity are errors';

CREATE AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision, m_x double precision) (
	SFUNC = crm.btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm.btyd_agg_final, COMBINEFUNC = crm.btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision, m_x double precision) IS
	'customers from ready numbers with mean spend per repeat purchase day m_x, which may be NULL and has no meaning where x = 0; zero or negative, it is left out of the spend model and counted. Else as with three arguments';

CREATE AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision, m_x double precision, weight bigint) (
	SFUNC = crm.btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm.btyd_agg_final, COMBINEFUNC = crm.btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision, m_x double precision, weight bigint) IS
	'customers from ready numbers, weight equal ones a row; a weight of 0 adds nothing, a negative one is an error. Else as with four arguments';

CREATE AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision, m_x double precision, weight bigint, unit_days double precision) (
	SFUNC = crm.btyd_agg_numbers, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm.btyd_agg_final, COMBINEFUNC = crm.btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(x double precision, t_x double precision, t double precision, m_x double precision, weight bigint, unit_days double precision) IS
	'customers from ready numbers whose times are in units of unit_days days (1: days, 7: weeks). Else as with five arguments';

CREATE AGGREGATE crm.btyd_agg(data crm.btyd_data) (
	SFUNC = crm.btyd_agg_data, STYPE = crm.btyd_data, SSPACE = 4096,
	FINALFUNC = crm.btyd_agg_final, COMBINEFUNC = crm.btyd_agg_data, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.btyd_agg(data crm.btyd_data) IS
	'all customers of several data: equal to what one aggregate over all of them gives. NULLs are skipped; no rows give empty data; different units of time are an error';

CREATE FUNCTION crm.btyd_summary(data crm.btyd_data, OUT unit_days double precision, OUT customers bigint, OUT distinct_rows bigint, OUT distinct_spend_rows bigint, OUT no_purchase bigint, OUT invalid bigint, OUT nulls bigint, OUT merged_orders bigint, OUT no_spend bigint) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'btyd_data_summary';
COMMENT ON FUNCTION crm.btyd_summary(crm.btyd_data) IS
	'what the data hold: days in a unit of time, customers, distinct rows of customers and of spend; and what was left out: customers without a purchase yet, with a day of negative orders, rows with NULL; orders beyond the first of a customer''s day, merged; repeat customers without positive spend, left out of the spend model';

CREATE FUNCTION crm.btyd_rows(data crm.btyd_data, OUT x double precision, OUT t_x double precision, OUT t double precision, OUT customers bigint) RETURNS SETOF record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000
	AS 'MODULE_PATHNAME', 'btyd_data_rows';
COMMENT ON FUNCTION crm.btyd_rows(crm.btyd_data) IS
	'the distinct (x, t_x, t) with the number of customers, in order; times in the unit of the data';

CREATE FUNCTION crm.btyd_spend_rows(data crm.btyd_data, OUT x double precision, OUT m_x double precision, OUT customers bigint) RETURNS SETOF record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000
	AS 'MODULE_PATHNAME', 'btyd_data_spend_rows';
COMMENT ON FUNCTION crm.btyd_spend_rows(crm.btyd_data) IS
	'the distinct (x, m_x) of customers with repeat orders and positive mean spend, with the number of customers, in order';

-- ---------------------------------------------------------------- crm.clv_model

CREATE TYPE crm.clv_model;

CREATE FUNCTION crm.clv_model_in(cstring) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'clv_model_in';
COMMENT ON FUNCTION crm.clv_model_in(cstring) IS
	'reads a model from JSON; an error with detail and hint where it is no model';

CREATE FUNCTION crm.clv_model_out(crm.clv_model) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'clv_model_out';
COMMENT ON FUNCTION crm.clv_model_out(crm.clv_model) IS
	'writes a model as JSON; numbers are the shortest that read back the same';

CREATE FUNCTION crm.clv_model_recv(internal) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'clv_model_recv';
COMMENT ON FUNCTION crm.clv_model_recv(internal) IS 'reads the binary form: a version byte and the JSON text';

CREATE FUNCTION crm.clv_model_send(crm.clv_model) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'clv_model_send';
COMMENT ON FUNCTION crm.clv_model_send(crm.clv_model) IS 'writes the binary form: a version byte and the JSON text';

CREATE TYPE crm.clv_model (
	INPUT = crm.clv_model_in,
	OUTPUT = crm.clv_model_out,
	RECEIVE = crm.clv_model_recv,
	SEND = crm.clv_model_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE crm.clv_model IS
	'a model of when customers order (process) and what they spend, with status, parameters, covariance and diagnostics; 400 bytes; text form JSON. Made by crm.clv_fit, or by crm.clv_model from known parameters';

CREATE FUNCTION crm.clv_model_eq(crm.clv_model, crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_eq';
COMMENT ON FUNCTION crm.clv_model_eq(crm.clv_model, crm.clv_model) IS 'equal in every number';

CREATE FUNCTION crm.clv_model_ne(crm.clv_model, crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_ne';
COMMENT ON FUNCTION crm.clv_model_ne(crm.clv_model, crm.clv_model) IS 'not equal';

CREATE FUNCTION crm.clv_model_hash(crm.clv_model) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_hash';
COMMENT ON FUNCTION crm.clv_model_hash(crm.clv_model) IS 'hash support';

CREATE FUNCTION crm.clv_model_hash_extended(crm.clv_model, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_hash_extended';
COMMENT ON FUNCTION crm.clv_model_hash_extended(crm.clv_model, bigint) IS 'hash support, 64 bit with a seed';

CREATE OPERATOR crm.= (
	LEFTARG = crm.clv_model, RIGHTARG = crm.clv_model, FUNCTION = crm.clv_model_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.clv_model, crm.clv_model) IS 'equal in every number';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.clv_model, RIGHTARG = crm.clv_model, FUNCTION = crm.clv_model_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.clv_model, crm.clv_model) IS 'not equal';

CREATE OPERATOR CLASS crm.clv_model_ops DEFAULT FOR TYPE crm.clv_model USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.clv_model_hash(crm.clv_model),
	FUNCTION 2 crm.clv_model_hash_extended(crm.clv_model, bigint);
COMMENT ON OPERATOR CLASS crm.clv_model_ops USING hash IS 'grouping and comparing of models';
COMMENT ON OPERATOR FAMILY crm.clv_model_ops USING hash IS 'grouping and comparing of models';

CREATE FUNCTION crm.clv_model(process text, parameters double precision[], unit_days double precision DEFAULT 7, spend_parameters double precision[] DEFAULT NULL) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_model_given';
COMMENT ON FUNCTION crm.clv_model(text, double precision[], double precision, double precision[]) IS
	'a model with known parameters, in the order that crm.clv_processes() shows, times in units of unit_days days; spend_parameters p, q, gamma of Gamma-Gamma, or NULL for a model without spend. Its status is "given". NULL for NULL otherwise; errors: unknown process, a wrong number of parameters, one that is not positive';

CREATE FUNCTION crm.clv_processes(OUT process text, OUT title text, OUT parameters text, OUT paper text) RETURNS SETOF record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3
	AS 'MODULE_PATHNAME', 'clv_processes';
COMMENT ON FUNCTION crm.clv_processes() IS
	'the processes that crm.clv_fit knows, the default first, with their parameters in order';

-- ---------------------------------------------------------------- the fit

CREATE FUNCTION crm.clv_fit(data crm.btyd_data, process text DEFAULT 'mbgnbd', spend boolean DEFAULT true) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000000
	AS 'MODULE_PATHNAME', 'clv_fit';
COMMENT ON FUNCTION crm.clv_fit(crm.btyd_data, text, boolean) IS
	'fits a process (crm.clv_processes) by maximum likelihood, and unless spend is false the Gamma-Gamma spend model (Fader and Hardie 2013) where the data hold money. Never an error for what the data are: a fit that found no maximum says so in its status, see crm.is_usable and crm.diagnostics. NULL for NULL; an unknown process is an error. Time is proportional to the number of distinct rows; can be cancelled';

CREATE FUNCTION crm.is_usable(model crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_is_usable';
COMMENT ON FUNCTION crm.is_usable(crm.clv_model) IS
	'true if the model can predict orders: its fit converged, or its parameters were given. Predictions with another model are errors';

CREATE FUNCTION crm.has_spend(model crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_has_spend';
COMMENT ON FUNCTION crm.has_spend(crm.clv_model) IS
	'true if the model can predict money too: it is usable and its spend model was fitted, or given, and has a mean. Otherwise expected_spend and clv are errors';

CREATE FUNCTION crm.parameters(model crm.clv_model, OUT part text, OUT name text, OUT estimate double precision, OUT standard_error double precision, OUT lower double precision, OUT upper double precision, OUT meaning text) RETURNS SETOF record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 7
	AS 'MODULE_PATHNAME', 'clv_parameters';
COMMENT ON FUNCTION crm.parameters(crm.clv_model) IS
	'the parameters of a model: estimate, standard error (from the Hessian of the log-likelihood), 95 % interval (symmetric in the logarithm, hence positive), in the model''s unit of time and of money. Errors and intervals are NULL for given parameters and where the fit did not converge';

CREATE FUNCTION crm.diagnostics(model crm.clv_model,
	OUT process text, OUT unit_days double precision, OUT status text, OUT message text, OUT log_likelihood double precision,
	OUT aic double precision, OUT bic double precision, OUT customers bigint, OUT distinct_rows bigint, OUT iterations integer,
	OUT skipped_no_purchase bigint, OUT skipped_invalid bigint, OUT skipped_null bigint, OUT merged_orders bigint,
	OUT spend_status text, OUT spend_message text, OUT spend_log_likelihood double precision, OUT spend_aic double precision, OUT spend_bic double precision,
	OUT spend_customers bigint, OUT spend_distinct_rows bigint, OUT spend_iterations integer, OUT spend_skipped bigint,
	OUT spend_correlation double precision, OUT warning text) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'clv_diagnostics';
COMMENT ON FUNCTION crm.diagnostics(crm.clv_model) IS
	'how the fit went, one row: status and its meaning, log-likelihood, AIC and BIC (lower is better; compare processes on the same data only), customers and distinct rows used, iterations, rows left out by reason, orders of one day that were merged; the same for the spend model, with repeat customers left out because they spent nothing, and the correlation of mean spend and number of repeat orders, which the spend model assumes to be none; warning: a sentence where something needs attention, else NULL. NULL in all spend columns without a spend model';

CREATE FUNCTION crm.clv_compare(data crm.btyd_data,
	OUT process text, OUT status text, OUT log_likelihood double precision, OUT aic double precision, OUT bic double precision,
	OUT message text, OUT model crm.clv_model) RETURNS SETOF record
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 3000000 ROWS 3 SET search_path = pg_catalog, pg_temp
	AS $$
		SELECT p.process, d.status, d.log_likelihood, d.aic, d.bic, d.message, f.model
		FROM crm.clv_processes() AS p,
			LATERAL (SELECT crm.clv_fit($1, p.process, false) AS model OFFSET 0) AS f,
			LATERAL crm.diagnostics(f.model) AS d
		ORDER BY d.aic
	$$;
COMMENT ON FUNCTION crm.clv_compare(crm.btyd_data) IS
	'every process fitted to the data, without spend, the best by AIC first; no row for NULL';

-- ---------------------------------------------------------------- predictions
--
-- Each for a history on a day (what came later is ignored), for plain numbers, and where it makes
-- sense for a new customer, who has just made the first order. x, t_x, t are in the model's unit of
-- time (as crm.btyd(history, as_of, unit_days) gives them); horizons are days, always. An order is a
-- purchase day.

CREATE FUNCTION crm.p_alive(model crm.clv_model, history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'clv_p_alive';
COMMENT ON FUNCTION crm.p_alive(crm.clv_model, crm.history, date) IS
	'probability that the customer still is one at the end of as_of. NULL for NULL and before the first purchase; an unusable model and an infinite as_of are errors';

CREATE FUNCTION crm.p_alive(model crm.clv_model, x double precision, t_x double precision, t double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'clv_p_alive';
COMMENT ON FUNCTION crm.p_alive(crm.clv_model, double precision, double precision, double precision) IS
	'probability that a customer with x repeat orders, the last at t_x, still is one at t; times in the model''s unit, from the first order. NULL for NULL; an unusable model, x < 0, t_x > t and NaN are errors';

CREATE FUNCTION crm.expected_orders(model crm.clv_model, history crm.history, as_of date, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.expected_orders(crm.clv_model, crm.history, date, double precision) IS
	'expected number of orders (purchase days) in the `days` days after as_of. NULL for NULL and before the first purchase; an unusable model and a negative horizon are errors';

CREATE FUNCTION crm.expected_orders(model crm.clv_model, x double precision, t_x double precision, t double precision, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.expected_orders(crm.clv_model, double precision, double precision, double precision, double precision) IS
	'expected number of orders in the `days` days after t; x, t_x, t as in p_alive. NULL for NULL';

CREATE FUNCTION crm.expected_orders(model crm.clv_model, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.expected_orders(crm.clv_model, double precision) IS
	'expected number of repeat orders of a new customer in the `days` days after the first order. NULL for NULL';

CREATE FUNCTION crm.order_probability(model crm.clv_model, history crm.history, as_of date, days double precision, n integer) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.order_probability(crm.clv_model, crm.history, date, double precision, integer) IS
	'probability of exactly n orders (purchase days) in the `days` days after as_of. NULL for NULL and before the first purchase; n < 0, a negative horizon and an unusable model are errors';

CREATE FUNCTION crm.order_probability(model crm.clv_model, x double precision, t_x double precision, t double precision, days double precision, n integer) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.order_probability(crm.clv_model, double precision, double precision, double precision, double precision, integer) IS
	'probability of exactly n orders in the `days` days after t; x, t_x, t as in p_alive. NULL for NULL';

CREATE FUNCTION crm.order_probability(model crm.clv_model, days double precision, n integer) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.order_probability(crm.clv_model, double precision, integer) IS
	'probability that a new customer makes exactly n repeat orders in the `days` days after the first. NULL for NULL';

CREATE FUNCTION crm.churn_probability(model crm.clv_model, history crm.history, as_of date, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.churn_probability(crm.clv_model, crm.history, date, double precision) IS
	'probability of no order in the `days` days after as_of: gone, or just slow. NULL for NULL and before the first purchase; a negative horizon and an unusable model are errors';

CREATE FUNCTION crm.churn_probability(model crm.clv_model, x double precision, t_x double precision, t double precision, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.churn_probability(crm.clv_model, double precision, double precision, double precision, double precision) IS
	'probability of no order in the `days` days after t; x, t_x, t as in p_alive. NULL for NULL';

CREATE FUNCTION crm.churn_probability(model crm.clv_model, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.churn_probability(crm.clv_model, double precision) IS
	'probability that a new customer makes no repeat order in the `days` days after the first. NULL for NULL';

CREATE FUNCTION crm.next_order_date(model crm.clv_model, history crm.history, as_of date, probability double precision DEFAULT 0.5) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_date';
COMMENT ON FUNCTION crm.next_order_date(crm.clv_model, crm.history, date, double precision) IS
	'the first day by whose end the customer has ordered again with this probability (0.5: the median). NULL where it is never reached, as with a customer who will more likely than not never order again, and NULL for NULL and before the first purchase; a probability that is not between 0 and 1 and an unusable model are errors';

CREATE FUNCTION crm.next_order_days(model crm.clv_model, x double precision, t_x double precision, t double precision, probability double precision DEFAULT 0.5) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_days';
COMMENT ON FUNCTION crm.next_order_days(crm.clv_model, double precision, double precision, double precision, double precision) IS
	'days after t within which the customer orders again with this probability; x, t_x, t as in p_alive. NULL where it is never reached, and for NULL';

CREATE FUNCTION crm.next_order_days(model crm.clv_model, probability double precision DEFAULT 0.5) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_days';
COMMENT ON FUNCTION crm.next_order_days(crm.clv_model, double precision) IS
	'days after the first order within which a new customer orders again with this probability. NULL where it is never reached, and for NULL';

CREATE FUNCTION crm.expected_spend(model crm.clv_model, history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'clv_expected_spend';
COMMENT ON FUNCTION crm.expected_spend(crm.clv_model, crm.history, date) IS
	'expected spend on a future purchase day, in the money of the data, never negative: between the customer''s own mean and everybody''s (Fader and Hardie 2013); a net mean below zero counts as zero. NULL for NULL and before the first purchase; a model without spend (has_spend) is an error';

CREATE FUNCTION crm.expected_spend(model crm.clv_model, x double precision, m_x double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'clv_expected_spend_numbers';
COMMENT ON FUNCTION crm.expected_spend(crm.clv_model, double precision, double precision) IS
	'expected spend on a future purchase day of a customer with mean spend m_x over x repeat purchase days; m_x has no meaning, and may be NULL, where x = 0. NULL for NULL otherwise; x < 0, NaN and a model without spend are errors';

CREATE FUNCTION crm.expected_spend(model crm.clv_model) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'clv_expected_spend';
COMMENT ON FUNCTION crm.expected_spend(crm.clv_model) IS
	'expected spend of a new customer on a purchase day. NULL for NULL; a model without spend is an error';

CREATE FUNCTION crm.clv(model crm.clv_model, history crm.history, as_of date, days double precision DEFAULT 365, discount double precision DEFAULT 0.10) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.clv(crm.clv_model, crm.history, date, double precision, double precision) IS
	'value of a customer in the `days` days after as_of, for life if days is NULL: the expected revenue of the orders to come, past revenue not included, each order discounted to as_of by (1 + discount)^(-days until it / 365). Multiply by your margin for profit. NULL before the first purchase and where another argument is NULL; a model without spend, a negative horizon or discount, and no end without a discount where the sum is infinite, are errors';

CREATE FUNCTION crm.clv(model crm.clv_model, x double precision, t_x double precision, t double precision, m_x double precision, days double precision DEFAULT 365, discount double precision DEFAULT 0.10) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.clv(crm.clv_model, double precision, double precision, double precision, double precision, double precision, double precision) IS
	'value of a customer in the `days` days after t, for life if days is NULL; x, t_x, t as in p_alive, m_x as in expected_spend, else as clv of a history';

CREATE FUNCTION crm.clv(model crm.clv_model, days double precision DEFAULT 365, discount double precision DEFAULT 0.10) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.clv(crm.clv_model, double precision, double precision) IS
	'value of a new customer in the `days` days after the first order, for life if days is NULL: repeat orders only, add expected_spend(model) for the first. Discount and errors as in clv of a history';

-- ---------------------------------------------------------------- simulation

CREATE FUNCTION crm.simulate(model crm.clv_model, customers bigint, since date, until date, seed bigint DEFAULT 1, won_until date DEFAULT NULL,
	OUT customer bigint, OUT at timestamp, OUT amount numeric) RETURNS SETOF record
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 ROWS 1000000
	AS 'MODULE_PATHNAME', 'clv_simulate';
COMMENT ON FUNCTION crm.simulate(crm.clv_model, bigint, date, date, bigint, date) IS
	'orders of customers 1 to `customers` drawn from the model, a row an order, customer by customer in order of time: first orders evenly from since to won_until (NULL: until), repeat orders to until, all days included; amount from the spend model, to the cent, 0.00 if there is none. The same seed gives the same rows, also for each of fewer or more customers. No row for NULL; an unusable model, one whose spend was fitted and is not usable, and dates out of order are errors';

-- ---------------------------------------------------------------- backtest
--
-- Over an array, so that array_agg(history) collects the customers: of a table, or of each group.

CREATE FUNCTION crm.backtest(histories crm.history[], cut date, until date, process text DEFAULT 'mbgnbd',
	OUT section text, OUT bucket integer, OUT through date, OUT predictor text, OUT status text, OUT customers bigint,
	OUT actual_orders bigint, OUT predicted_orders double precision, OUT mae double precision, OUT rmse double precision,
	OUT actual_revenue numeric, OUT predicted_revenue double precision) RETURNS SETOF record
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000000 ROWS 100 SET search_path = pg_catalog, pg_temp
	AS $$
#variable_conflict use_column
DECLARE
	days integer;
	data crm.btyd_data;
	model crm.clv_model;
	fit_status text;
	usable boolean;
	money boolean;
BEGIN
	IF NOT isfinite($2) OR NOT isfinite($3) OR $2 >= $3 THEN
		RAISE EXCEPTION 'a backtest needs finite dates, cut before until'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'The model is fitted to what was known at the end of cut, and predicts the days after it up to and including until.';
	END IF;
	days := $3 - $2;
	data := (SELECT crm.btyd_agg(h, $2) FROM unnest($1) AS h WHERE h IS NOT NULL);
	model := crm.clv_fit(data, $4);
	usable := crm.is_usable(model);
	money := crm.has_spend(model);
	fit_status := (SELECT d.status FROM crm.diagnostics(model) AS d);

	RETURN QUERY
	WITH customer AS (
		SELECT b.x, b.t_x, b.t, b.m_x,
			crm.purchase_days(h, $3) - crm.purchase_days(h, $2) AS orders,
			crm.revenue(h, $3) - crm.revenue(h, $2) AS revenue
		FROM unnest($1) AS h, LATERAL crm.btyd(h, $2, 7) AS b
		WHERE b.x IS NOT NULL AND crm.is_valid(h, $2)
	), predicted AS (
		SELECT 1 AS rank, $4 AS predictor, fit_status AS status, x, orders, revenue, p.expected,
			CASE WHEN money THEN p.expected * crm.expected_spend(model, x, m_x) END AS value
		FROM customer, LATERAL (SELECT CASE WHEN usable THEN crm.expected_orders(model, x, t_x, t, days) END AS expected OFFSET 0) AS p
		UNION ALL
		SELECT 2, 'same_pace', NULL, x, orders, revenue, p.expected, p.expected * coalesce(m_x, 0)
		FROM customer, LATERAL (SELECT CASE WHEN t > 0 THEN x * days / (7 * t) ELSE 0 END AS expected) AS p
	)
	SELECT CASE WHEN grouping(least(x, 7)) = 1 THEN 'total' ELSE 'repeat orders' END, least(x, 7), $3, predictor, status, count(*),
		sum(orders)::bigint, sum(expected), avg(abs(expected - orders)), sqrt(avg((expected - orders) ^ 2)),
		sum(revenue), sum(value)
	FROM predicted
	GROUP BY GROUPING SETS ((rank, predictor, status), (rank, predictor, status, least(x, 7)))
	ORDER BY grouping(least(x, 7)) DESC, least(x, 7), rank;

	RETURN QUERY
	WITH known AS MATERIALIZED (
		SELECT r.x, r.t_x, r.t, r.customers FROM crm.btyd_rows(data) AS r
	), actual AS (
		SELECT (a.day - $2 + 6) / 7 AS week, count(*) AS orders
		FROM unnest($1) AS h, LATERAL crm.activity(crm.slice(h, $2 + 1, $3)) AS a
		WHERE a.orders > 0 AND crm.purchase_days(h, $2) > 0 AND crm.is_valid(h, $2)
		GROUP BY 1
	), week AS (
		SELECT w AS number, least($2 + 7 * w, $3) AS through, least(7 * w, days)::float8 AS length,
			coalesce(sum(a.orders) OVER (ORDER BY w), 0)::bigint AS orders
		FROM generate_series(1, (days + 6) / 7) AS w LEFT JOIN actual AS a ON a.week = w
	)
	SELECT 'week', w.number, w.through, p.predictor, p.status, p.customers, w.orders, p.expected,
		NULL::float8, NULL::float8, NULL::numeric, NULL::float8
	FROM week AS w, LATERAL (
		SELECT 1 AS rank, $4 AS predictor, fit_status AS status, sum(k.customers)::bigint AS customers,
			CASE WHEN usable THEN sum(k.customers * crm.expected_orders(model, k.x, k.t_x, k.t, w.length)) END AS expected FROM known AS k
		UNION ALL
		SELECT 2, 'same_pace', NULL, sum(k.customers)::bigint, sum(k.customers * CASE WHEN k.t > 0 THEN k.x * w.length / (7 * k.t) ELSE 0 END) FROM known AS k
	) AS p
	ORDER BY w.number, p.rank;
END
$$;
COMMENT ON FUNCTION crm.backtest(crm.history[], date, date, text) IS
	'would the model have been right? Fits the process to the customers as they stood at the end of cut and compares what it predicts for the days after, up to until, with what came. section total: all customers; repeat orders: by number of repeat orders at the cut (bucket, 7 is 7 or more); week: cumulative, by the end of through. Each for two predictors: the process, and same_pace, the naive rule that each customer goes on at the past pace x / t (Wuebben and Wangenheim 2008). mae and rmse: error of orders per customer. An order is a purchase day. Predictions are NULL, with the status beside, if the fit did not converge, revenue also without a spend model. No row for NULL; NULLs in the array are skipped; cut not before until is an error';
