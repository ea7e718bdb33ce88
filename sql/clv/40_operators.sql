-- clv: comparison.

CREATE FUNCTION crm._season_eq(crm.season, crm.season) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'season_eq';
COMMENT ON FUNCTION crm._season_eq(crm.season, crm.season) IS
	'equal: the same factors as written';

CREATE FUNCTION crm._season_ne(crm.season, crm.season) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'season_ne';
COMMENT ON FUNCTION crm._season_ne(crm.season, crm.season) IS
	'not equal';

CREATE OPERATOR crm.= (
	LEFTARG = crm.season, RIGHTARG = crm.season, FUNCTION = crm._season_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.season, crm.season) IS
	'the same factors';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.season, RIGHTARG = crm.season, FUNCTION = crm._season_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.season, crm.season) IS
	'not the same factors';

CREATE FUNCTION crm._btyd_data_eq(crm.btyd_data, crm.btyd_data) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_eq';
COMMENT ON FUNCTION crm._btyd_data_eq(crm.btyd_data, crm.btyd_data) IS
	'equal: the same customers, spend, days, gaps, counters, unit of time and as_of';

CREATE FUNCTION crm._btyd_data_ne(crm.btyd_data, crm.btyd_data) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_ne';
COMMENT ON FUNCTION crm._btyd_data_ne(crm.btyd_data, crm.btyd_data) IS
	'not equal';

CREATE OPERATOR crm.= (
	LEFTARG = crm.btyd_data, RIGHTARG = crm.btyd_data, FUNCTION = crm._btyd_data_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.btyd_data, crm.btyd_data) IS
	'the same counted customers';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.btyd_data, RIGHTARG = crm.btyd_data, FUNCTION = crm._btyd_data_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.btyd_data, crm.btyd_data) IS
	'not the same counted customers';

CREATE FUNCTION crm._clv_model_eq(crm.clv_model, crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_eq';
COMMENT ON FUNCTION crm._clv_model_eq(crm.clv_model, crm.clv_model) IS
	'equal in every number';

CREATE FUNCTION crm._clv_model_ne(crm.clv_model, crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_ne';
COMMENT ON FUNCTION crm._clv_model_ne(crm.clv_model, crm.clv_model) IS
	'not equal';

CREATE OPERATOR crm.= (
	LEFTARG = crm.clv_model, RIGHTARG = crm.clv_model, FUNCTION = crm._clv_model_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.clv_model, crm.clv_model) IS
	'equal in every number';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.clv_model, RIGHTARG = crm.clv_model, FUNCTION = crm._clv_model_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.clv_model, crm.clv_model) IS
	'not equal';
