-- clv: predicted lifetime value: counted customers (btyd_data), a fitted model (clv_model), predictions. Two steps,
-- so that one scan serves every process, and a stored model serves every customer. See doc/clv.md.

-- ---------------------------------------------------------------- crm.season

CREATE TYPE crm.season;

CREATE FUNCTION crm._season_in(cstring) RETURNS crm.season
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'season_in';
COMMENT ON FUNCTION crm._season_in(cstring) IS
	'reads a season: flat, or 12 factors of months or 52 of weeks with commas between';

CREATE FUNCTION crm._season_out(crm.season) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'season_out';
COMMENT ON FUNCTION crm._season_out(crm.season) IS
	'writes a season: flat, or its factors with commas between';

CREATE FUNCTION crm._season_recv(internal) RETURNS crm.season
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'season_recv';
COMMENT ON FUNCTION crm._season_recv(internal) IS
	'reads a season in binary: its text';

CREATE FUNCTION crm._season_send(crm.season) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'season_send';
COMMENT ON FUNCTION crm._season_send(crm.season) IS
	'writes a season in binary: its text';

CREATE TYPE crm.season (
	INPUT = crm._season_in,
	OUTPUT = crm._season_out,
	RECEIVE = crm._season_recv,
	SEND = crm._season_send,
	INTERNALLENGTH = 212,
	ALIGNMENT = int4,
	STORAGE = plain
);
COMMENT ON TYPE crm.season IS
	'how orders spread over the year: flat, or a factor from 0.05 to 20 for each of the 12 months (January first) or '
	'of 52 weeks (days 1-7 of the year first; the last has 8 days, or 9), rounded to four decimals, written '
	'1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.5. Only ratios count: what is used is a factor divided by the mean over all '
	'days, see crm.season_factors';

CREATE CAST (text AS crm.season) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.season) IS
	'reads the text form of a season';

CREATE CAST (varchar AS crm.season) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.season) IS
	'reads the text form of a season';

CREATE CAST (bpchar AS crm.season) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.season) IS
	'reads the text form of a season';

-- ---------------------------------------------------------------- crm.btyd_data

CREATE TYPE crm.btyd_data;

CREATE FUNCTION crm._btyd_data_in(cstring) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_data_in';
COMMENT ON FUNCTION crm._btyd_data_in(cstring) IS
	'reads the text form unit_days=7 as_of=2024-09-30 ... rows=x:t_x:t*n,... spend=x:m_x*n,... days=2024-02-12*n,... '
	'gaps=14*n,...; an error with detail and hint where it is malformed';

CREATE FUNCTION crm._btyd_data_out(crm.btyd_data) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_data_out';
COMMENT ON FUNCTION crm._btyd_data_out(crm.btyd_data) IS
	'writes the text form; numbers are the shortest that read back the same';

CREATE FUNCTION crm._btyd_data_recv(internal) RETURNS crm.btyd_data
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'btyd_data_recv';
COMMENT ON FUNCTION crm._btyd_data_recv(internal) IS
	'reads the binary form; an error unless it is exactly what _btyd_data_send writes';

CREATE FUNCTION crm._btyd_data_send(crm.btyd_data) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'btyd_data_send';
COMMENT ON FUNCTION crm._btyd_data_send(crm.btyd_data) IS
	'writes the binary form: the packed bytes, the same on every machine';

CREATE TYPE crm.btyd_data (
	INPUT = crm._btyd_data_in,
	OUTPUT = crm._btyd_data_out,
	RECEIVE = crm._btyd_data_recv,
	SEND = crm._btyd_data_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE crm.btyd_data IS
	'counted customers, the data that lifetime value models are fitted to: distinct (x, t_x, t), for the spend model '
	'distinct (x, m_x), repeat purchases by calendar day, gaps between purchase days by length, the unit of time, the '
	'day on which all were counted, and how many rows were left out and why; about 6 bytes a distinct row. Made by '
	'crm.btyd_agg';

CREATE CAST (text AS crm.btyd_data) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.btyd_data) IS
	'reads the text form of counted customers';

CREATE CAST (varchar AS crm.btyd_data) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.btyd_data) IS
	'reads the text form of counted customers';

CREATE CAST (bpchar AS crm.btyd_data) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.btyd_data) IS
	'reads the text form of counted customers';

-- ---------------------------------------------------------------- crm.clv_model

CREATE TYPE crm.clv_model;

CREATE FUNCTION crm._clv_model_in(cstring) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'clv_model_in';
COMMENT ON FUNCTION crm._clv_model_in(cstring) IS
	'reads a model from JSON; an error with detail and hint where it is no model';

CREATE FUNCTION crm._clv_model_out(crm.clv_model) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'clv_model_out';
COMMENT ON FUNCTION crm._clv_model_out(crm.clv_model) IS
	'writes a model as JSON; numbers are the shortest that read back the same';

CREATE FUNCTION crm._clv_model_recv(internal) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'clv_model_recv';
COMMENT ON FUNCTION crm._clv_model_recv(internal) IS
	'reads the binary form: a version byte and the JSON text';

CREATE FUNCTION crm._clv_model_send(crm.clv_model) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'clv_model_send';
COMMENT ON FUNCTION crm._clv_model_send(crm.clv_model) IS
	'writes the binary form: a version byte and the JSON text';

CREATE TYPE crm.clv_model (
	INPUT = crm._clv_model_in,
	OUTPUT = crm._clv_model_out,
	RECEIVE = crm._clv_model_recv,
	SEND = crm._clv_model_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE crm.clv_model IS
	'a model of when customers order (process) and what they spend, with status, parameters, covariance and '
	'diagnostics; 1.6 kB; text form JSON. Made by crm.clv_fit, or by crm.clv_model from known parameters';

CREATE CAST (text AS crm.clv_model) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.clv_model) IS
	'reads a model from JSON';

CREATE CAST (varchar AS crm.clv_model) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.clv_model) IS
	'reads a model from JSON';

CREATE CAST (bpchar AS crm.clv_model) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.clv_model) IS
	'reads a model from JSON';

CREATE FUNCTION crm.clv_model(
	process text, parameters double precision[], unit_days double precision DEFAULT 7,
	spend_parameters double precision[] DEFAULT NULL, regularity integer DEFAULT 1, season crm.season DEFAULT 'flat'
) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_model_given';
COMMENT ON FUNCTION crm.clv_model(
	text, double precision[], double precision, double precision[], integer, crm.season
) IS
	'a model with known parameters, in the order that crm.clv_processes() shows, times in units of unit_days days; '
	'spend_parameters p, q, gamma of Gamma-Gamma, or NULL for a model without spend; regularity 1 for customers who '
	'buy by chance, 2 and 3 for those who buy about twice and three times as regularly; in a season the unit of time '
	'has unit_days mean days. Its status is "given". NULL for NULL otherwise; errors: unknown process, a regularity '
	'that it has not, a wrong number of parameters, one that is not positive';
