-- tier: a tier is a rank and the user's own label; a ladder is the thresholds. See doc/tier.md.

-- ---------------------------------------------------------------- crm.tier

CREATE TYPE crm.tier;

CREATE FUNCTION crm._tier_in(cstring) RETURNS crm.tier
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'tier_in';
COMMENT ON FUNCTION crm._tier_in(cstring) IS
	'reads a tier: 3-gold, or a bare label that the setting crm.tier_ladder gives a rank';

CREATE FUNCTION crm._tier_out(crm.tier) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'tier_out';
COMMENT ON FUNCTION crm._tier_out(crm.tier) IS
	'writes a tier: 3-gold';

CREATE FUNCTION crm._tier_recv(internal) RETURNS crm.tier
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'tier_recv';
COMMENT ON FUNCTION crm._tier_recv(internal) IS
	'reads a tier in binary: its text in the encoding of the client';

CREATE FUNCTION crm._tier_send(crm.tier) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'tier_send';
COMMENT ON FUNCTION crm._tier_send(crm.tier) IS
	'writes a tier in binary: its text in the encoding of the client';

-- At most 65 bytes: kept in the row.
CREATE TYPE crm.tier (
	INPUT = crm._tier_in,
	OUTPUT = crm._tier_out,
	RECEIVE = crm._tier_recv,
	SEND = crm._tier_send,
	INTERNALLENGTH = VARIABLE,
	STORAGE = main
);
COMMENT ON TYPE crm.tier IS
	'a rank from 0 (lowest) to 9 and a label of the user''s own, written 3-gold; ordered by rank, then by the bytes '
	'of the label; a bare label is looked up on the ladder in the setting crm.tier_ladder';

CREATE CAST (text AS crm.tier) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.tier) IS
	'reads the text as a tier; a bare label by the setting crm.tier_ladder';

CREATE CAST (varchar AS crm.tier) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.tier) IS
	'reads the text as a tier; a bare label by the setting crm.tier_ladder';

CREATE CAST (bpchar AS crm.tier) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.tier) IS
	'reads the text as a tier; a bare label by the setting crm.tier_ladder';

-- ---------------------------------------------------------------- crm.tier_ladder

CREATE TYPE crm.tier_ladder;

CREATE FUNCTION crm._tier_ladder_in(cstring) RETURNS crm.tier_ladder
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'tier_ladder_in';
COMMENT ON FUNCTION crm._tier_ladder_in(cstring) IS
	'reads a ladder: 0-none:0, 1-bronze:100';

CREATE FUNCTION crm._tier_ladder_out(crm.tier_ladder) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'tier_out';
COMMENT ON FUNCTION crm._tier_ladder_out(crm.tier_ladder) IS
	'writes a ladder: 0-none:0, 1-bronze:100';

CREATE FUNCTION crm._tier_ladder_recv(internal) RETURNS crm.tier_ladder
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'tier_ladder_recv';
COMMENT ON FUNCTION crm._tier_ladder_recv(internal) IS
	'reads a ladder in binary: its text in the encoding of the client';

CREATE FUNCTION crm._tier_ladder_send(crm.tier_ladder) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'tier_send';
COMMENT ON FUNCTION crm._tier_ladder_send(crm.tier_ladder) IS
	'writes a ladder in binary: its text in the encoding of the client';

CREATE TYPE crm.tier_ladder (
	INPUT = crm._tier_ladder_in,
	OUTPUT = crm._tier_ladder_out,
	RECEIVE = crm._tier_ladder_recv,
	SEND = crm._tier_ladder_send,
	INTERNALLENGTH = VARIABLE,
	STORAGE = extended
);
COMMENT ON TYPE crm.tier_ladder IS
	'one to ten tiers, each with the threshold from which it holds (inclusive), written 0-none:0, 1-bronze:100, '
	'2-silver:500; thresholds are exact decimals, strictly ascending with the rank; the lowest may be -infinity';

CREATE CAST (text AS crm.tier_ladder) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.tier_ladder) IS
	'reads the text form of a ladder';

CREATE CAST (varchar AS crm.tier_ladder) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.tier_ladder) IS
	'reads the text form of a ladder';

CREATE CAST (bpchar AS crm.tier_ladder) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.tier_ladder) IS
	'reads the text form of a ladder';
