-- segment: scores, and what cells, cuts, segments and schemes say.

CREATE FUNCTION crm.rfm_score(cuts crm.rfm_cuts, history crm.history, as_of date) RETURNS crm.rfm
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'rfm_score_history';
COMMENT ON FUNCTION crm.rfm_score(crm.rfm_cuts, crm.history, date) IS
	'the cell of a customer at the end of the day as_of: each score 1 (worst) to the number of levels (best), by days '
	'since the last purchase day (fewer are better), frequency and money (more are better) as the cuts say; 000 for a '
	'customer who had never bought; NULL for NULL, and for an average order value where an invalid history has no '
	'orders; an infinite day is an error';

CREATE FUNCTION crm.rfm_score(cuts crm.rfm_cuts, recency integer, frequency bigint, monetary numeric) RETURNS crm.rfm
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'rfm_score_numbers';
COMMENT ON FUNCTION crm.rfm_score(crm.rfm_cuts, integer, bigint, numeric) IS
	'the cell of a customer from plain numbers: days since the last purchase (fewer are better), frequency and money '
	'(more are better), in the measures of the cuts; frequency 0 gives 000, never bought; otherwise NULL if any '
	'argument is NULL; negative days or frequency, NaN and infinity are errors';

CREATE FUNCTION crm.recency_score(rfm crm.rfm) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_recency_score';
COMMENT ON FUNCTION crm.recency_score(crm.rfm) IS
	'the recency score of a cell: 1 bought longest ago, 5 bought last, 0 never bought; NULL for NULL';

CREATE FUNCTION crm.frequency_score(rfm crm.rfm) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_frequency_score';
COMMENT ON FUNCTION crm.frequency_score(crm.rfm) IS
	'the frequency score of a cell: 1 bought least often, 5 most often, 0 never bought; NULL for NULL';

CREATE FUNCTION crm.monetary_score(rfm crm.rfm) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_monetary_score';
COMMENT ON FUNCTION crm.monetary_score(crm.rfm) IS
	'the monetary score of a cell: 1 spent least, 5 most, 0 never bought; NULL for NULL';

CREATE FUNCTION crm.rfm_levels(cuts crm.rfm_cuts) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_levels';
COMMENT ON FUNCTION crm.rfm_levels(crm.rfm_cuts) IS
	'the number of levels, 2 to 5: one more than each measure has cuts; NULL for NULL';

CREATE FUNCTION crm.recency_cuts(cuts crm.rfm_cuts) RETURNS integer[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_recency';
COMMENT ON FUNCTION crm.recency_cuts(crm.rfm_cuts) IS
	'the recency thresholds in days, the one that leads to score 2 first: a customer with no more days has reached '
	'it; NULL elements are cuts that nobody reaches; NULL for NULL';

CREATE FUNCTION crm.frequency_cuts(cuts crm.rfm_cuts) RETURNS bigint[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_frequency';
COMMENT ON FUNCTION crm.frequency_cuts(crm.rfm_cuts) IS
	'the frequency thresholds, the one that leads to score 2 first: a customer with no less has reached it; NULL '
	'elements are cuts that nobody reaches; NULL for NULL';

CREATE FUNCTION crm.monetary_cuts(cuts crm.rfm_cuts) RETURNS numeric[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_monetary';
COMMENT ON FUNCTION crm.monetary_cuts(crm.rfm_cuts) IS
	'the monetary thresholds, the one that leads to score 2 first: a customer with no less has reached it; NULL '
	'elements are cuts that nobody reaches; NULL for NULL';

CREATE FUNCTION crm.fresh_days(cuts crm.rfm_cuts) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_fresh_days';
COMMENT ON FUNCTION crm.fresh_days(crm.rfm_cuts) IS
	'days within which a purchase is worth at least the second best recency score, within twice as many at least the '
	'middle one (1 + levels / 2), wherever the recency cuts are: measured, the median gap between purchase days of all '
	'customers, half a day rounded up; 0 for none; NULL for NULL';

CREATE FUNCTION crm.frequency_measure(cuts crm.rfm_cuts) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_frequency_measure';
COMMENT ON FUNCTION crm.frequency_measure(crm.rfm_cuts) IS
	'what the frequency cuts count: purchase_days or orders; NULL for NULL';

CREATE FUNCTION crm.monetary_measure(cuts crm.rfm_cuts) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_monetary_measure';
COMMENT ON FUNCTION crm.monetary_measure(crm.rfm_cuts) IS
	'what the monetary cuts measure: revenue (net of refunds) or average_order_value; NULL for NULL';

CREATE FUNCTION crm.cells(segment crm.segment) RETURNS SETOF crm.rfm
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 ROWS 12
	AS 'MODULE_PATHNAME', 'segment_cells';
COMMENT ON FUNCTION crm.cells(crm.segment) IS
	'the cells of a segment, lowest first; no row for NULL';

CREATE FUNCTION crm.cell_count(segment crm.segment) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_cell_count';
COMMENT ON FUNCTION crm.cell_count(crm.segment) IS
	'the number of cells in a segment, 0 to 126; NULL for NULL';

CREATE FUNCTION crm.segment_name(scheme crm.scheme, rfm crm.rfm) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_segment_name';
COMMENT ON FUNCTION crm.segment_name(crm.scheme, crm.rfm) IS
	'the name of the first segment of the scheme that has the cell, else the scheme''s else-name; NULL if there is '
	'none, for 000 without a rule of its own, and for NULL';

CREATE FUNCTION crm.segment_name(scheme crm.scheme, cuts crm.rfm_cuts, history crm.history, as_of date) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'scheme_segment_name_history';
COMMENT ON FUNCTION crm.segment_name(crm.scheme, crm.rfm_cuts, crm.history, date) IS
	'the segment of a customer at the end of the day as_of: segment_name(scheme, rfm_score(cuts, history, as_of)), and '
	'an error with a hint if the scheme is not made for as many levels as the cuts have (scheme_levels), as cells11 is '
	'not for three; an infinite day is an error; NULL for NULL';

CREATE FUNCTION crm.scheme_levels(scheme crm.scheme) RETURNS integer[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'scheme_levels';
COMMENT ON FUNCTION crm.scheme_levels(crm.scheme) IS
	'the numbers of levels (2 to 5) that a scheme is made for, fewest first: {5} for cells11, rfm10 and rf10, {3} for '
	'klaviyo6; not so few that a rule has no cell left, and not more than its rules name if they name every cell up to '
	'there; NULL for NULL';

CREATE FUNCTION crm.segment(scheme crm.scheme, name text) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_segment';
COMMENT ON FUNCTION crm.segment(crm.scheme, text) IS
	'the cells to which a scheme gives this name (cells that an earlier rule takes are left out); a name that the '
	'scheme does not have is an error; NULL for NULL';

CREATE FUNCTION crm.segments(scheme crm.scheme)
	RETURNS TABLE ("position" integer, name text, segment crm.segment, written crm.segment)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 ROWS 10
	AS 'MODULE_PATHNAME', 'scheme_segments';
COMMENT ON FUNCTION crm.segments(crm.scheme) IS
	'the segments of a scheme in order: position from 1, name, the cells that get this name, the cells as the rule is '
	'written (earlier rules may take some); the else-name comes last with all other cells of customers who bought; no '
	'row for NULL';

CREATE FUNCTION crm.check_scheme(scheme crm.scheme, levels integer DEFAULT NULL)
	RETURNS TABLE (problem text, "position" integer, name text, cells crm.segment, explanation text)
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 ROWS 5
	AS 'MODULE_PATHNAME', 'scheme_check';
COMMENT ON FUNCTION crm.check_scheme(crm.scheme, integer) IS
	'what is odd about a scheme, no row if nothing is: overlap (cells of a rule that earlier rules take), never wins '
	'(a rule that gets no cell), gap (cells that are in no rule; position and name are NULL); only cells with scores '
	'up to levels count (2 to 5, by default the highest score that the rules name); 000 is no gap; no row for a NULL '
	'scheme';
