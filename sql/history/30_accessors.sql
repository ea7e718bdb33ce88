-- history: what a history says. A purchase day is a day with orders > 0. With a date, what came after it is ignored.

CREATE FUNCTION crm.orders(history crm.history) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_orders';
COMMENT ON FUNCTION crm.orders(crm.history) IS
	'number of orders; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.orders(history crm.history, as_of date) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_orders';
COMMENT ON FUNCTION crm.orders(crm.history, date) IS
	'number of orders up to and including as_of; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.purchase_days(history crm.history) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_purchase_days';
COMMENT ON FUNCTION crm.purchase_days(crm.history) IS
	'number of days with at least one order; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.purchase_days(history crm.history, as_of date) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_purchase_days';
COMMENT ON FUNCTION crm.purchase_days(crm.history, date) IS
	'number of days with at least one order up to and including as_of; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.revenue(history crm.history) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'history_revenue';
COMMENT ON FUNCTION crm.revenue(crm.history) IS
	'sum of all amounts, refunds included, exact; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.revenue(history crm.history, as_of date) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'history_revenue';
COMMENT ON FUNCTION crm.revenue(crm.history, date) IS
	'sum of all amounts, refunds included up to and including as_of, exact; 0 for the empty history; NULL for NULL';

CREATE FUNCTION crm.first_order(history crm.history) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_first_order';
COMMENT ON FUNCTION crm.first_order(crm.history) IS
	'first purchase day; NULL if there is none';

CREATE FUNCTION crm.first_order(history crm.history, as_of date) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_first_order';
COMMENT ON FUNCTION crm.first_order(crm.history, date) IS
	'first purchase day up to and including as_of; NULL if there is none';

CREATE FUNCTION crm.last_order(history crm.history) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_last_order';
COMMENT ON FUNCTION crm.last_order(crm.history) IS
	'last purchase day; NULL if there is none';

CREATE FUNCTION crm.last_order(history crm.history, as_of date) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_last_order';
COMMENT ON FUNCTION crm.last_order(crm.history, date) IS
	'last purchase day up to and including as_of; NULL if there is none';

CREATE FUNCTION crm.average_order_value(history crm.history) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'history_average_order_value';
COMMENT ON FUNCTION crm.average_order_value(crm.history) IS
	'revenue / orders, refunds included; NULL without orders';

CREATE FUNCTION crm.average_order_value(history crm.history, as_of date) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'history_average_order_value';
COMMENT ON FUNCTION crm.average_order_value(crm.history, date) IS
	'revenue / orders up to and including as_of, refunds included; NULL without orders';

CREATE FUNCTION crm.days_between_orders(history crm.history) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_days_between_orders';
COMMENT ON FUNCTION crm.days_between_orders(crm.history) IS
	'mean days from one purchase day to the next; NULL with fewer than two';

CREATE FUNCTION crm.days_between_orders(history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_days_between_orders';
COMMENT ON FUNCTION crm.days_between_orders(crm.history, date) IS
	'mean days from one purchase day to the next up to and including as_of; NULL with fewer than two';

CREATE FUNCTION crm.silence_limit(
	history crm.history, as_of date, chance double precision DEFAULT 0.05
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'history_silence_limit';
COMMENT ON FUNCTION crm.silence_limit(crm.history, date, double precision) IS
	'days without an order that a customer who buys at random exceeds with this chance (above 0, below 1), as the gaps '
	'between purchase days up to as_of tell: n * (chance ^ (-1 / n) - 1) mean gaps for n of them, so at 5 % 19 after one '
	'gap, 5.1 after three, 3 after very many (Lawless 1971: a gap over the mean of n others is F(2, 2n)); who buys '
	'regularly exceeds it more seldom; NULL with fewer than two purchase days, and for NULL; another chance and an '
	'infinite day are errors';

CREATE FUNCTION crm.is_valid(history crm.history) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_is_valid';
COMMENT ON FUNCTION crm.is_valid(crm.history) IS
	'true if no day has a negative number of orders, that is if the value can be a real past; false while a removal '
	'is in that has not met its purchase';

CREATE FUNCTION crm.is_valid(history crm.history, as_of date) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_is_valid';
COMMENT ON FUNCTION crm.is_valid(crm.history, date) IS
	'true if no day up to and including as_of has a negative number of orders, that is if the value can be a real '
	'past; false while a removal is in that has not met its purchase';

CREATE FUNCTION crm.recency_days(history crm.history, as_of date) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_recency';
COMMENT ON FUNCTION crm.recency_days(crm.history, date) IS
	'days from the last purchase day to as_of (0 on the day itself; smaller is better); NULL before the first '
	'purchase; an infinite as_of is an error';

CREATE FUNCTION crm.age_days(history crm.history, as_of date) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3
	AS 'MODULE_PATHNAME', 'history_age';
COMMENT ON FUNCTION crm.age_days(crm.history, date) IS
	'days from the first purchase day to as_of; NULL before the first purchase; an infinite as_of is an error';

CREATE FUNCTION crm.as_of(history crm.history, day date) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_as_of';
COMMENT ON FUNCTION crm.as_of(crm.history, date) IS
	'the history as it stood at the end of that day; ''infinity'' is all of it';

CREATE FUNCTION crm.slice(history crm.history, since date, until date) RETURNS crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'history_slice';
COMMENT ON FUNCTION crm.slice(crm.history, date, date) IS
	'the part from since to until, both days included; ''-infinity'' and ''infinity'' leave a side open';

CREATE FUNCTION crm.by_year(history crm.history) RETURNS SETOF crm.history
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3
	AS 'MODULE_PATHNAME', 'history_by_year';
COMMENT ON FUNCTION crm.by_year(crm.history) IS
	'the history cut into calendar years, ascending: one history for each year with anything in it; their sum is the '
	'history';

CREATE FUNCTION crm.first_activity(history crm.history) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'history_first_activity';
COMMENT ON FUNCTION crm.first_activity(crm.history) IS
	'first day with anything on it, be it a refund only; NULL for the empty history';

CREATE FUNCTION crm.activity(history crm.history)
	RETURNS TABLE (day date, orders bigint, amount numeric)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10
	AS 'MODULE_PATHNAME', 'history_activity';
COMMENT ON FUNCTION crm.activity(crm.history) IS
	'the days of a history as rows, ascending: signed orders and signed amount of each day';

CREATE FUNCTION crm.btyd(
	history crm.history, as_of date, unit_days double precision DEFAULT 7,
	OUT x bigint, OUT t_x double precision, OUT t double precision, OUT m_x double precision
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'history_btyd';
COMMENT ON FUNCTION crm.btyd(crm.history, date, double precision) IS
	'recency and frequency for the "buy till you die" models (Fader, Hardie and Lee 2005): x repeat purchase days, '
	't_x time from the first to the last, t time from the first to as_of, both in units of unit_days (7: weeks); m_x '
	'mean net spend per repeat purchase day: all money after the first purchase day, refunds included, divided by x '
	'(NULL when x = 0). All NULL before the first purchase. Of many histories: SELECT (b).x, (b).t FROM (SELECT '
	'crm.btyd(history, as_of) AS b FROM ... OFFSET 0) AS q is twice as fast as the function in FROM, for which '
	'PostgreSQL keeps a table a call, or as (crm.btyd(history, as_of)).*, which calls it for each column';
