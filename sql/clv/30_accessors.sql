-- clv: what data and models say.

CREATE FUNCTION crm.btyd_summary(
	data crm.btyd_data,
	OUT unit_days double precision, OUT as_of date, OUT customers bigint, OUT there_at_start bigint,
	OUT distinct_rows bigint, OUT distinct_spend_rows bigint, OUT one_day_gap_share double precision,
	OUT no_purchase bigint, OUT invalid bigint, OUT nulls bigint, OUT merged_orders bigint, OUT no_spend bigint
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'btyd_data_summary';
COMMENT ON FUNCTION crm.btyd_summary(crm.btyd_data) IS
	'what the data hold: days in a unit of time; the day on which customers were counted, NULL if there is no one day; '
	'customers, of these those observed for the longest time of any, who were there when the data begin; distinct '
	'rows of customers and of spend; share of the gaps between purchase days that are of one day (0 to 1, NULL '
	'without gaps); and what was left out: customers without a purchase yet, with a day of negative orders, rows '
	'with NULL; orders beyond the first of a customer''s day, merged; repeat customers without positive spend, left '
	'out of the spend model';

CREATE FUNCTION crm.btyd_rows(data crm.btyd_data)
	RETURNS TABLE (x bigint, t_x double precision, t double precision, customers bigint)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000
	AS 'MODULE_PATHNAME', 'btyd_data_rows';
COMMENT ON FUNCTION crm.btyd_rows(crm.btyd_data) IS
	'the distinct (x, t_x, t) with the number of customers, in order; times in the unit of the data';

CREATE FUNCTION crm.btyd_spend_rows(data crm.btyd_data)
	RETURNS TABLE (x bigint, m_x double precision, customers bigint)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000
	AS 'MODULE_PATHNAME', 'btyd_data_spend_rows';
COMMENT ON FUNCTION crm.btyd_spend_rows(crm.btyd_data) IS
	'the distinct (x, m_x) of customers with repeat orders and positive mean spend, with the number of customers, in '
	'order';

CREATE FUNCTION crm.btyd_day_rows(data crm.btyd_data)
	RETURNS TABLE (day date, purchases bigint)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 500
	AS 'MODULE_PATHNAME', 'btyd_data_day_rows';
COMMENT ON FUNCTION crm.btyd_day_rows(crm.btyd_data) IS
	'the days on which customers bought who had bought before, with the number of such customers, in order; none for '
	'customers from ready numbers';

CREATE FUNCTION crm.btyd_gap_rows(data crm.btyd_data)
	RETURNS TABLE (days integer, gaps bigint)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 200
	AS 'MODULE_PATHNAME', 'btyd_data_gap_rows';
COMMENT ON FUNCTION crm.btyd_gap_rows(crm.btyd_data) IS
	'the lengths in days of the gaps from one purchase day of a customer to the next, with their number, in order; '
	'none for customers from ready numbers';

CREATE FUNCTION crm.clv_is_usable(model crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_is_usable';
COMMENT ON FUNCTION crm.clv_is_usable(crm.clv_model) IS
	'true if the model can predict orders: its fit converged, or its parameters were given. Predictions with another '
	'model are errors';

CREATE FUNCTION crm.clv_has_spend(model crm.clv_model) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'clv_has_spend';
COMMENT ON FUNCTION crm.clv_has_spend(crm.clv_model) IS
	'true if the model can predict money too: it is usable and its spend model was fitted, or given, and has a mean. '
	'Otherwise expected_spend and clv are errors';

CREATE FUNCTION crm.clv_parameters(model crm.clv_model)
	RETURNS TABLE (
		part text, name text, estimate double precision, standard_error double precision,
		lower double precision, upper double precision, meaning text
	)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 7
	AS 'MODULE_PATHNAME', 'clv_parameters';
COMMENT ON FUNCTION crm.clv_parameters(crm.clv_model) IS
	'the parameters of a model: estimate, standard error (from the Hessian of the log-likelihood), 95 % interval '
	'(symmetric in the logarithm, hence positive), in the model''s unit of time and of money. Errors and intervals '
	'are NULL for given parameters and where the fit did not converge';

CREATE FUNCTION crm.clv_diagnostics(
	model crm.clv_model,
	OUT process text, OUT unit_days double precision, OUT status text, OUT message text,
	OUT log_likelihood double precision, OUT aic double precision, OUT bic double precision, OUT customers bigint,
	OUT distinct_rows bigint, OUT iterations bigint, OUT skipped_no_purchase bigint, OUT skipped_invalid bigint,
	OUT skipped_null bigint, OUT merged_orders bigint, OUT spend_status text, OUT spend_message text,
	OUT spend_log_likelihood double precision, OUT spend_aic double precision, OUT spend_bic double precision,
	OUT spend_customers bigint, OUT spend_distinct_rows bigint, OUT spend_iterations bigint, OUT spend_skipped bigint,
	OUT spend_correlation double precision, OUT warning text
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'clv_diagnostics';
COMMENT ON FUNCTION crm.clv_diagnostics(crm.clv_model) IS
	'how the fit went, one row: status and its meaning, log-likelihood, AIC and BIC (lower is better; compare '
	'processes on the same data only), customers and distinct rows used, iterations, rows left out by reason, orders '
	'of one day that were merged; the same for the spend model, with repeat customers left out because they spent '
	'nothing, and the correlation of mean spend and number of repeat orders, which the spend model assumes to be '
	'none; warning: a sentence where something needs attention, else NULL. NULL in all spend columns without a spend '
	'model';
