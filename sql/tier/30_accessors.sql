-- tier: what a tier and a ladder say.

CREATE FUNCTION crm.tier_rank(tier crm.tier) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_rank';
COMMENT ON FUNCTION crm.tier_rank(crm.tier) IS
	'the rank of a tier, 0 (lowest) to 9; NULL for NULL';

CREATE FUNCTION crm.tier_label(tier crm.tier) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'tier_label';
COMMENT ON FUNCTION crm.tier_label(crm.tier) IS
	'the label of a tier, without its rank; NULL for NULL';

CREATE FUNCTION crm.tier_for(ladder crm.tier_ladder, value numeric) RETURNS crm.tier
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'tier_for';
COMMENT ON FUNCTION crm.tier_for(crm.tier_ladder, numeric) IS
	'the highest tier whose threshold the value reaches (inclusive), in the unit of the ladder''s thresholds; NULL '
	'below the lowest threshold and for NULL; NaN is an error';

-- A driver that sends every parameter as text finds these two; so does an untyped literal.
CREATE FUNCTION crm.tier_for(ladder crm.tier_ladder, value text) RETURNS crm.tier
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'tier_for_text';
COMMENT ON FUNCTION crm.tier_for(crm.tier_ladder, text) IS
	'tier_for of a number written as text; what is no number is an error';

CREATE FUNCTION crm.next_tier(
	ladder crm.tier_ladder, value numeric,
	OUT tier crm.tier, OUT threshold numeric, OUT missing numeric
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'tier_next';
COMMENT ON FUNCTION crm.next_tier(crm.tier_ladder, numeric) IS
	'the next tier above the one that the value reaches, its threshold, and what is missing to it (threshold - value, '
	'always above 0); all NULL on the highest tier and for NULL; NaN is an error';

CREATE FUNCTION crm.next_tier(
	ladder crm.tier_ladder, value text,
	OUT tier crm.tier, OUT threshold numeric, OUT missing numeric
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'tier_next_text';
COMMENT ON FUNCTION crm.next_tier(crm.tier_ladder, text) IS
	'next_tier of a number written as text; what is no number is an error';

CREATE FUNCTION crm.tier(ladder crm.tier_ladder, label text) RETURNS crm.tier
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'tier_on_ladder';
COMMENT ON FUNCTION crm.tier(crm.tier_ladder, text) IS
	'the tier of that label on that ladder; NULL for NULL; a label that is not on the ladder is an error';

CREATE FUNCTION crm.tiers(ladder crm.tier_ladder)
	RETURNS TABLE (tier crm.tier, rank integer, label text, threshold numeric)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 5
	AS 'MODULE_PATHNAME', 'tier_ladder_tiers';
COMMENT ON FUNCTION crm.tiers(crm.tier_ladder) IS
	'the tiers of a ladder as rows, lowest first: tier, its rank and label, and the threshold from which it holds '
	'(inclusive); no row for NULL';
