-- clv: predictions. Each for a history on a day (what came later is ignored), for plain numbers, and where it makes
-- sense for a new customer, who has just made the first order. x, t_x, t are in the model's unit of time (as
-- crm.btyd(history, as_of, unit_days) gives them); horizons are days, always. An order is a purchase day.

CREATE FUNCTION crm.p_alive(model crm.clv_model, history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'clv_p_alive';
COMMENT ON FUNCTION crm.p_alive(crm.clv_model, crm.history, date) IS
	'probability that the customer still is one at the end of as_of. NULL for NULL and before the first purchase; an '
	'unusable model and an infinite as_of are errors';

CREATE FUNCTION crm.p_alive(
	model crm.clv_model, x double precision, t_x double precision, t double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'clv_p_alive';
COMMENT ON FUNCTION crm.p_alive(crm.clv_model, double precision, double precision, double precision) IS
	'probability that a customer with x repeat orders, the last at t_x, still is one at t; times in the model''s '
	'unit, from the first order. NULL for NULL; an unusable model, x < 0, t_x > t and NaN are errors';

CREATE FUNCTION crm.expected_orders(
	model crm.clv_model, history crm.history, as_of date, days double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.expected_orders(crm.clv_model, crm.history, date, double precision) IS
	'expected number of orders (purchase days) in the `days` days after as_of. NULL for NULL and before the first '
	'purchase; an unusable model and a negative horizon are errors';

CREATE FUNCTION crm.expected_orders(
	model crm.clv_model, x double precision, t_x double precision, t double precision, days double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.expected_orders(
	crm.clv_model, double precision, double precision, double precision, double precision
) IS
	'expected number of orders in the `days` days after t; x, t_x, t as in p_alive. NULL for NULL';

CREATE FUNCTION crm.expected_orders(model crm.clv_model, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.expected_orders(crm.clv_model, double precision) IS
	'expected number of repeat orders of a new customer in the `days` days after the first order. NULL for NULL';

CREATE FUNCTION crm.order_probability(
	model crm.clv_model, history crm.history, as_of date, days double precision, n integer
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.order_probability(crm.clv_model, crm.history, date, double precision, integer) IS
	'probability of exactly n orders (purchase days) in the `days` days after as_of. NULL for NULL and before the '
	'first purchase; n < 0, a negative horizon and an unusable model are errors';

CREATE FUNCTION crm.order_probability(
	model crm.clv_model, x double precision, t_x double precision, t double precision, days double precision, n integer
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.order_probability(
	crm.clv_model, double precision, double precision, double precision, double precision, integer
) IS
	'probability of exactly n orders in the `days` days after t; x, t_x, t as in p_alive. NULL for NULL';

CREATE FUNCTION crm.order_probability(model crm.clv_model, days double precision, n integer) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.order_probability(crm.clv_model, double precision, integer) IS
	'probability that a new customer makes exactly n repeat orders in the `days` days after the first. NULL for NULL';

CREATE FUNCTION crm.churn_probability(
	model crm.clv_model, history crm.history, as_of date, days double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.churn_probability(crm.clv_model, crm.history, date, double precision) IS
	'probability of no order in the `days` days after as_of: gone, or just slow. NULL for NULL and before the first '
	'purchase; a negative horizon and an unusable model are errors';

CREATE FUNCTION crm.churn_probability(
	model crm.clv_model, x double precision, t_x double precision, t double precision, days double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.churn_probability(
	crm.clv_model, double precision, double precision, double precision, double precision
) IS
	'probability of no order in the `days` days after t; x, t_x, t as in p_alive. NULL for NULL';

CREATE FUNCTION crm.churn_probability(model crm.clv_model, days double precision) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.churn_probability(crm.clv_model, double precision) IS
	'probability that a new customer makes no repeat order in the `days` days after the first. NULL for NULL';

CREATE FUNCTION crm.next_order_date(
	model crm.clv_model, history crm.history, as_of date, probability double precision DEFAULT 0.5
) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_date';
COMMENT ON FUNCTION crm.next_order_date(crm.clv_model, crm.history, date, double precision) IS
	'the first day by whose end the customer has ordered again with this probability (0.5: the median). NULL where it '
	'is never reached, as with a customer who will more likely than not never order again, and NULL for NULL and '
	'before the first purchase; a probability that is not between 0 and 1 and an unusable model are errors';

CREATE FUNCTION crm.next_order_days(
	model crm.clv_model, x double precision, t_x double precision, t double precision,
	probability double precision DEFAULT 0.5
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_days';
COMMENT ON FUNCTION crm.next_order_days(
	crm.clv_model, double precision, double precision, double precision, double precision
) IS
	'days after t within which the customer orders again with this probability; x, t_x, t as in p_alive. NULL where '
	'it is never reached, and for NULL';

CREATE FUNCTION crm.next_order_days(
	model crm.clv_model, probability double precision DEFAULT 0.5
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_days';
COMMENT ON FUNCTION crm.next_order_days(crm.clv_model, double precision) IS
	'days after the first order within which a new customer orders again with this probability. NULL where it is '
	'never reached, and for NULL';

CREATE FUNCTION crm.expected_spend(model crm.clv_model, history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'clv_expected_spend';
COMMENT ON FUNCTION crm.expected_spend(crm.clv_model, crm.history, date) IS
	'expected spend on a future purchase day, in the money of the data, never negative: between the customer''s own '
	'mean and everybody''s (Fader and Hardie 2013); a net mean below zero counts as zero. NULL for NULL and before '
	'the first purchase; a model without spend (has_spend) is an error';

CREATE FUNCTION crm.expected_spend(
	model crm.clv_model, x double precision, m_x double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'clv_expected_spend_numbers';
COMMENT ON FUNCTION crm.expected_spend(crm.clv_model, double precision, double precision) IS
	'expected spend on a future purchase day of a customer with mean spend m_x over x repeat purchase days; m_x has '
	'no meaning, and may be NULL, where x = 0. NULL for NULL otherwise; x < 0, NaN and a model without spend are '
	'errors';

CREATE FUNCTION crm.expected_spend(model crm.clv_model) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'clv_expected_spend';
COMMENT ON FUNCTION crm.expected_spend(crm.clv_model) IS
	'expected spend of a new customer on a purchase day. NULL for NULL; a model without spend is an error';

CREATE FUNCTION crm.clv(
	model crm.clv_model, history crm.history, as_of date, days double precision DEFAULT 365,
	discount double precision DEFAULT 0.10
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.clv(crm.clv_model, crm.history, date, double precision, double precision) IS
	'value of a customer in the `days` days after as_of, for life if days is NULL: the expected revenue of the orders '
	'to come, past revenue not included, each order discounted to as_of by (1 + discount)^(-days until it / 365). '
	'Multiply by your margin for profit. NULL before the first purchase and where another argument is NULL; a model '
	'without spend, a negative horizon or discount, and no end without a discount where the sum is infinite, are '
	'errors';

CREATE FUNCTION crm.clv(
	model crm.clv_model, x double precision, t_x double precision, t double precision, m_x double precision,
	days double precision DEFAULT 365, discount double precision DEFAULT 0.10
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.clv(
	crm.clv_model, double precision, double precision, double precision, double precision, double precision,
	double precision
) IS
	'value of a customer in the `days` days after t, for life if days is NULL; x, t_x, t as in p_alive, m_x as in '
	'expected_spend, else as clv of a history';

CREATE FUNCTION crm.clv(
	model crm.clv_model, days double precision DEFAULT 365, discount double precision DEFAULT 0.10
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.clv(crm.clv_model, double precision, double precision) IS
	'value of a new customer in the `days` days after the first order, for life if days is NULL: repeat orders only, '
	'add expected_spend(model) for the first. Discount and errors as in clv of a history';
