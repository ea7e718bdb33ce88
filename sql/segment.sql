-- room: segment
-- Cells, the cuts that lead to them, sets of cells, named sets. See doc/segment.md.

-- ---------------------------------------------------------------- rfm: one cell
CREATE TYPE crm.rfm;
CREATE FUNCTION crm.rfm_in(cstring) RETURNS crm.rfm
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_in(cstring) IS 'reads three digits: 543';
CREATE FUNCTION crm.rfm_out(crm.rfm) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_out(crm.rfm) IS 'writes three digits: 543';
CREATE FUNCTION crm.rfm_recv(internal) RETURNS crm.rfm
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_recv(internal) IS 'reads a cell in binary: its number (543) in two bytes';
CREATE FUNCTION crm.rfm_send(crm.rfm) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_send(crm.rfm) IS 'writes a cell in binary: its number (543) in two bytes';
CREATE TYPE crm.rfm (
	INPUT = crm.rfm_in, OUTPUT = crm.rfm_out, RECEIVE = crm.rfm_recv, SEND = crm.rfm_send,
	INTERNALLENGTH = 2, PASSEDBYVALUE, ALIGNMENT = int2, STORAGE = plain);
COMMENT ON TYPE crm.rfm IS 'one RFM cell: three scores, recency, frequency, monetary, each from 1 (worst) to 5 (best), written 543; 000 is a customer who never bought; ordered by recency, then frequency, then monetary score';

CREATE FUNCTION crm.rfm(recency int4, frequency int4, monetary int4) RETURNS crm.rfm
	AS 'MODULE_PATHNAME', 'rfm_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm(int4, int4, int4) IS 'the cell with these scores, 1 (worst) to 5 (best) each, or 0, 0, 0 for a customer who never bought; NULL for NULL; other numbers are an error';
CREATE FUNCTION crm.rfm(int4) RETURNS crm.rfm
	AS 'MODULE_PATHNAME', 'rfm_from_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm(int4) IS 'the cell with this number: 543, or 0 for a customer who never bought; NULL for NULL; other numbers are an error';
CREATE FUNCTION crm.int4(crm.rfm) RETURNS int4
	AS 'i2toi4' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.int4(crm.rfm) IS 'the number of a cell: 543, or 0 for a customer who never bought; NULL for NULL';
CREATE FUNCTION crm.recency_score(crm.rfm) RETURNS int4
	AS 'MODULE_PATHNAME', 'rfm_recency_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.recency_score(crm.rfm) IS 'the recency score of a cell: 1 bought longest ago, 5 bought last, 0 never bought; NULL for NULL';
CREATE FUNCTION crm.frequency_score(crm.rfm) RETURNS int4
	AS 'MODULE_PATHNAME', 'rfm_frequency_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.frequency_score(crm.rfm) IS 'the frequency score of a cell: 1 bought least often, 5 most often, 0 never bought; NULL for NULL';
CREATE FUNCTION crm.monetary_score(crm.rfm) RETURNS int4
	AS 'MODULE_PATHNAME', 'rfm_monetary_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.monetary_score(crm.rfm) IS 'the monetary score of a cell: 1 spent least, 5 most, 0 never bought; NULL for NULL';

-- No implicit cast in either direction: a cell is never read as a text or a number behind the user's back.
CREATE CAST (int4 AS crm.rfm) WITH FUNCTION crm.rfm(int4) AS ASSIGNMENT;
COMMENT ON CAST (int4 AS crm.rfm) IS 'the cell with this number';
CREATE CAST (crm.rfm AS int4) WITH FUNCTION crm.int4(crm.rfm) AS ASSIGNMENT;
COMMENT ON CAST (crm.rfm AS int4) IS 'the number of a cell: 543';
CREATE CAST (text AS crm.rfm) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS crm.rfm) IS 'reads three digits as a cell';
CREATE CAST (varchar AS crm.rfm) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (varchar AS crm.rfm) IS 'reads three digits as a cell';

CREATE FUNCTION crm.rfm_eq(crm.rfm, crm.rfm) RETURNS bool
	AS 'int2eq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION crm.rfm_eq(crm.rfm, crm.rfm) IS 'true if the first is equal, by recency, then frequency, then monetary score; NULL for NULL; implements =';
CREATE FUNCTION crm.rfm_ne(crm.rfm, crm.rfm) RETURNS bool
	AS 'int2ne' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION crm.rfm_ne(crm.rfm, crm.rfm) IS 'true if the first is not equal, by recency, then frequency, then monetary score; NULL for NULL; implements <>';
CREATE FUNCTION crm.rfm_lt(crm.rfm, crm.rfm) RETURNS bool
	AS 'int2lt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION crm.rfm_lt(crm.rfm, crm.rfm) IS 'true if the first is before, by recency, then frequency, then monetary score; NULL for NULL; implements <';
CREATE FUNCTION crm.rfm_le(crm.rfm, crm.rfm) RETURNS bool
	AS 'int2le' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION crm.rfm_le(crm.rfm, crm.rfm) IS 'true if the first is before or equal, by recency, then frequency, then monetary score; NULL for NULL; implements <=';
CREATE FUNCTION crm.rfm_gt(crm.rfm, crm.rfm) RETURNS bool
	AS 'int2gt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION crm.rfm_gt(crm.rfm, crm.rfm) IS 'true if the first is after, by recency, then frequency, then monetary score; NULL for NULL; implements >';
CREATE FUNCTION crm.rfm_ge(crm.rfm, crm.rfm) RETURNS bool
	AS 'int2ge' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1 LEAKPROOF;
COMMENT ON FUNCTION crm.rfm_ge(crm.rfm, crm.rfm) IS 'true if the first is after or equal, by recency, then frequency, then monetary score; NULL for NULL; implements >=';
CREATE FUNCTION crm.rfm_cmp(crm.rfm, crm.rfm) RETURNS int4
	AS 'btint2cmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cmp(crm.rfm, crm.rfm) IS 'below 0, 0 or above 0: the order of two values, by recency, then frequency, then monetary score; NULL for NULL; btree support';
CREATE FUNCTION crm.rfm_hash(crm.rfm) RETURNS int4
	AS 'hashint2' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_hash(crm.rfm) IS '32-bit hash; NULL for NULL; hash support';
CREATE FUNCTION crm.rfm_hash_extended(crm.rfm, int8) RETURNS int8
	AS 'hashint2extended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_hash_extended(crm.rfm, int8) IS '64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';
CREATE FUNCTION crm.rfm_sortsupport(internal) RETURNS void
	AS 'btint2sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_sortsupport(internal) IS 'btree support: faster sorting';
CREATE OPERATOR crm.= (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm.rfm_eq, COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR crm.= (crm.rfm, crm.rfm) IS 'the first is equal, by recency, then frequency, then monetary score';
CREATE OPERATOR crm.<> (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm.rfm_ne, COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR crm.<> (crm.rfm, crm.rfm) IS 'the first is not equal, by recency, then frequency, then monetary score';
CREATE OPERATOR crm.< (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm.rfm_lt, COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR crm.< (crm.rfm, crm.rfm) IS 'the first is before, by recency, then frequency, then monetary score';
CREATE OPERATOR crm.<= (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm.rfm_le, COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR crm.<= (crm.rfm, crm.rfm) IS 'the first is before or equal, by recency, then frequency, then monetary score';
CREATE OPERATOR crm.> (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm.rfm_gt, COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR crm.> (crm.rfm, crm.rfm) IS 'the first is after, by recency, then frequency, then monetary score';
CREATE OPERATOR crm.>= (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm.rfm_ge, COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR crm.>= (crm.rfm, crm.rfm) IS 'the first is after or equal, by recency, then frequency, then monetary score';
CREATE OPERATOR FAMILY crm.rfm_ops USING btree;
COMMENT ON OPERATOR FAMILY crm.rfm_ops USING btree IS 'order of crm.rfm, by recency, then frequency, then monetary score';
CREATE OPERATOR CLASS crm.rfm_ops DEFAULT FOR TYPE crm.rfm USING btree FAMILY crm.rfm_ops AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm.rfm_cmp(crm.rfm, crm.rfm),
	FUNCTION 2 crm.rfm_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.rfm_ops USING btree IS 'order of crm.rfm, by recency, then frequency, then monetary score; equal values are equal bytes, so indexes are deduplicated';
CREATE OPERATOR FAMILY crm.rfm_ops USING hash;
COMMENT ON OPERATOR FAMILY crm.rfm_ops USING hash IS 'hash of crm.rfm';
CREATE OPERATOR CLASS crm.rfm_ops DEFAULT FOR TYPE crm.rfm USING hash FAMILY crm.rfm_ops AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.rfm_hash(crm.rfm),
	FUNCTION 2 crm.rfm_hash_extended(crm.rfm, int8);
COMMENT ON OPERATOR CLASS crm.rfm_ops USING hash IS 'hash of crm.rfm: hash joins, grouping, hash indexes and partitions';

-- ---------------------------------------------------------------- rfm_cuts: thresholds
CREATE TYPE crm.rfm_cuts;
CREATE FUNCTION crm.rfm_cuts_in(cstring) RETURNS crm.rfm_cuts
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_in(cstring) IS 'reads cuts: recency <= 365 180, purchase_days >= 2 4, revenue >= 50 200';
CREATE FUNCTION crm.rfm_cuts_out(crm.rfm_cuts) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_out(crm.rfm_cuts) IS 'writes cuts: recency <= 365 180, purchase_days >= 2 4, revenue >= 50 200';
CREATE FUNCTION crm.rfm_cuts_recv(internal) RETURNS crm.rfm_cuts
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_recv(internal) IS 'reads cuts in binary: their text';
CREATE FUNCTION crm.rfm_cuts_send(crm.rfm_cuts) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_send(crm.rfm_cuts) IS 'writes cuts in binary: their text';
CREATE TYPE crm.rfm_cuts (
	INPUT = crm.rfm_cuts_in, OUTPUT = crm.rfm_cuts_out, RECEIVE = crm.rfm_cuts_recv, SEND = crm.rfm_cuts_send,
	INTERNALLENGTH = 120, ALIGNMENT = double, STORAGE = plain);
COMMENT ON TYPE crm.rfm_cuts IS 'the thresholds between RFM scores, written recency <= 365 180, purchase_days >= 2 4, revenue >= 50 200: the first cut of a measure leads to score 2, the next to 3; a value equal to a cut has reached it; recency in days (fewer are better), frequency in purchase_days or orders, money as revenue (net of refunds) or average_order_value; none is a cut that nobody reaches; 2 to 5 levels';

CREATE FUNCTION crm.rfm_cuts(recency int4[], frequency int8[], monetary numeric[], frequency_measure text DEFAULT 'purchase_days', monetary_measure text DEFAULT 'revenue') RETURNS crm.rfm_cuts
	AS 'MODULE_PATHNAME', 'rfm_cuts_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts(int4[], int8[], numeric[], text, text) IS 'fixed cuts: for each measure an array of one to four thresholds, all of one length, the one that leads to score 2 first; recency in days, not rising (a customer with no more days has reached it); frequency and money not falling (a customer with no less has reached it); NULL at the end of an array is a cut that nobody reaches; frequency_measure purchase_days or orders, monetary_measure revenue or average_order_value; NULL for NULL';
CREATE FUNCTION crm.levels(crm.rfm_cuts) RETURNS int4
	AS 'MODULE_PATHNAME', 'rfm_cuts_levels' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.levels(crm.rfm_cuts) IS 'the number of levels, 2 to 5: one more than each measure has cuts; NULL for NULL';
CREATE FUNCTION crm.recency_cuts(crm.rfm_cuts) RETURNS int4[]
	AS 'MODULE_PATHNAME', 'rfm_cuts_recency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.recency_cuts(crm.rfm_cuts) IS 'the recency thresholds in days, the one that leads to score 2 first: a customer with no more days has reached it; NULL elements are cuts that nobody reaches; NULL for NULL';
CREATE FUNCTION crm.frequency_cuts(crm.rfm_cuts) RETURNS int8[]
	AS 'MODULE_PATHNAME', 'rfm_cuts_frequency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.frequency_cuts(crm.rfm_cuts) IS 'the frequency thresholds, the one that leads to score 2 first: a customer with no less has reached it; NULL elements are cuts that nobody reaches; NULL for NULL';
CREATE FUNCTION crm.monetary_cuts(crm.rfm_cuts) RETURNS numeric[]
	AS 'MODULE_PATHNAME', 'rfm_cuts_monetary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.monetary_cuts(crm.rfm_cuts) IS 'the monetary thresholds, the one that leads to score 2 first: a customer with no less has reached it; NULL elements are cuts that nobody reaches; NULL for NULL';
CREATE FUNCTION crm.frequency_measure(crm.rfm_cuts) RETURNS text
	AS 'MODULE_PATHNAME', 'rfm_cuts_frequency_measure' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.frequency_measure(crm.rfm_cuts) IS 'what the frequency cuts count: purchase_days or orders; NULL for NULL';
CREATE FUNCTION crm.monetary_measure(crm.rfm_cuts) RETURNS text
	AS 'MODULE_PATHNAME', 'rfm_cuts_monetary_measure' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.monetary_measure(crm.rfm_cuts) IS 'what the monetary cuts measure: revenue (net of refunds) or average_order_value; NULL for NULL';
CREATE FUNCTION crm.rfm_cuts_eq(crm.rfm_cuts, crm.rfm_cuts) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_eq(crm.rfm_cuts, crm.rfm_cuts) IS 'true if the first is equal; NULL for NULL; implements =';
CREATE FUNCTION crm.rfm_cuts_ne(crm.rfm_cuts, crm.rfm_cuts) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_ne(crm.rfm_cuts, crm.rfm_cuts) IS 'true if the first is not equal; NULL for NULL; implements <>';
CREATE FUNCTION crm.rfm_cuts_hash(crm.rfm_cuts) RETURNS int4
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_hash(crm.rfm_cuts) IS '32-bit hash; NULL for NULL; hash support';
CREATE FUNCTION crm.rfm_cuts_hash_extended(crm.rfm_cuts, int8) RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_cuts_hash_extended(crm.rfm_cuts, int8) IS '64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';
CREATE OPERATOR crm.= (
	LEFTARG = crm.rfm_cuts, RIGHTARG = crm.rfm_cuts, FUNCTION = crm.rfm_cuts_eq, COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
COMMENT ON OPERATOR crm.= (crm.rfm_cuts, crm.rfm_cuts) IS 'the first is equal';
CREATE OPERATOR crm.<> (
	LEFTARG = crm.rfm_cuts, RIGHTARG = crm.rfm_cuts, FUNCTION = crm.rfm_cuts_ne, COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR crm.<> (crm.rfm_cuts, crm.rfm_cuts) IS 'the first is not equal';
CREATE OPERATOR FAMILY crm.rfm_cuts_ops USING hash;
COMMENT ON OPERATOR FAMILY crm.rfm_cuts_ops USING hash IS 'hash of crm.rfm_cuts';
CREATE OPERATOR CLASS crm.rfm_cuts_ops DEFAULT FOR TYPE crm.rfm_cuts USING hash FAMILY crm.rfm_cuts_ops AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.rfm_cuts_hash(crm.rfm_cuts),
	FUNCTION 2 crm.rfm_cuts_hash_extended(crm.rfm_cuts, int8);
COMMENT ON OPERATOR CLASS crm.rfm_cuts_ops USING hash IS 'hash of crm.rfm_cuts: hash joins, grouping, hash indexes and partitions';

CREATE FUNCTION crm.rfm_score(history crm.history, as_of date, cuts crm.rfm_cuts) RETURNS crm.rfm
	AS 'MODULE_PATHNAME', 'rfm_score_history' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION crm.rfm_score(crm.history, date, crm.rfm_cuts) IS 'the cell of a customer at the end of the day as_of: each score 1 (worst) to the number of levels (best), by days since the last purchase day (fewer are better), frequency and money (more are better) as the cuts say; 000 for a customer who had never bought; NULL for NULL, and for an average order value where an invalid history has no orders; an infinite day is an error';
CREATE FUNCTION crm.rfm_score(recency int4, frequency int8, monetary numeric, cuts crm.rfm_cuts) RETURNS crm.rfm
	AS 'MODULE_PATHNAME', 'rfm_score_numbers' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION crm.rfm_score(int4, int8, numeric, crm.rfm_cuts) IS 'the cell of a customer from plain numbers: days since the last purchase (fewer are better), frequency and money (more are better), in the measures of the cuts; frequency 0 gives 000, never bought; otherwise NULL if any argument is NULL; negative days or frequency, NaN and infinity are errors';

CREATE TYPE crm.rfm_sample;
CREATE FUNCTION crm.rfm_sample_in(cstring) RETURNS crm.rfm_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_sample_in(cstring) IS 'reads the state of crm.rfm_cuts_agg in hexadecimal digits';
CREATE FUNCTION crm.rfm_sample_out(crm.rfm_sample) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_sample_out(crm.rfm_sample) IS 'writes the state of crm.rfm_cuts_agg in hexadecimal digits';
CREATE FUNCTION crm.rfm_sample_recv(internal) RETURNS crm.rfm_sample
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_sample_recv(internal) IS 'reads the state of crm.rfm_cuts_agg in binary';
CREATE FUNCTION crm.rfm_sample_send(crm.rfm_sample) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_sample_send(crm.rfm_sample) IS 'writes the state of crm.rfm_cuts_agg in binary';
CREATE TYPE crm.rfm_sample (
	INPUT = crm.rfm_sample_in, OUTPUT = crm.rfm_sample_out, RECEIVE = crm.rfm_sample_recv, SEND = crm.rfm_sample_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended);
COMMENT ON TYPE crm.rfm_sample IS 'the state of the aggregate crm.rfm_cuts_agg: the measures of many customers, about seven bytes each; not for columns';

CREATE FUNCTION crm.rfm_sample_add(crm.rfm_sample, crm.history, date, int4) RETURNS crm.rfm_sample
	AS 'MODULE_PATHNAME', 'rfm_sample_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION crm.rfm_sample_add(crm.rfm_sample, crm.history, date, int4) IS 'step of crm.rfm_cuts_agg; an error if called outside an aggregate';
CREATE FUNCTION crm.rfm_sample_add(crm.rfm_sample, crm.history, date, int4, text, text) RETURNS crm.rfm_sample
	AS 'MODULE_PATHNAME', 'rfm_sample_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION crm.rfm_sample_add(crm.rfm_sample, crm.history, date, int4, text, text) IS 'step of crm.rfm_cuts_agg; an error if called outside an aggregate';
CREATE FUNCTION crm.rfm_sample_merge(crm.rfm_sample, crm.rfm_sample) RETURNS crm.rfm_sample
	AS 'MODULE_PATHNAME', 'rfm_sample_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.rfm_sample_merge(crm.rfm_sample, crm.rfm_sample) IS 'merges two states of crm.rfm_cuts_agg; an error if called outside an aggregate';
CREATE FUNCTION crm.rfm_sample_cuts(crm.rfm_sample) RETURNS crm.rfm_cuts
	AS 'MODULE_PATHNAME', 'rfm_sample_cuts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm.rfm_sample_cuts(crm.rfm_sample) IS 'the cuts of the customers in a state of crm.rfm_cuts_agg; NULL for NULL and if nobody bought';
CREATE AGGREGATE crm.rfm_cuts_agg(crm.history, date, int4) (
	SFUNC = crm.rfm_sample_add, STYPE = crm.rfm_sample, SSPACE = 65536, FINALFUNC = crm.rfm_sample_cuts,
	COMBINEFUNC = crm.rfm_sample_merge, PARALLEL = SAFE);
COMMENT ON AGGREGATE crm.rfm_cuts_agg(crm.history, date, int4) IS 'the cuts that part customers into levels (2 to 5) by their histories at the end of the day as_of (history, as_of, levels): scored with them, each customer gets least(levels, 1 + floor(levels * percent_rank() OVER (ORDER BY measure))) in each measure, recency ordered by days descending, so equal customers get equal scores; customers who had not bought by that day take no part; frequency by purchase days, money by revenue net of refunds; NULL histories are skipped, NULL if nobody bought; as_of, levels and measures must be the same in all rows';
CREATE AGGREGATE crm.rfm_cuts_agg(crm.history, date, int4, text, text) (
	SFUNC = crm.rfm_sample_add, STYPE = crm.rfm_sample, SSPACE = 65536, FINALFUNC = crm.rfm_sample_cuts,
	COMBINEFUNC = crm.rfm_sample_merge, PARALLEL = SAFE);
COMMENT ON AGGREGATE crm.rfm_cuts_agg(crm.history, date, int4, text, text) IS 'the cuts that part customers into levels (2 to 5) by their histories at the end of the day as_of (history, as_of, levels): scored with them, each customer gets least(levels, 1 + floor(levels * percent_rank() OVER (ORDER BY measure))) in each measure, recency ordered by days descending, so equal customers get equal scores; customers who had not bought by that day take no part; the fourth argument is the frequency measure (purchase_days or orders), the fifth the monetary one (revenue or average_order_value, rounded to 8 decimals); NULL histories are skipped, NULL if nobody bought; as_of, levels and measures must be the same in all rows';

-- ---------------------------------------------------------------- segment: a set of cells
CREATE TYPE crm.segment;
CREATE FUNCTION crm.segment_in(cstring) RETURNS crm.segment
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_in(cstring) IS 'reads patterns: [45][45]*, 35[345]';
CREATE FUNCTION crm.segment_out(crm.segment) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_out(crm.segment) IS 'writes patterns: [45][45]*, 35[345]';
CREATE FUNCTION crm.segment_recv(internal) RETURNS crm.segment
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_recv(internal) IS 'reads a segment in binary: 16 bytes';
CREATE FUNCTION crm.segment_send(crm.segment) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_send(crm.segment) IS 'writes a segment in binary: 16 bytes';
CREATE TYPE crm.segment (
	INPUT = crm.segment_in, OUTPUT = crm.segment_out, RECEIVE = crm.segment_recv, SEND = crm.segment_send,
	INTERNALLENGTH = 16, ALIGNMENT = double, STORAGE = plain);
COMMENT ON TYPE crm.segment IS 'a set of RFM cells, written as patterns of recency, frequency, monetary scores: digits 1 to 5, * for any of them, [345] or [3-5] for some, and 000 for customers who never bought; patterns are separated by commas or spaces; written back in one canonical form';

CREATE FUNCTION crm.segment_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_support(internal) IS 'planner support of <@ and @>: with a constant segment, an index condition on the cell';
CREATE FUNCTION crm.segment_sel(internal, oid, internal, int4) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_sel(internal, oid, internal, int4) IS 'selectivity of <@ and @>: the share of rows whose cell is in a segment, by the statistics of the column';
CREATE FUNCTION crm.rfm_in_segment(crm.rfm, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT crm.segment_support;
COMMENT ON FUNCTION crm.rfm_in_segment(crm.rfm, crm.segment) IS 'true if the cell is in the segment; NULL for NULL; implements <@';
CREATE FUNCTION crm.segment_has_rfm(crm.segment, crm.rfm) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT crm.segment_support;
COMMENT ON FUNCTION crm.segment_has_rfm(crm.segment, crm.rfm) IS 'true if the segment has the cell; NULL for NULL; implements @>';
CREATE FUNCTION crm.segment_contains(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_contains(crm.segment, crm.segment) IS 'true if the first segment has all cells of the second; NULL for NULL; implements @>';
CREATE FUNCTION crm.segment_contained(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_contained(crm.segment, crm.segment) IS 'true if all cells of the first segment are in the second; NULL for NULL; implements <@';
CREATE FUNCTION crm.segment_overlaps(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_overlaps(crm.segment, crm.segment) IS 'true if the segments share a cell; NULL for NULL; implements &&';
CREATE FUNCTION crm.segment_union(crm.segment, crm.segment) RETURNS crm.segment
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_union(crm.segment, crm.segment) IS 'the cells of either segment; NULL for NULL; implements +';
CREATE FUNCTION crm.segment_difference(crm.segment, crm.segment) RETURNS crm.segment
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_difference(crm.segment, crm.segment) IS 'the cells of the first segment that are not in the second; NULL for NULL; implements -';
CREATE FUNCTION crm.segment_intersection(crm.segment, crm.segment) RETURNS crm.segment
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_intersection(crm.segment, crm.segment) IS 'the cells of both segments; NULL for NULL; implements &';
CREATE FUNCTION crm.segment_complement(crm.segment) RETURNS crm.segment
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_complement(crm.segment) IS 'the other ones of the 125 cells of customers who bought, never 000; NULL for NULL; implements ~';
CREATE OPERATOR crm.<@ (
	LEFTARG = crm.rfm, RIGHTARG = crm.segment, FUNCTION = crm.rfm_in_segment, COMMUTATOR = OPERATOR(crm.@>), RESTRICT = crm.segment_sel, JOIN = contjoinsel);
COMMENT ON OPERATOR crm.<@ (crm.rfm, crm.segment) IS 'the cell is in the segment';
CREATE OPERATOR crm.@> (
	LEFTARG = crm.segment, RIGHTARG = crm.rfm, FUNCTION = crm.segment_has_rfm, COMMUTATOR = OPERATOR(crm.<@), RESTRICT = crm.segment_sel, JOIN = contjoinsel);
COMMENT ON OPERATOR crm.@> (crm.segment, crm.rfm) IS 'the segment has the cell';
CREATE OPERATOR crm.@> (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_contains, COMMUTATOR = OPERATOR(crm.<@), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR crm.@> (crm.segment, crm.segment) IS 'the first segment has all cells of the second';
CREATE OPERATOR crm.<@ (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_contained, COMMUTATOR = OPERATOR(crm.@>), RESTRICT = contsel, JOIN = contjoinsel);
COMMENT ON OPERATOR crm.<@ (crm.segment, crm.segment) IS 'all cells of the first segment are in the second';
CREATE OPERATOR crm.&& (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_overlaps, COMMUTATOR = OPERATOR(crm.&&), RESTRICT = areasel, JOIN = areajoinsel);
COMMENT ON OPERATOR crm.&& (crm.segment, crm.segment) IS 'the segments share a cell';
CREATE OPERATOR crm.+ (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_union, COMMUTATOR = OPERATOR(crm.+));
COMMENT ON OPERATOR crm.+ (crm.segment, crm.segment) IS 'the cells of either segment';
CREATE OPERATOR crm.- (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_difference);
COMMENT ON OPERATOR crm.- (crm.segment, crm.segment) IS 'the cells of the first segment that are not in the second';
CREATE OPERATOR crm.& (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_intersection, COMMUTATOR = OPERATOR(crm.&));
COMMENT ON OPERATOR crm.& (crm.segment, crm.segment) IS 'the cells of both segments';
CREATE OPERATOR crm.~ (
	RIGHTARG = crm.segment, FUNCTION = crm.segment_complement);
COMMENT ON OPERATOR crm.~ (NONE, crm.segment) IS 'the other ones of the 125 cells of customers who bought, never 000';
CREATE FUNCTION crm.cells(crm.segment) RETURNS SETOF crm.rfm
	AS 'MODULE_PATHNAME', 'segment_cells' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 ROWS 12;
COMMENT ON FUNCTION crm.cells(crm.segment) IS 'the cells of a segment, lowest first; no row for NULL';
CREATE FUNCTION crm.cell_count(crm.segment) RETURNS int4
	AS 'MODULE_PATHNAME', 'segment_cell_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.cell_count(crm.segment) IS 'the number of cells in a segment, 0 to 126; NULL for NULL';
CREATE FUNCTION crm.segment_add_rfm(crm.segment, crm.rfm) RETURNS crm.segment
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_add_rfm(crm.segment, crm.rfm) IS 'the segment with one more cell; NULL for NULL; step of crm.segment_agg';
CREATE AGGREGATE crm.segment_agg(crm.rfm) (
	SFUNC = crm.segment_add_rfm, STYPE = crm.segment, INITCOND = '', COMBINEFUNC = crm.segment_union, PARALLEL = SAFE);
COMMENT ON AGGREGATE crm.segment_agg(crm.rfm) IS 'the segment of all cells that occur; NULL is skipped; without rows, the segment of no cell';
CREATE CAST (text AS crm.segment) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS crm.segment) IS 'reads patterns as a segment';
CREATE CAST (varchar AS crm.segment) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (varchar AS crm.segment) IS 'reads patterns as a segment';
CREATE FUNCTION crm.segment_eq(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_eq(crm.segment, crm.segment) IS 'true if the first is equal, by an arbitrary but fixed order; NULL for NULL; implements =';
CREATE FUNCTION crm.segment_ne(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_ne(crm.segment, crm.segment) IS 'true if the first is not equal, by an arbitrary but fixed order; NULL for NULL; implements <>';
CREATE FUNCTION crm.segment_lt(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_lt(crm.segment, crm.segment) IS 'true if the first is before, by an arbitrary but fixed order; NULL for NULL; implements <';
CREATE FUNCTION crm.segment_le(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_le(crm.segment, crm.segment) IS 'true if the first is before or equal, by an arbitrary but fixed order; NULL for NULL; implements <=';
CREATE FUNCTION crm.segment_gt(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_gt(crm.segment, crm.segment) IS 'true if the first is after, by an arbitrary but fixed order; NULL for NULL; implements >';
CREATE FUNCTION crm.segment_ge(crm.segment, crm.segment) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_ge(crm.segment, crm.segment) IS 'true if the first is after or equal, by an arbitrary but fixed order; NULL for NULL; implements >=';
CREATE FUNCTION crm.segment_cmp(crm.segment, crm.segment) RETURNS int4
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_cmp(crm.segment, crm.segment) IS '-1, 0 or 1: the order of two values, by an arbitrary but fixed order; NULL for NULL; btree support';
CREATE FUNCTION crm.segment_hash(crm.segment) RETURNS int4
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_hash(crm.segment) IS '32-bit hash; NULL for NULL; hash support';
CREATE FUNCTION crm.segment_hash_extended(crm.segment, int8) RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_hash_extended(crm.segment, int8) IS '64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';
CREATE OPERATOR crm.= (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_eq, COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR crm.= (crm.segment, crm.segment) IS 'the first is equal, by an arbitrary but fixed order';
CREATE OPERATOR crm.<> (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_ne, COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR crm.<> (crm.segment, crm.segment) IS 'the first is not equal, by an arbitrary but fixed order';
CREATE OPERATOR crm.< (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_lt, COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR crm.< (crm.segment, crm.segment) IS 'the first is before, by an arbitrary but fixed order';
CREATE OPERATOR crm.<= (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_le, COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR crm.<= (crm.segment, crm.segment) IS 'the first is before or equal, by an arbitrary but fixed order';
CREATE OPERATOR crm.> (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_gt, COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR crm.> (crm.segment, crm.segment) IS 'the first is after, by an arbitrary but fixed order';
CREATE OPERATOR crm.>= (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm.segment_ge, COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR crm.>= (crm.segment, crm.segment) IS 'the first is after or equal, by an arbitrary but fixed order';
CREATE OPERATOR FAMILY crm.segment_ops USING btree;
COMMENT ON OPERATOR FAMILY crm.segment_ops USING btree IS 'order of crm.segment, by an arbitrary but fixed order';
CREATE OPERATOR CLASS crm.segment_ops DEFAULT FOR TYPE crm.segment USING btree FAMILY crm.segment_ops AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm.segment_cmp(crm.segment, crm.segment),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.segment_ops USING btree IS 'order of crm.segment, by an arbitrary but fixed order; equal values are equal bytes, so indexes are deduplicated';
CREATE OPERATOR FAMILY crm.segment_ops USING hash;
COMMENT ON OPERATOR FAMILY crm.segment_ops USING hash IS 'hash of crm.segment';
CREATE OPERATOR CLASS crm.segment_ops DEFAULT FOR TYPE crm.segment USING hash FAMILY crm.segment_ops AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.segment_hash(crm.segment),
	FUNCTION 2 crm.segment_hash_extended(crm.segment, int8);
COMMENT ON OPERATOR CLASS crm.segment_ops USING hash IS 'hash of crm.segment: hash joins, grouping, hash indexes and partitions';

-- ---------------------------------------------------------------- scheme: named segments in order
CREATE TYPE crm.scheme;
CREATE FUNCTION crm.scheme_in(cstring) RETURNS crm.scheme
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_in(cstring) IS 'reads a scheme: Best: 555; Good: [45]**; else: Others, or the name of a preset';
CREATE FUNCTION crm.scheme_out(crm.scheme) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_out(crm.scheme) IS 'writes a scheme: Best: 555; Good: [45]**; else: Others, or the name of a preset';
CREATE FUNCTION crm.scheme_recv(internal) RETURNS crm.scheme
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_recv(internal) IS 'reads a scheme in binary: its text in the encoding of the client';
CREATE FUNCTION crm.scheme_send(crm.scheme) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_send(crm.scheme) IS 'writes a scheme in binary: its text in the encoding of the client';
CREATE TYPE crm.scheme (
	INPUT = crm.scheme_in, OUTPUT = crm.scheme_out, RECEIVE = crm.scheme_recv, SEND = crm.scheme_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended);
COMMENT ON TYPE crm.scheme IS 'named segments in order, the first that has a cell wins, written Best: 555; Good: [45]**; else: Others; the presets cells11, klaviyo6, rfm10 and rf10 are read by their bare names and written as full rules; a name with a colon, semicolon or double quote stands between double quotes';

CREATE FUNCTION crm.segment_name(rfm crm.rfm, scheme crm.scheme) RETURNS text
	AS 'MODULE_PATHNAME', 'scheme_segment_name' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment_name(crm.rfm, crm.scheme) IS 'the name of the first segment of the scheme that has the cell, else the scheme''s else-name; NULL if there is none, for 000 without a rule of its own, and for NULL';
CREATE FUNCTION crm.segment(name text, scheme crm.scheme) RETURNS crm.segment
	AS 'MODULE_PATHNAME', 'scheme_segment' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.segment(text, crm.scheme) IS 'the cells to which a scheme gives this name (cells that an earlier rule takes are left out); a name that the scheme does not have is an error; NULL for NULL';
CREATE FUNCTION crm.segments(scheme crm.scheme)
	RETURNS TABLE ("position" int4, name text, segment crm.segment, written crm.segment)
	AS 'MODULE_PATHNAME', 'scheme_segments' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1 ROWS 10;
COMMENT ON FUNCTION crm.segments(crm.scheme) IS 'the segments of a scheme in order: position from 1, name, the cells that get this name, the cells as the rule is written (earlier rules may take some); the else-name comes last with all other cells of customers who bought; no row for NULL';
CREATE FUNCTION crm.check_scheme(scheme crm.scheme, levels int4 DEFAULT NULL)
	RETURNS TABLE (problem text, "position" int4, name text, cells crm.segment, explanation text)
	AS 'MODULE_PATHNAME', 'scheme_check' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1 ROWS 5;
COMMENT ON FUNCTION crm.check_scheme(crm.scheme, int4) IS 'what is odd about a scheme, no row if nothing is: overlap (cells of a rule that earlier rules take), never wins (a rule that gets no cell), gap (cells that are in no rule; position and name are NULL); only cells with scores up to levels count (2 to 5, by default the highest score that the rules name); 000 is no gap; no row for a NULL scheme';
CREATE FUNCTION crm.scheme_eq(crm.scheme, crm.scheme) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_eq(crm.scheme, crm.scheme) IS 'true if the first is equal; NULL for NULL; implements =';
CREATE FUNCTION crm.scheme_ne(crm.scheme, crm.scheme) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_ne(crm.scheme, crm.scheme) IS 'true if the first is not equal; NULL for NULL; implements <>';
CREATE FUNCTION crm.scheme_hash(crm.scheme) RETURNS int4
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_hash(crm.scheme) IS '32-bit hash; NULL for NULL; hash support';
CREATE FUNCTION crm.scheme_hash_extended(crm.scheme, int8) RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION crm.scheme_hash_extended(crm.scheme, int8) IS '64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';
CREATE OPERATOR crm.= (
	LEFTARG = crm.scheme, RIGHTARG = crm.scheme, FUNCTION = crm.scheme_eq, COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
COMMENT ON OPERATOR crm.= (crm.scheme, crm.scheme) IS 'the first is equal';
CREATE OPERATOR crm.<> (
	LEFTARG = crm.scheme, RIGHTARG = crm.scheme, FUNCTION = crm.scheme_ne, COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR crm.<> (crm.scheme, crm.scheme) IS 'the first is not equal';
CREATE OPERATOR FAMILY crm.scheme_ops USING hash;
COMMENT ON OPERATOR FAMILY crm.scheme_ops USING hash IS 'hash of crm.scheme';
CREATE OPERATOR CLASS crm.scheme_ops DEFAULT FOR TYPE crm.scheme USING hash FAMILY crm.scheme_ops AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm.scheme_hash(crm.scheme),
	FUNCTION 2 crm.scheme_hash_extended(crm.scheme, int8);
COMMENT ON OPERATOR CLASS crm.scheme_ops USING hash IS 'hash of crm.scheme: hash joins, grouping, hash indexes and partitions';
CREATE CAST (text AS crm.rfm_cuts) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS crm.rfm_cuts) IS 'reads the text as a value of crm.rfm_cuts';
CREATE CAST (varchar AS crm.rfm_cuts) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (varchar AS crm.rfm_cuts) IS 'reads the text as a value of crm.rfm_cuts';
CREATE CAST (text AS crm.scheme) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS crm.scheme) IS 'reads the text as a value of crm.scheme';
CREATE CAST (varchar AS crm.scheme) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (varchar AS crm.scheme) IS 'reads the text as a value of crm.scheme';
