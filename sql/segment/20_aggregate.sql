-- segment: cuts from customers, a segment from cells.

CREATE FUNCTION crm._rfm_sample_add(
	state crm.rfm_sample, history crm.history, as_of date, levels integer
) RETURNS crm.rfm_sample
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'rfm_sample_add';
COMMENT ON FUNCTION crm._rfm_sample_add(crm.rfm_sample, crm.history, date, integer) IS
	'step of crm.rfm_cuts_agg; an error if called outside an aggregate';

CREATE FUNCTION crm._rfm_sample_add(
	state crm.rfm_sample, history crm.history, as_of date, levels integer,
	frequency_measure text, monetary_measure text
) RETURNS crm.rfm_sample
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'rfm_sample_add';
COMMENT ON FUNCTION crm._rfm_sample_add(crm.rfm_sample, crm.history, date, integer, text, text) IS
	'step of crm.rfm_cuts_agg; an error if called outside an aggregate';

CREATE FUNCTION crm._rfm_sample_merge(crm.rfm_sample, crm.rfm_sample) RETURNS crm.rfm_sample
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_sample_merge';
COMMENT ON FUNCTION crm._rfm_sample_merge(crm.rfm_sample, crm.rfm_sample) IS
	'merges two states of crm.rfm_cuts_agg; an error if called outside an aggregate';

CREATE FUNCTION crm._rfm_sample_cuts(crm.rfm_sample) RETURNS crm.rfm_cuts
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'rfm_sample_cuts';
COMMENT ON FUNCTION crm._rfm_sample_cuts(crm.rfm_sample) IS
	'the cuts of the customers in a state of crm.rfm_cuts_agg; NULL for NULL and if nobody bought';

CREATE AGGREGATE crm.rfm_cuts_agg(history crm.history, as_of date, levels integer) (
	SFUNC = crm._rfm_sample_add, STYPE = crm.rfm_sample, SSPACE = 65536,
	FINALFUNC = crm._rfm_sample_cuts, COMBINEFUNC = crm._rfm_sample_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.rfm_cuts_agg(crm.history, date, integer) IS
	'the cuts that part customers into levels (2 to 5) by their histories at the end of the day as_of: scored with '
	'them, each customer gets the mid-rank 1 + floor(levels * (below + ties / 2.0) / customers) in each measure, ties '
	'being those with the same value, itself included: equal customers get equal scores, and all alike the middle one; '
	'but who bought on the newest day of all has the best recency, and frequency 1 is score 1; fresh_days is the median '
	'gap between purchase days of all customers, half a day rounded up: who bought within it has at least the second '
	'best recency score, within twice that at least the middle one (1 + levels / 2); customers who had not bought '
	'by that day take no part; frequency by purchase days, money by revenue net of refunds; NULL histories are '
	'skipped, NULL if nobody bought; as_of and levels must be the same in all rows';

CREATE AGGREGATE crm.rfm_cuts_agg(
	history crm.history, as_of date, levels integer, frequency_measure text, monetary_measure text
) (
	SFUNC = crm._rfm_sample_add, STYPE = crm.rfm_sample, SSPACE = 65536,
	FINALFUNC = crm._rfm_sample_cuts, COMBINEFUNC = crm._rfm_sample_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.rfm_cuts_agg(crm.history, date, integer, text, text) IS
	'the cuts that part customers into levels (2 to 5) by their histories at the end of the day as_of: scored with '
	'them, each customer gets the mid-rank 1 + floor(levels * (below + ties / 2.0) / customers) in each measure, ties '
	'being those with the same value, itself included: equal customers get equal scores, and all alike the middle one; '
	'but who bought on the newest day of all has the best recency, and frequency 1 is score 1; fresh_days is the median '
	'gap between purchase days of all customers, half a day rounded up: who bought within it has at least the second '
	'best recency score, within twice that at least the middle one (1 + levels / 2); customers who had not bought '
	'by that day take no part; frequency_measure is purchase_days or orders, monetary_measure revenue or '
	'average_order_value, rounded to 8 decimals; NULL histories are skipped, NULL if nobody bought; as_of, levels and '
	'measures must be the same in all rows';

-- The union is the operator + too.
CREATE FUNCTION crm._segment_add_rfm(crm.segment, crm.rfm) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_add_rfm';
COMMENT ON FUNCTION crm._segment_add_rfm(crm.segment, crm.rfm) IS
	'the segment with one more cell; NULL for NULL; step of crm.segment_agg';

CREATE FUNCTION crm._segment_union(crm.segment, crm.segment) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_union';
COMMENT ON FUNCTION crm._segment_union(crm.segment, crm.segment) IS
	'the cells of either segment; NULL for NULL; implements +';

CREATE AGGREGATE crm.segment_agg(rfm crm.rfm) (
	SFUNC = crm._segment_add_rfm, STYPE = crm.segment, INITCOND = '',
	COMBINEFUNC = crm._segment_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.segment_agg(crm.rfm) IS
	'the segment of all cells that occur; NULL is skipped; without rows, the segment of no cell';
