-- clv: operator classes: grouping, hashing.

CREATE FUNCTION crm._season_hash(crm.season) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'season_hash';
COMMENT ON FUNCTION crm._season_hash(crm.season) IS
	'hash support';

CREATE FUNCTION crm._season_hash_extended(crm.season, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'season_hash_extended';
COMMENT ON FUNCTION crm._season_hash_extended(crm.season, bigint) IS
	'hash support, 64 bit with a seed';

CREATE OPERATOR CLASS crm.season_ops DEFAULT FOR TYPE crm.season USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._season_hash(crm.season),
	FUNCTION 2 crm._season_hash_extended(crm.season, bigint);
COMMENT ON OPERATOR CLASS crm.season_ops USING hash IS
	'grouping and comparing of seasons';
COMMENT ON OPERATOR FAMILY crm.season_ops USING hash IS
	'grouping and comparing of seasons';

CREATE FUNCTION crm._btyd_data_hash(crm.btyd_data) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_hash';
COMMENT ON FUNCTION crm._btyd_data_hash(crm.btyd_data) IS
	'hash support';

CREATE FUNCTION crm._btyd_data_hash_extended(crm.btyd_data, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'btyd_data_hash_extended';
COMMENT ON FUNCTION crm._btyd_data_hash_extended(crm.btyd_data, bigint) IS
	'hash support, 64 bit with a seed';

CREATE OPERATOR CLASS crm.btyd_data_ops DEFAULT FOR TYPE crm.btyd_data USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._btyd_data_hash(crm.btyd_data),
	FUNCTION 2 crm._btyd_data_hash_extended(crm.btyd_data, bigint);
COMMENT ON OPERATOR CLASS crm.btyd_data_ops USING hash IS
	'grouping and comparing of counted customers';
COMMENT ON OPERATOR FAMILY crm.btyd_data_ops USING hash IS
	'grouping and comparing of counted customers';

CREATE FUNCTION crm._clv_model_hash(crm.clv_model) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_hash';
COMMENT ON FUNCTION crm._clv_model_hash(crm.clv_model) IS
	'hash support';

CREATE FUNCTION crm._clv_model_hash_extended(crm.clv_model, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_model_hash_extended';
COMMENT ON FUNCTION crm._clv_model_hash_extended(crm.clv_model, bigint) IS
	'hash support, 64 bit with a seed';

CREATE OPERATOR CLASS crm.clv_model_ops DEFAULT FOR TYPE crm.clv_model USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._clv_model_hash(crm.clv_model),
	FUNCTION 2 crm._clv_model_hash_extended(crm.clv_model, bigint);
COMMENT ON OPERATOR CLASS crm.clv_model_ops USING hash IS
	'grouping and comparing of models';
COMMENT ON OPERATOR FAMILY crm.clv_model_ops USING hash IS
	'grouping and comparing of models';
