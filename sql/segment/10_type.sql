-- segment: cells, the cuts that lead to them, sets of cells, named sets. See doc/segment.md.

-- ---------------------------------------------------------------- crm.rfm: one cell

CREATE TYPE crm.rfm;

CREATE FUNCTION crm._rfm_in(cstring) RETURNS crm.rfm
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_in';
COMMENT ON FUNCTION crm._rfm_in(cstring) IS
	'reads three digits: 543';

CREATE FUNCTION crm._rfm_out(crm.rfm) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_out';
COMMENT ON FUNCTION crm._rfm_out(crm.rfm) IS
	'writes three digits: 543';

CREATE FUNCTION crm._rfm_recv(internal) RETURNS crm.rfm
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_recv';
COMMENT ON FUNCTION crm._rfm_recv(internal) IS
	'reads a cell in binary: its number (543) in two bytes';

CREATE FUNCTION crm._rfm_send(crm.rfm) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_send';
COMMENT ON FUNCTION crm._rfm_send(crm.rfm) IS
	'writes a cell in binary: its number (543) in two bytes';

CREATE TYPE crm.rfm (
	INPUT = crm._rfm_in,
	OUTPUT = crm._rfm_out,
	RECEIVE = crm._rfm_recv,
	SEND = crm._rfm_send,
	INTERNALLENGTH = 2,
	PASSEDBYVALUE,
	ALIGNMENT = int2,
	STORAGE = plain
);
COMMENT ON TYPE crm.rfm IS
	'one RFM cell: three scores, recency, frequency, monetary, each from 1 (worst) to 5 (best), written 543; 000 is a '
	'customer who never bought; ordered by recency, then frequency, then monetary score';

CREATE FUNCTION crm.rfm(recency integer, frequency integer, monetary integer) RETURNS crm.rfm
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_make';
COMMENT ON FUNCTION crm.rfm(integer, integer, integer) IS
	'the cell with these scores, 1 (worst) to 5 (best) each, or 0, 0, 0 for a customer who never bought; NULL for '
	'NULL; other numbers are an error';

CREATE FUNCTION crm.rfm(number integer) RETURNS crm.rfm
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_from_int4';
COMMENT ON FUNCTION crm.rfm(integer) IS
	'the cell with this number: 543, or 0 for a customer who never bought; NULL for NULL; other numbers are an error';

CREATE FUNCTION crm._rfm_to_integer(crm.rfm) RETURNS integer
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'i2toi4';
COMMENT ON FUNCTION crm._rfm_to_integer(crm.rfm) IS
	'the number of a cell: 543, or 0 for a customer who never bought; NULL for NULL';

-- A number is no cell behind the user's back: these two go by assignment.
CREATE CAST (integer AS crm.rfm) WITH FUNCTION crm.rfm(integer) AS ASSIGNMENT;
COMMENT ON CAST (integer AS crm.rfm) IS
	'the cell with this number';

CREATE CAST (crm.rfm AS integer) WITH FUNCTION crm._rfm_to_integer(crm.rfm) AS ASSIGNMENT;
COMMENT ON CAST (crm.rfm AS integer) IS
	'the number of a cell: 543';

CREATE CAST (text AS crm.rfm) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.rfm) IS
	'reads three digits as a cell';

CREATE CAST (varchar AS crm.rfm) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.rfm) IS
	'reads three digits as a cell';

CREATE CAST (bpchar AS crm.rfm) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.rfm) IS
	'reads three digits as a cell';

-- ---------------------------------------------------------------- crm.rfm_cuts: the thresholds between scores

CREATE TYPE crm.rfm_cuts;

CREATE FUNCTION crm._rfm_cuts_in(cstring) RETURNS crm.rfm_cuts
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_in';
COMMENT ON FUNCTION crm._rfm_cuts_in(cstring) IS
	'reads cuts: recency <= 365 180, purchase_days >= 2 4, revenue >= 50 200';

CREATE FUNCTION crm._rfm_cuts_out(crm.rfm_cuts) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_out';
COMMENT ON FUNCTION crm._rfm_cuts_out(crm.rfm_cuts) IS
	'writes cuts: recency <= 365 180, purchase_days >= 2 4, revenue >= 50 200';

CREATE FUNCTION crm._rfm_cuts_recv(internal) RETURNS crm.rfm_cuts
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_recv';
COMMENT ON FUNCTION crm._rfm_cuts_recv(internal) IS
	'reads cuts in binary: their text';

CREATE FUNCTION crm._rfm_cuts_send(crm.rfm_cuts) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_send';
COMMENT ON FUNCTION crm._rfm_cuts_send(crm.rfm_cuts) IS
	'writes cuts in binary: their text';

CREATE TYPE crm.rfm_cuts (
	INPUT = crm._rfm_cuts_in,
	OUTPUT = crm._rfm_cuts_out,
	RECEIVE = crm._rfm_cuts_recv,
	SEND = crm._rfm_cuts_send,
	INTERNALLENGTH = 128,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE crm.rfm_cuts IS
	'the thresholds between RFM scores, written recency <= 365 180, purchase_days >= 2 4, revenue >= 50 200: the '
	'first cut of a measure leads to score 2, the next to 3; a value equal to a cut has reached it; recency in days '
	'(fewer are better), frequency in purchase_days or orders, money as revenue (net of refunds) or '
	'average_order_value; none is a cut that nobody reaches; 2 to 5 levels; behind them may stand fresh_days 14: '
	'who bought within so many days has at least the second best recency score, within twice that at least the '
	'middle one';

CREATE FUNCTION crm.rfm_cuts(
	recency integer[], frequency bigint[], monetary numeric[], frequency_measure text DEFAULT 'purchase_days',
	monetary_measure text DEFAULT 'revenue', fresh_days integer DEFAULT 0
) RETURNS crm.rfm_cuts
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_make';
COMMENT ON FUNCTION crm.rfm_cuts(integer[], bigint[], numeric[], text, text, integer) IS
	'fixed cuts: for each measure an array of one to four thresholds, all of one length, the one that leads to score '
	'2 first; recency in days, not rising (a customer with no more days has reached it); frequency and money not '
	'falling (a customer with no less has reached it); NULL at the end of an array is a cut that nobody reaches; '
	'frequency_measure purchase_days or orders, monetary_measure revenue or average_order_value; fresh_days (0: none): '
	'who bought within so many days has at least the second best recency score, within twice that at least the middle '
	'one; NULL for NULL';

CREATE FUNCTION crm.rfm_cuts(cuts crm.rfm_cuts, fresh_days integer) RETURNS crm.rfm_cuts
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_make_fresh';
COMMENT ON FUNCTION crm.rfm_cuts(crm.rfm_cuts, integer) IS
	'the same cuts with other fresh_days: who bought within so many days has at least the second best recency score '
	'(one less than levels), within twice that at least the middle one (1 + levels / 2); 0 asks for nothing; negative '
	'days are an error; NULL for NULL';

CREATE CAST (text AS crm.rfm_cuts) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.rfm_cuts) IS
	'reads the text form of cuts';

CREATE CAST (varchar AS crm.rfm_cuts) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.rfm_cuts) IS
	'reads the text form of cuts';

CREATE CAST (bpchar AS crm.rfm_cuts) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.rfm_cuts) IS
	'reads the text form of cuts';

-- ---------------------------------------------------------------- crm.rfm_sample: the state of crm.rfm_cuts_agg

CREATE TYPE crm.rfm_sample;

CREATE FUNCTION crm._rfm_sample_in(cstring) RETURNS crm.rfm_sample
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_sample_in';
COMMENT ON FUNCTION crm._rfm_sample_in(cstring) IS
	'reads the state of crm.rfm_cuts_agg in hexadecimal digits';

CREATE FUNCTION crm._rfm_sample_out(crm.rfm_sample) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_sample_out';
COMMENT ON FUNCTION crm._rfm_sample_out(crm.rfm_sample) IS
	'writes the state of crm.rfm_cuts_agg in hexadecimal digits';

CREATE FUNCTION crm._rfm_sample_recv(internal) RETURNS crm.rfm_sample
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_sample_recv';
COMMENT ON FUNCTION crm._rfm_sample_recv(internal) IS
	'reads the state of crm.rfm_cuts_agg in binary';

CREATE FUNCTION crm._rfm_sample_send(crm.rfm_sample) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_sample_send';
COMMENT ON FUNCTION crm._rfm_sample_send(crm.rfm_sample) IS
	'writes the state of crm.rfm_cuts_agg in binary';

CREATE TYPE crm.rfm_sample (
	INPUT = crm._rfm_sample_in,
	OUTPUT = crm._rfm_sample_out,
	RECEIVE = crm._rfm_sample_recv,
	SEND = crm._rfm_sample_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE crm.rfm_sample IS
	'the state of the aggregate crm.rfm_cuts_agg: the measures of many customers, about seven bytes each; not for '
	'columns';

-- ---------------------------------------------------------------- crm.segment: a set of cells

CREATE TYPE crm.segment;

CREATE FUNCTION crm._segment_in(cstring) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_in';
COMMENT ON FUNCTION crm._segment_in(cstring) IS
	'reads patterns: [45][45]*, 35[345]';

CREATE FUNCTION crm._segment_out(crm.segment) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_out';
COMMENT ON FUNCTION crm._segment_out(crm.segment) IS
	'writes patterns: [45][45]*, 35[345]';

CREATE FUNCTION crm._segment_recv(internal) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_recv';
COMMENT ON FUNCTION crm._segment_recv(internal) IS
	'reads a segment in binary: 16 bytes';

CREATE FUNCTION crm._segment_send(crm.segment) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_send';
COMMENT ON FUNCTION crm._segment_send(crm.segment) IS
	'writes a segment in binary: 16 bytes';

CREATE TYPE crm.segment (
	INPUT = crm._segment_in,
	OUTPUT = crm._segment_out,
	RECEIVE = crm._segment_recv,
	SEND = crm._segment_send,
	INTERNALLENGTH = 16,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE crm.segment IS
	'a set of RFM cells, written as patterns of recency, frequency, monetary scores: digits 1 to 5, * for any of '
	'them, [345] or [3-5] for some, and 000 for customers who never bought; patterns are separated by commas or '
	'spaces; written back in one canonical form';

CREATE CAST (text AS crm.segment) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.segment) IS
	'reads patterns as a segment';

CREATE CAST (varchar AS crm.segment) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.segment) IS
	'reads patterns as a segment';

CREATE CAST (bpchar AS crm.segment) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.segment) IS
	'reads patterns as a segment';

-- ---------------------------------------------------------------- crm.scheme: named segments in order

CREATE TYPE crm.scheme;

CREATE FUNCTION crm._scheme_in(cstring) RETURNS crm.scheme
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_in';
COMMENT ON FUNCTION crm._scheme_in(cstring) IS
	'reads a scheme: Best: 555; Good: [45]**; else: Others, or the name of a preset';

CREATE FUNCTION crm._scheme_out(crm.scheme) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_out';
COMMENT ON FUNCTION crm._scheme_out(crm.scheme) IS
	'writes a scheme: Best: 555; Good: [45]**; else: Others, or the name of a preset';

CREATE FUNCTION crm._scheme_recv(internal) RETURNS crm.scheme
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_recv';
COMMENT ON FUNCTION crm._scheme_recv(internal) IS
	'reads a scheme in binary: its text in the encoding of the client';

CREATE FUNCTION crm._scheme_send(crm.scheme) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_send';
COMMENT ON FUNCTION crm._scheme_send(crm.scheme) IS
	'writes a scheme in binary: its text in the encoding of the client';

CREATE TYPE crm.scheme (
	INPUT = crm._scheme_in,
	OUTPUT = crm._scheme_out,
	RECEIVE = crm._scheme_recv,
	SEND = crm._scheme_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE crm.scheme IS
	'named segments in order, the first that has a cell wins, written Best: 555; Good: [45]**; else: Others; the '
	'presets cells11, klaviyo6, rfm10 and rf10 are read by their bare names and written as full rules; a name with a '
	'colon, semicolon or double quote stands between double quotes';

CREATE CAST (text AS crm.scheme) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS crm.scheme) IS
	'reads the text form of a scheme, or the name of a preset';

CREATE CAST (varchar AS crm.scheme) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS crm.scheme) IS
	'reads the text form of a scheme, or the name of a preset';

CREATE CAST (bpchar AS crm.scheme) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bpchar AS crm.scheme) IS
	'reads the text form of a scheme, or the name of a preset';
