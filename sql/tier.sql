-- room: tier
-- A tier is a rank and the user's own label; a ladder is the thresholds. See doc/tier.md.

CREATE TYPE crm.tier;
CREATE FUNCTION crm.tier_in(cstring) RETURNS crm.tier
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION crm.tier_in(cstring) IS 'reads a tier: 3-gold, or a bare label that the setting crm.tier_ladder gives a rank';
CREATE FUNCTION crm.tier_out(crm.tier) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 3;
COMMENT ON FUNCTION crm.tier_out(crm.tier) IS 'writes a tier: 3-gold';
CREATE FUNCTION crm.tier_recv(internal) RETURNS crm.tier
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION crm.tier_recv(internal) IS 'reads a tier in binary: its text in the encoding of the client';
CREATE FUNCTION crm.tier_send(crm.tier) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 3;
COMMENT ON FUNCTION crm.tier_send(crm.tier) IS 'writes a tier in binary: its text in the encoding of the client';
-- At most 65 bytes: kept in the row.
CREATE TYPE crm.tier (
	INPUT = crm.tier_in, OUTPUT = crm.tier_out, RECEIVE = crm.tier_recv, SEND = crm.tier_send,
	INTERNALLENGTH = VARIABLE, STORAGE = main);
COMMENT ON TYPE crm.tier IS 'a rank from 0 (lowest) to 9 and a label of the user''s own, written 3-gold; ordered by rank, then by the bytes of the label; a bare label is looked up on the ladder in the setting crm.tier_ladder';

CREATE TYPE crm.tier_ladder;
CREATE FUNCTION crm.tier_ladder_in(cstring) RETURNS crm.tier_ladder
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm.tier_ladder_in(cstring) IS 'reads a ladder: 0-none:0, 1-bronze:100';
CREATE FUNCTION crm.tier_ladder_out(crm.tier_ladder) RETURNS cstring
	AS 'MODULE_PATHNAME', 'tier_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 3;
COMMENT ON FUNCTION crm.tier_ladder_out(crm.tier_ladder) IS 'writes a ladder: 0-none:0, 1-bronze:100';
CREATE FUNCTION crm.tier_ladder_recv(internal) RETURNS crm.tier_ladder
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm.tier_ladder_recv(internal) IS 'reads a ladder in binary: its text in the encoding of the client';
CREATE FUNCTION crm.tier_ladder_send(crm.tier_ladder) RETURNS bytea
	AS 'MODULE_PATHNAME', 'tier_send' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 3;
COMMENT ON FUNCTION crm.tier_ladder_send(crm.tier_ladder) IS 'writes a ladder in binary: its text in the encoding of the client';
CREATE TYPE crm.tier_ladder (
	INPUT = crm.tier_ladder_in, OUTPUT = crm.tier_ladder_out, RECEIVE = crm.tier_ladder_recv, SEND = crm.tier_ladder_send,
	INTERNALLENGTH = VARIABLE, STORAGE = extended);
COMMENT ON TYPE crm.tier_ladder IS 'one to ten tiers, each with the threshold from which it holds (inclusive), written 0-none:0, 1-bronze:100, 2-silver:500; thresholds are exact decimals, strictly ascending with the rank; the lowest may be -infinity';

-- text -> tier is implicit, so that one set of operators, all of the tier, serves whatever a driver sends: text is
-- read as a tier first and a tier is never read as text. tier -> text is what PostgreSQL gives any type: by assignment.
CREATE CAST (text AS crm.tier) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.tier) IS 'reads the text as a tier; a bare label by the setting crm.tier_ladder';
CREATE CAST (varchar AS crm.tier) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.tier) IS 'reads the text as a tier; a bare label by the setting crm.tier_ladder';
CREATE CAST (bpchar AS crm.tier) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.tier) IS 'reads the text as a tier; a bare label by the setting crm.tier_ladder';
CREATE CAST (text AS crm.tier_ladder) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS crm.tier_ladder) IS 'reads the text as a ladder';
CREATE CAST (varchar AS crm.tier_ladder) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (varchar AS crm.tier_ladder) IS 'reads the text as a ladder';

CREATE FUNCTION crm.tier_rank(crm.tier) RETURNS int4
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_rank(crm.tier) IS 'the rank of a tier, 0 (lowest) to 9; NULL for NULL';
CREATE FUNCTION crm.tier_label(crm.tier) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION crm.tier_label(crm.tier) IS 'the label of a tier, without its rank; NULL for NULL';

CREATE FUNCTION crm.tier_for(ladder crm.tier_ladder, value numeric) RETURNS crm.tier
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION crm.tier_for(crm.tier_ladder, numeric) IS 'the highest tier whose threshold the value reaches (inclusive), in the unit of the ladder''s thresholds; NULL below the lowest threshold and for NULL; NaN is an error';
CREATE FUNCTION crm.next_tier(ladder crm.tier_ladder, value numeric, OUT tier crm.tier, OUT threshold numeric, OUT missing numeric)
	AS 'MODULE_PATHNAME', 'tier_next' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION crm.next_tier(crm.tier_ladder, numeric) IS 'the next tier above the one that the value reaches, its threshold, and what is missing to it (threshold - value, always above 0); all NULL on the highest tier and for NULL; NaN is an error';
CREATE FUNCTION crm.tier(label text, ladder crm.tier_ladder) RETURNS crm.tier
	AS 'MODULE_PATHNAME', 'tier_on_ladder' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION crm.tier(text, crm.tier_ladder) IS 'the tier of that label on that ladder; NULL for NULL; a label that is not on the ladder is an error';
CREATE FUNCTION crm.tiers(ladder crm.tier_ladder)
	RETURNS TABLE (tier crm.tier, rank int4, label text, threshold numeric)
	AS 'MODULE_PATHNAME', 'tier_ladder_tiers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 5;
COMMENT ON FUNCTION crm.tiers(crm.tier_ladder) IS 'the tiers of a ladder as rows, lowest first: tier, its rank and label, and the threshold from which it holds (inclusive); no row for NULL';

-- Order and hash.
CREATE FUNCTION crm.tier_eq(crm.tier, crm.tier) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_eq(crm.tier, crm.tier) IS 'true if the first tier is equal, by rank, then by the bytes of the label; NULL for NULL; implements =';
CREATE FUNCTION crm.tier_ne(crm.tier, crm.tier) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ne(crm.tier, crm.tier) IS 'true if the first tier is not equal, by rank, then by the bytes of the label; NULL for NULL; implements <>';
CREATE FUNCTION crm.tier_lt(crm.tier, crm.tier) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_lt(crm.tier, crm.tier) IS 'true if the first tier is lower, by rank, then by the bytes of the label; NULL for NULL; implements <';
CREATE FUNCTION crm.tier_le(crm.tier, crm.tier) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_le(crm.tier, crm.tier) IS 'true if the first tier is lower or equal, by rank, then by the bytes of the label; NULL for NULL; implements <=';
CREATE FUNCTION crm.tier_gt(crm.tier, crm.tier) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_gt(crm.tier, crm.tier) IS 'true if the first tier is higher, by rank, then by the bytes of the label; NULL for NULL; implements >';
CREATE FUNCTION crm.tier_ge(crm.tier, crm.tier) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ge(crm.tier, crm.tier) IS 'true if the first tier is higher or equal, by rank, then by the bytes of the label; NULL for NULL; implements >=';
CREATE FUNCTION crm.tier_cmp(crm.tier, crm.tier) RETURNS int4
	AS 'MODULE_PATHNAME', 'tier_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_cmp(crm.tier, crm.tier) IS '-1, 0 or 1: the order of two tiers, by rank, then by the bytes of the label; NULL for NULL; btree support';
CREATE FUNCTION crm.tier_sortsupport(internal) RETURNS void
	AS 'MODULE_PATHNAME', 'tier_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_sortsupport(internal) IS 'hands a sort the comparison of two tiers; btree support';
CREATE FUNCTION crm.tier_hash(crm.tier) RETURNS int4
	AS 'MODULE_PATHNAME', 'tier_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_hash(crm.tier) IS '32-bit hash of a tier; NULL for NULL; hash support';
CREATE FUNCTION crm.tier_hash_extended(crm.tier, int8) RETURNS int8
	AS 'MODULE_PATHNAME', 'tier_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_hash_extended(crm.tier, int8) IS '64-bit hash of a tier with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR crm.= (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm.tier_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR crm.= (crm.tier, crm.tier) IS 'the first tier is equal, by rank, then by the bytes of the label';
CREATE OPERATOR crm.<> (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm.tier_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR crm.<> (crm.tier, crm.tier) IS 'the first tier is not equal, by rank, then by the bytes of the label';
CREATE OPERATOR crm.< (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm.tier_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR crm.< (crm.tier, crm.tier) IS 'the first tier is lower, by rank, then by the bytes of the label';
CREATE OPERATOR crm.<= (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm.tier_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR crm.<= (crm.tier, crm.tier) IS 'the first tier is lower or equal, by rank, then by the bytes of the label';
CREATE OPERATOR crm.> (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm.tier_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR crm.> (crm.tier, crm.tier) IS 'the first tier is higher, by rank, then by the bytes of the label';
CREATE OPERATOR crm.>= (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm.tier_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR crm.>= (crm.tier, crm.tier) IS 'the first tier is higher or equal, by rank, then by the bytes of the label';

CREATE OPERATOR FAMILY crm.tier_ops USING btree;
COMMENT ON OPERATOR FAMILY crm.tier_ops USING btree IS 'order of tiers, by rank, then by the bytes of the label';
CREATE OPERATOR CLASS crm.tier_ops DEFAULT FOR TYPE crm.tier USING btree FAMILY crm.tier_ops AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm.tier_cmp(crm.tier, crm.tier),
	FUNCTION 2 crm.tier_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.tier_ops USING btree IS 'order of tiers, by rank, then by the bytes of the label; equal values are equal bytes, so indexes are deduplicated';
CREATE OPERATOR FAMILY crm.tier_ops USING hash;
COMMENT ON OPERATOR FAMILY crm.tier_ops USING hash IS 'hash of tiers';
CREATE OPERATOR CLASS crm.tier_ops DEFAULT FOR TYPE crm.tier USING hash FAMILY crm.tier_ops AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.tier_hash(crm.tier),
	FUNCTION 2 crm.tier_hash_extended(crm.tier, int8);
COMMENT ON OPERATOR CLASS crm.tier_ops USING hash IS 'hash of tiers: hash joins, grouping, hash indexes and partitions';

CREATE FUNCTION crm.tier_smaller(crm.tier, crm.tier) RETURNS crm.tier
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_smaller(crm.tier, crm.tier) IS 'the lower of two tiers; NULL for NULL; step of min';
CREATE FUNCTION crm.tier_larger(crm.tier, crm.tier) RETURNS crm.tier
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_larger(crm.tier, crm.tier) IS 'the higher of two tiers; NULL for NULL; step of max';
CREATE AGGREGATE crm.min(crm.tier) (
	SFUNC = crm.tier_smaller, STYPE = crm.tier, COMBINEFUNC = crm.tier_smaller,
	SORTOP = OPERATOR(crm.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE crm.min(crm.tier) IS 'the lowest tier; NULLs are left out; NULL over no rows';
CREATE AGGREGATE crm.max(crm.tier) (
	SFUNC = crm.tier_larger, STYPE = crm.tier, COMBINEFUNC = crm.tier_larger,
	SORTOP = OPERATOR(crm.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE crm.max(crm.tier) IS 'the highest tier; NULLs are left out; NULL over no rows';

-- The order of ladders means nothing; it is there for GROUP BY, DISTINCT and UNIQUE.
CREATE FUNCTION crm.tier_ladder_eq(crm.tier_ladder, crm.tier_ladder) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_eq(crm.tier_ladder, crm.tier_ladder) IS 'true if the first ladder is equal, by the bytes of the text; NULL for NULL; implements =';
CREATE FUNCTION crm.tier_ladder_ne(crm.tier_ladder, crm.tier_ladder) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_ne(crm.tier_ladder, crm.tier_ladder) IS 'true if the first ladder is not equal, by the bytes of the text; NULL for NULL; implements <>';
CREATE FUNCTION crm.tier_ladder_lt(crm.tier_ladder, crm.tier_ladder) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_lt(crm.tier_ladder, crm.tier_ladder) IS 'true if the first ladder is lower, by the bytes of the text; NULL for NULL; implements <';
CREATE FUNCTION crm.tier_ladder_le(crm.tier_ladder, crm.tier_ladder) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_le(crm.tier_ladder, crm.tier_ladder) IS 'true if the first ladder is lower or equal, by the bytes of the text; NULL for NULL; implements <=';
CREATE FUNCTION crm.tier_ladder_gt(crm.tier_ladder, crm.tier_ladder) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_gt(crm.tier_ladder, crm.tier_ladder) IS 'true if the first ladder is higher, by the bytes of the text; NULL for NULL; implements >';
CREATE FUNCTION crm.tier_ladder_ge(crm.tier_ladder, crm.tier_ladder) RETURNS bool
	AS 'MODULE_PATHNAME', 'tier_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_ge(crm.tier_ladder, crm.tier_ladder) IS 'true if the first ladder is higher or equal, by the bytes of the text; NULL for NULL; implements >=';
CREATE FUNCTION crm.tier_ladder_cmp(crm.tier_ladder, crm.tier_ladder) RETURNS int4
	AS 'MODULE_PATHNAME', 'tier_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_cmp(crm.tier_ladder, crm.tier_ladder) IS '-1, 0 or 1: the order of two ladders, by the bytes of the text; NULL for NULL; btree support';
CREATE FUNCTION crm.tier_ladder_sortsupport(internal) RETURNS void
	AS 'MODULE_PATHNAME', 'tier_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_sortsupport(internal) IS 'hands a sort the comparison of two ladders; btree support';
CREATE FUNCTION crm.tier_ladder_hash(crm.tier_ladder) RETURNS int4
	AS 'MODULE_PATHNAME', 'tier_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_hash(crm.tier_ladder) IS '32-bit hash of a ladder; NULL for NULL; hash support';
CREATE FUNCTION crm.tier_ladder_hash_extended(crm.tier_ladder, int8) RETURNS int8
	AS 'MODULE_PATHNAME', 'tier_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.tier_ladder_hash_extended(crm.tier_ladder, int8) IS '64-bit hash of a ladder with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR crm.= (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm.tier_ladder_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR crm.= (crm.tier_ladder, crm.tier_ladder) IS 'the first ladder is equal, by the bytes of the text';
CREATE OPERATOR crm.<> (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm.tier_ladder_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR crm.<> (crm.tier_ladder, crm.tier_ladder) IS 'the first ladder is not equal, by the bytes of the text';
CREATE OPERATOR crm.< (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm.tier_ladder_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR crm.< (crm.tier_ladder, crm.tier_ladder) IS 'the first ladder is lower, by the bytes of the text';
CREATE OPERATOR crm.<= (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm.tier_ladder_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR crm.<= (crm.tier_ladder, crm.tier_ladder) IS 'the first ladder is lower or equal, by the bytes of the text';
CREATE OPERATOR crm.> (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm.tier_ladder_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR crm.> (crm.tier_ladder, crm.tier_ladder) IS 'the first ladder is higher, by the bytes of the text';
CREATE OPERATOR crm.>= (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm.tier_ladder_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR crm.>= (crm.tier_ladder, crm.tier_ladder) IS 'the first ladder is higher or equal, by the bytes of the text';

CREATE OPERATOR FAMILY crm.tier_ladder_ops USING btree;
COMMENT ON OPERATOR FAMILY crm.tier_ladder_ops USING btree IS 'order of ladders, by the bytes of the text';
CREATE OPERATOR CLASS crm.tier_ladder_ops DEFAULT FOR TYPE crm.tier_ladder USING btree FAMILY crm.tier_ladder_ops AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm.tier_ladder_cmp(crm.tier_ladder, crm.tier_ladder),
	FUNCTION 2 crm.tier_ladder_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.tier_ladder_ops USING btree IS 'order of ladders, by the bytes of the text; equal values are equal bytes, so indexes are deduplicated';
CREATE OPERATOR FAMILY crm.tier_ladder_ops USING hash;
COMMENT ON OPERATOR FAMILY crm.tier_ladder_ops USING hash IS 'hash of ladders';
CREATE OPERATOR CLASS crm.tier_ladder_ops DEFAULT FOR TYPE crm.tier_ladder USING hash FAMILY crm.tier_ladder_ops AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.tier_ladder_hash(crm.tier_ladder),
	FUNCTION 2 crm.tier_ladder_hash_extended(crm.tier_ladder, int8);
COMMENT ON OPERATOR CLASS crm.tier_ladder_ops USING hash IS 'hash of ladders: hash joins, grouping, hash indexes and partitions';
