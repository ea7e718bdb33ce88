-- clv: what a model says would happen.

CREATE FUNCTION crm.clv_simulate(
	model crm.clv_model, customers bigint, since date, until date, seed bigint DEFAULT 1, won_until date DEFAULT NULL
)
	RETURNS TABLE (customer bigint, at timestamp, amount numeric)
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 ROWS 1000000
	AS 'MODULE_PATHNAME', 'clv_simulate';
COMMENT ON FUNCTION crm.clv_simulate(crm.clv_model, bigint, date, date, bigint, date) IS
	'orders of customers 1 to `customers` drawn from the model, a row an order, customer by customer in order of '
	'time: first orders evenly from since to won_until (NULL: until), repeat orders to until, all days included; '
	'amount from the spend model, to the cent, 0.00 if there is none. The same seed gives the same rows, also for '
	'each of fewer or more customers. No row for NULL; an unusable model, one whose spend was fitted and is not '
	'usable, and dates out of order are errors';
