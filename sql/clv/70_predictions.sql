-- clv: predictions. Each has three forms, told apart by name: of a history on a day (what came later is ignored); with
-- btyd_ in front, of plain numbers (x, t_x, t in the model's unit of time, as crm.btyd(history, as_of, unit_days) gives
-- them); with new_customer_ in front, of a customer who has just made the first order. Horizons are whole days, always.
-- An order is a purchase day.

-- ---------------------------------------------------------------- all of a history, as a row

CREATE TYPE crm.prediction AS (
	p_alive double precision,
	churn_probability double precision,
	expected_orders double precision,
	expected_spend double precision,
	clv double precision,
	next_order_date date,
	orders_lower bigint,
	orders_upper bigint,
	clv_lower double precision,
	clv_upper double precision,
	expected_orders_lower double precision,
	expected_orders_upper double precision,
	expected_clv_lower double precision,
	expected_clv_upper double precision
);
COMMENT ON TYPE crm.prediction IS
	'what a model says about a customer on a day, made by crm.predict; a row that can be stored';
COMMENT ON COLUMN crm.prediction.p_alive IS
	'probability that the customer still is one: crm.p_alive';
COMMENT ON COLUMN crm.prediction.churn_probability IS
	'probability of no order within the horizon: crm.churn_probability; NULL for life';
COMMENT ON COLUMN crm.prediction.expected_orders IS
	'expected number of orders (purchase days) within the horizon: crm.expected_orders; NULL for life';
COMMENT ON COLUMN crm.prediction.expected_spend IS
	'expected spend on a future purchase day, before the margin: crm.expected_spend; NULL where the model cannot tell';
COMMENT ON COLUMN crm.prediction.clv IS
	'crm.clv times the margin; NULL where the model cannot tell spend';
COMMENT ON COLUMN crm.prediction.next_order_date IS
	'the day by which half of such customers have ordered again: crm.next_order_date; NULL where that is never so, and '
	'where it was not asked for';
COMMENT ON COLUMN crm.prediction.orders_lower IS
	'fewer orders than this come with a probability of at most 2.5 %; NULL for life, and unless intervals are asked for';
COMMENT ON COLUMN crm.prediction.orders_upper IS
	'more orders than this come with a probability of at most 2.5 %; NULL for life, and unless intervals are asked for';
COMMENT ON COLUMN crm.prediction.clv_lower IS
	'the orders to come bring less than this with a probability of at most 2.5 %; money, discounted, times the margin; '
	'NULL as orders_lower, and without spend';
COMMENT ON COLUMN crm.prediction.clv_upper IS
	'the orders to come bring more than this with a probability of 2.5 %; as clv_lower';
COMMENT ON COLUMN crm.prediction.expected_orders_lower IS
	'lower end of the 95 % interval of expected_orders, for the parameters are estimates; NULL where they were given';
COMMENT ON COLUMN crm.prediction.expected_orders_upper IS
	'upper end of the 95 % interval of expected_orders';
COMMENT ON COLUMN crm.prediction.expected_clv_lower IS
	'lower end of the 95 % interval of clv as an expectation; NULL where parameters were given';
COMMENT ON COLUMN crm.prediction.expected_clv_upper IS
	'upper end of the 95 % interval of clv as an expectation; NULL too where it has none';

CREATE FUNCTION crm.predict(
	model crm.clv_model, history crm.history, as_of date,
	days integer DEFAULT 365, discount double precision DEFAULT 0.10, margin double precision DEFAULT 1,
	next_order boolean DEFAULT true, intervals boolean DEFAULT false
) RETURNS crm.prediction
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 16
	AS 'MODULE_PATHNAME', 'clv_predict';
COMMENT ON FUNCTION crm.predict(
	crm.clv_model, crm.history, date, integer, double precision, double precision, boolean, boolean
) IS
	'all that a model says about a customer in one row, each column what the function of its name says, to the last '
	'bit. days: the horizon, for life if NULL: then there is no churn_probability and no expected_orders; margin (above '
	'0) multiplies clv, so that it can be profit; next_order => false leaves out the date, and its cost. A model that '
	'cannot tell spend gives NULL for expected_spend and clv. NULL before the first purchase and where another argument '
	'is NULL; an unusable model, an infinite as_of, a negative horizon, a discount or a margin out of range, and no end '
	'without a discount where the sum is infinite, are errors. Fast as SELECT (p).* FROM (SELECT predict(...) AS p FROM '
	'... OFFSET 0) AS q; (predict(...)).* computes it once a column';

-- ---------------------------------------------------------------- of a history

CREATE FUNCTION crm.p_alive(model crm.clv_model, history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'clv_p_alive';
COMMENT ON FUNCTION crm.p_alive(crm.clv_model, crm.history, date) IS
	'probability that the customer still is one at the end of as_of. NULL for NULL and before the first purchase; an '
	'unusable model and an infinite as_of are errors';

CREATE FUNCTION crm.churn_probability(
	model crm.clv_model, history crm.history, as_of date, days integer
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.churn_probability(crm.clv_model, crm.history, date, integer) IS
	'probability of no order in the `days` days after as_of: gone, or just slow. NULL for NULL and before the first '
	'purchase; a negative horizon and an unusable model are errors';

CREATE FUNCTION crm.order_probability(
	model crm.clv_model, history crm.history, as_of date, days integer, n bigint
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.order_probability(crm.clv_model, crm.history, date, integer, bigint) IS
	'probability of exactly n orders (purchase days) in the `days` days after as_of. NULL for NULL and before the '
	'first purchase; n < 0, a negative horizon and an unusable model are errors';

CREATE FUNCTION crm.expected_orders(
	model crm.clv_model, history crm.history, as_of date, days integer
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.expected_orders(crm.clv_model, crm.history, date, integer) IS
	'expected number of orders (purchase days) in the `days` days after as_of. NULL for NULL and before the first '
	'purchase; an unusable model and a negative horizon are errors';

CREATE FUNCTION crm.expected_spend(model crm.clv_model, history crm.history, as_of date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'clv_expected_spend';
COMMENT ON FUNCTION crm.expected_spend(crm.clv_model, crm.history, date) IS
	'expected spend on a future purchase day, in the money of the data, never negative: between the customer''s own '
	'mean and everybody''s (Fader and Hardie 2013); a net mean below zero counts as zero. NULL for NULL and before '
	'the first purchase; a model without spend (clv_has_spend) is an error';

CREATE FUNCTION crm.clv(
	model crm.clv_model, history crm.history, as_of date,
	days integer DEFAULT 365, discount double precision DEFAULT 0.10
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.clv(crm.clv_model, crm.history, date, integer, double precision) IS
	'value of a customer in the `days` days after as_of, for life if days is NULL: the expected revenue of the orders '
	'to come, past revenue not included, each order discounted to as_of by (1 + discount)^(-days until it / 365). '
	'Multiply by your margin for profit. NULL before the first purchase and where another argument is NULL; a model '
	'without spend, a negative horizon or discount, and no end without a discount where the sum is infinite, are '
	'errors';

CREATE FUNCTION crm.next_order_date(
	model crm.clv_model, history crm.history, as_of date, probability double precision DEFAULT 0.5
) RETURNS date
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_date';
COMMENT ON FUNCTION crm.next_order_date(crm.clv_model, crm.history, date, double precision) IS
	'the first day by whose end the customer has ordered again with this probability (0.5: the median). NULL where it '
	'is never reached, as with a customer who will more likely than not never order again, and NULL for NULL and '
	'before the first purchase; a probability that is not between 0 and 1 and an unusable model are errors';

-- ---------------------------------------------------------------- of numbers

CREATE FUNCTION crm.btyd_p_alive(
	model crm.clv_model, x bigint, t_x double precision, t double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'clv_p_alive';
COMMENT ON FUNCTION crm.btyd_p_alive(crm.clv_model, bigint, double precision, double precision) IS
	'probability that a customer with x repeat orders, the last at t_x, still is one at t; times in the model''s '
	'unit, from the first order. NULL for NULL; an unusable model, x < 0, t_x > t and NaN are errors';

CREATE FUNCTION crm.btyd_churn_probability(
	model crm.clv_model, x bigint, t_x double precision, t double precision, days integer
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.btyd_churn_probability(
	crm.clv_model, bigint, double precision, double precision, integer
) IS
	'probability of no order in the `days` days after t; x, t_x, t as in btyd_p_alive, else as churn_probability';

CREATE FUNCTION crm.btyd_order_probability(
	model crm.clv_model, x bigint, t_x double precision, t double precision, days integer, n bigint
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.btyd_order_probability(
	crm.clv_model, bigint, double precision, double precision, integer, bigint
) IS
	'probability of exactly n orders in the `days` days after t; x, t_x, t as in btyd_p_alive, else as '
	'order_probability';

CREATE FUNCTION crm.btyd_expected_orders(
	model crm.clv_model, x bigint, t_x double precision, t double precision, days integer
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.btyd_expected_orders(
	crm.clv_model, bigint, double precision, double precision, integer
) IS
	'expected number of orders in the `days` days after t; x, t_x, t as in btyd_p_alive, else as expected_orders';

CREATE FUNCTION crm.btyd_expected_spend(
	model crm.clv_model, x bigint, m_x double precision
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4
	AS 'MODULE_PATHNAME', 'clv_expected_spend_numbers';
COMMENT ON FUNCTION crm.btyd_expected_spend(crm.clv_model, bigint, double precision) IS
	'expected spend on a future purchase day of a customer with mean spend m_x over x repeat purchase days; m_x has '
	'no meaning, and may be NULL, where x = 0. NULL for NULL otherwise; x < 0, NaN and a model without spend are '
	'errors';

CREATE FUNCTION crm.btyd_clv(
	model crm.clv_model, x bigint, t_x double precision, t double precision, m_x double precision,
	days integer DEFAULT 365, discount double precision DEFAULT 0.10
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.btyd_clv(
	crm.clv_model, bigint, double precision, double precision, double precision, integer, double precision
) IS
	'value of a customer in the `days` days after t, for life if days is NULL; x, t_x, t as in btyd_p_alive, m_x as '
	'in btyd_expected_spend, else as clv';

CREATE FUNCTION crm.btyd_next_order_days(
	model crm.clv_model, x bigint, t_x double precision, t double precision,
	probability double precision DEFAULT 0.5
) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_days';
COMMENT ON FUNCTION crm.btyd_next_order_days(
	crm.clv_model, bigint, double precision, double precision, double precision
) IS
	'whole days after t within which the customer orders again with this probability, rounded up: next_order_date is '
	'so many days after as_of; x, t_x, t as in btyd_p_alive. NULL where it is never reached, and for NULL';

-- ---------------------------------------------------------------- of a new customer

CREATE FUNCTION crm.new_customer_churn_probability(model crm.clv_model, days integer) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_churn_probability';
COMMENT ON FUNCTION crm.new_customer_churn_probability(crm.clv_model, integer) IS
	'probability that a new customer makes no repeat order in the `days` days after the first. NULL for NULL; errors '
	'as in churn_probability';

CREATE FUNCTION crm.new_customer_order_probability(
	model crm.clv_model, days integer, n bigint
) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 30
	AS 'MODULE_PATHNAME', 'clv_order_probability';
COMMENT ON FUNCTION crm.new_customer_order_probability(crm.clv_model, integer, bigint) IS
	'probability that a new customer makes exactly n repeat orders in the `days` days after the first. NULL for NULL; '
	'errors as in order_probability';

CREATE FUNCTION crm.new_customer_expected_orders(model crm.clv_model, days integer) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_expected_orders';
COMMENT ON FUNCTION crm.new_customer_expected_orders(crm.clv_model, integer) IS
	'expected number of repeat orders of a new customer in the `days` days after the first order. NULL for NULL; '
	'errors as in expected_orders';

CREATE FUNCTION crm.new_customer_expected_spend(model crm.clv_model) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 6
	AS 'MODULE_PATHNAME', 'clv_expected_spend';
COMMENT ON FUNCTION crm.new_customer_expected_spend(crm.clv_model) IS
	'expected spend of a new customer on a purchase day. NULL for NULL; a model without spend is an error';

CREATE FUNCTION crm.new_customer_clv(
	model crm.clv_model, days integer DEFAULT 365, discount double precision DEFAULT 0.10
) RETURNS double precision
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 12
	AS 'MODULE_PATHNAME', 'clv_value';
COMMENT ON FUNCTION crm.new_customer_clv(crm.clv_model, integer, double precision) IS
	'value of a new customer in the `days` days after the first order, for life if days is NULL: repeat orders only, '
	'add new_customer_expected_spend(model) for the first. Discount and errors as in clv';

CREATE FUNCTION crm.new_customer_next_order_days(
	model crm.clv_model, probability double precision DEFAULT 0.5
) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 150
	AS 'MODULE_PATHNAME', 'clv_next_order_days';
COMMENT ON FUNCTION crm.new_customer_next_order_days(crm.clv_model, double precision) IS
	'whole days after the first order within which a new customer orders again with this probability, rounded up. '
	'NULL where it is never reached, and for NULL';

-- ---------------------------------------------------------------- of a group

CREATE TYPE crm.prediction_total AS (
	customers bigint,
	expected_orders double precision,
	orders_lower bigint,
	orders_upper bigint,
	clv double precision,
	clv_lower double precision,
	clv_upper double precision
);
COMMENT ON TYPE crm.prediction_total IS
	'what a model says about a group of customers: made by crm.predict_total';
COMMENT ON COLUMN crm.prediction_total.customers IS
	'customers that were counted: those with a purchase by as_of';
COMMENT ON COLUMN crm.prediction_total.expected_orders IS
	'expected orders (purchase days) of all within the horizon';
COMMENT ON COLUMN crm.prediction_total.orders_lower IS
	'lower end of the 95 % interval of the orders that will come';
COMMENT ON COLUMN crm.prediction_total.orders_upper IS
	'upper end of the 95 % interval of the orders that will come';
COMMENT ON COLUMN crm.prediction_total.clv IS
	'value of all within the horizon, times the margin; NULL where the model cannot tell spend';
COMMENT ON COLUMN crm.prediction_total.clv_lower IS
	'lower end of the 95 % interval of the money that will come, discounted, times the margin';
COMMENT ON COLUMN crm.prediction_total.clv_upper IS
	'upper end of the 95 % interval of the money that will come, discounted, times the margin';

CREATE FUNCTION crm._predict_total_add(
	bytea, crm.clv_model, crm.history, date, integer, double precision, double precision
) RETURNS bytea
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 60
	AS 'MODULE_PATHNAME', 'clv_total_add';
COMMENT ON FUNCTION crm._predict_total_add(
	bytea, crm.clv_model, crm.history, date, integer, double precision, double precision
) IS
	'adds a customer to a state of predict_total; works only inside an aggregate';

CREATE FUNCTION crm._predict_total_combine(bytea, bytea) RETURNS bytea
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'clv_total_combine';
COMMENT ON FUNCTION crm._predict_total_combine(bytea, bytea) IS
	'adds two states of predict_total; works only inside an aggregate';

CREATE FUNCTION crm._predict_total_final(bytea) RETURNS crm.prediction_total
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'clv_total_final';
COMMENT ON FUNCTION crm._predict_total_final(bytea) IS
	'the row of a state of predict_total';

CREATE AGGREGATE crm.predict_total(
	model crm.clv_model, history crm.history, as_of date,
	days integer, discount double precision, margin double precision
) (
	SFUNC = crm._predict_total_add,
	STYPE = bytea,
	SSPACE = 600,
	FINALFUNC = crm._predict_total_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = crm._predict_total_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.predict_total(
	crm.clv_model, crm.history, date, integer, double precision, double precision
) IS
	'orders and money that all customers of a group together will make in the `days` days after as_of, with 95 % '
	'intervals of what will come: customers act apart, and the uncertainty of the parameters moves all together. '
	'Arguments as in predict. Rows with a NULL model, history or as_of, and histories before the first purchase, are not '
	'counted; a NULL among the others, different models, horizons, discounts or margins in one group are errors';
