-- history: the group of histories, and comparison.

-- ---------------------------------------------------------------- the group

CREATE FUNCTION crm._history_add(crm.history, crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_add';
COMMENT ON FUNCTION crm._history_add(crm.history, crm.history) IS
	'the sum: all purchases of both, day by day; an error if an amount or count leaves its range';

CREATE FUNCTION crm._history_subtract(crm.history, crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_subtract';
COMMENT ON FUNCTION crm._history_subtract(crm.history, crm.history) IS
	'the difference: takes purchases out again; (h + d) - d = h always, also where a part was never added (see '
	'is_valid)';

CREATE FUNCTION crm._history_negate(crm.history) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_negate';
COMMENT ON FUNCTION crm._history_negate(crm.history) IS
	'every order and amount with the opposite sign; h + (-h) is the empty history';

CREATE OPERATOR crm.+ (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_add,
	COMMUTATOR = OPERATOR(crm.+)
);
COMMENT ON OPERATOR crm.+ (crm.history, crm.history) IS
	'sum of two purchase histories';

CREATE OPERATOR crm.- (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_subtract
);
COMMENT ON OPERATOR crm.- (crm.history, crm.history) IS
	'difference of two purchase histories';

CREATE OPERATOR crm.- (
	RIGHTARG = crm.history, FUNCTION = crm._history_negate
);
COMMENT ON OPERATOR crm.- (NONE, crm.history) IS
	'the purchase history with every sign reversed';

-- ---------------------------------------------------------------- comparison

-- Equality is by value: 71.00 and 71.0 are equal. The order serves sorting and grouping only.
CREATE FUNCTION crm._history_eq(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_eq';
COMMENT ON FUNCTION crm._history_eq(crm.history, crm.history) IS
	'equal: the same orders and amounts on the same days';

CREATE FUNCTION crm._history_ne(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_ne';
COMMENT ON FUNCTION crm._history_ne(crm.history, crm.history) IS
	'not equal';

CREATE FUNCTION crm._history_lt(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_lt';
COMMENT ON FUNCTION crm._history_lt(crm.history, crm.history) IS
	'less; an order for sorting, with no other meaning';

CREATE FUNCTION crm._history_le(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_le';
COMMENT ON FUNCTION crm._history_le(crm.history, crm.history) IS
	'less or equal; an order for sorting, with no other meaning';

CREATE FUNCTION crm._history_gt(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_gt';
COMMENT ON FUNCTION crm._history_gt(crm.history, crm.history) IS
	'greater; an order for sorting, with no other meaning';

CREATE FUNCTION crm._history_ge(crm.history, crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'history_ge';
COMMENT ON FUNCTION crm._history_ge(crm.history, crm.history) IS
	'greater or equal; an order for sorting, with no other meaning';

CREATE OPERATOR crm.= (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR crm.= (crm.history, crm.history) IS
	'equal by value';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.history, crm.history) IS
	'not equal';

CREATE OPERATOR crm.< (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR crm.< (crm.history, crm.history) IS
	'order for sorting';

CREATE OPERATOR crm.<= (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR crm.<= (crm.history, crm.history) IS
	'order for sorting';

CREATE OPERATOR crm.> (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR crm.> (crm.history, crm.history) IS
	'order for sorting';

CREATE OPERATOR crm.>= (
	LEFTARG = crm.history, RIGHTARG = crm.history, FUNCTION = crm._history_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR crm.>= (crm.history, crm.history) IS
	'order for sorting';

-- ---------------------------------------------------------------- zones

-- Equal if written equally; the bytes decide, as for bytea.
CREATE FUNCTION crm._zone_eq(crm.zone, crm.zone) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'byteaeq';
COMMENT ON FUNCTION crm._zone_eq(crm.zone, crm.zone) IS
	'equal: the same name, written alike';

CREATE FUNCTION crm._zone_ne(crm.zone, crm.zone) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'byteane';
COMMENT ON FUNCTION crm._zone_ne(crm.zone, crm.zone) IS
	'not equal';

CREATE OPERATOR crm.= (
	LEFTARG = crm.zone, RIGHTARG = crm.zone, FUNCTION = crm._zone_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.zone, crm.zone) IS
	'the same name, written alike';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.zone, RIGHTARG = crm.zone, FUNCTION = crm._zone_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.zone, crm.zone) IS
	'not the same name';
