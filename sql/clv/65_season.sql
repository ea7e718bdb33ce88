-- clv: the season in counted customers.

CREATE FUNCTION crm.clv_season(data crm.btyd_data) RETURNS crm.season
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000000
	AS 'MODULE_PATHNAME', 'season_estimate';
COMMENT ON FUNCTION crm.clv_season(crm.btyd_data) IS
	'the season that repeat purchases follow, by months or by weeks: what came over what MBG/NBD expects, shrunk '
	'towards flat. Flat unless each year is foretold by the others; crm.season_report says why, and what was tried. '
	'NULL for NULL; can be cancelled';

CREATE FUNCTION crm.season_report(
	data crm.btyd_data,
	OUT season crm.season, OUT accepted boolean, OUT reason text, OUT gain double precision,
	OUT needed double precision, OUT pattern crm.season, OUT data_days integer
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000000
	AS 'MODULE_PATHNAME', 'season_report';
COMMENT ON FUNCTION crm.season_report(crm.btyd_data) IS
	'the season that crm.clv_season finds, whether it is one, and the reason in words; gain: by how much the '
	'log-likelihood of each year rises with the factors of the others, summed, over the dispersion of weeks if that '
	'is above 1 (NULL if nothing was tried); accepted if above needed; pattern: what was tried, the better one of '
	'months and weeks; data_days: from the first purchase to the day of the data, of which 700 are needed. All NULL '
	'for NULL; can be cancelled';
