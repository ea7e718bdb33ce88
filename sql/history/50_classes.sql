-- history: operator classes: sorting, grouping, hashing.

CREATE FUNCTION crm._history_cmp(crm.history, crm.history) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_cmp';
COMMENT ON FUNCTION crm._history_cmp(crm.history, crm.history) IS
	'btree support: -1, 0 or 1';

CREATE FUNCTION crm._history_hash(crm.history) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_hash';
COMMENT ON FUNCTION crm._history_hash(crm.history) IS
	'hash support';

CREATE FUNCTION crm._history_hash_extended(crm.history, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_hash_extended';
COMMENT ON FUNCTION crm._history_hash_extended(crm.history, bigint) IS
	'hash support, 64 bit with a seed';

CREATE OPERATOR CLASS crm.history_ops DEFAULT FOR TYPE crm.history USING btree AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm._history_cmp(crm.history, crm.history);
COMMENT ON OPERATOR CLASS crm.history_ops USING btree IS
	'sorting and grouping of purchase histories';
COMMENT ON OPERATOR FAMILY crm.history_ops USING btree IS
	'sorting and grouping of purchase histories';

CREATE OPERATOR CLASS crm.history_ops DEFAULT FOR TYPE crm.history USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._history_hash(crm.history),
	FUNCTION 2 crm._history_hash_extended(crm.history, bigint);
COMMENT ON OPERATOR CLASS crm.history_ops USING hash IS
	'hashing of purchase histories';
COMMENT ON OPERATOR FAMILY crm.history_ops USING hash IS
	'hashing of purchase histories';

CREATE FUNCTION crm._zone_hash(crm.zone) RETURNS integer
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'hashvarlena';
COMMENT ON FUNCTION crm._zone_hash(crm.zone) IS
	'hash support';

CREATE FUNCTION crm._zone_hash_extended(crm.zone, bigint) RETURNS bigint
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'hashvarlenaextended';
COMMENT ON FUNCTION crm._zone_hash_extended(crm.zone, bigint) IS
	'hash support, 64 bit with a seed';

CREATE OPERATOR CLASS crm.zone_ops DEFAULT FOR TYPE crm.zone USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._zone_hash(crm.zone),
	FUNCTION 2 crm._zone_hash_extended(crm.zone, bigint);
COMMENT ON OPERATOR CLASS crm.zone_ops USING hash IS
	'grouping by zone';
COMMENT ON OPERATOR FAMILY crm.zone_ops USING hash IS
	'grouping by zone';
