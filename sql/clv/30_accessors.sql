-- clv: what data and models say.

CREATE FUNCTION crm.season_factors(season crm.season)
	RETURNS TABLE (bin integer, label text, first_day text, factor double precision)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 12
	AS 'MODULE_PATHNAME', 'season_factors';
COMMENT ON FUNCTION crm.season_factors(crm.season) IS
	'the months or weeks of a season as rows: number from 1, label (December, week 49), first day as month-day in a '
	'year without a leap day, and factor, how many times as fast as on a mean day orders come: above 0, of mean 1 '
	'over the days of the calendar. No row for a flat season and for NULL';

CREATE FUNCTION crm.season_factor(season crm.season, day date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'season_factor';
COMMENT ON FUNCTION crm.season_factor(crm.season, date) IS
	'how many times as fast as on a mean day orders come on this one, see crm.season_factors; 1 for a flat season; '
	'NULL for NULL; an infinite day is an error';

CREATE FUNCTION crm.season_time(season crm.season, since date, until date) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'season_time';
COMMENT ON FUNCTION crm.season_time(crm.season, date, date) IS
	'the time from the end of one day to the end of another as the season''s clock measures it, in mean days: the sum '
	'of crm.season_factor over the days after since up to until, negative if until is earlier; the number of days for '
	'a flat season; NULL for NULL; an infinite day is an error';

CREATE FUNCTION crm.season_btyd(
	season crm.season, history crm.history, as_of date, unit_days double precision DEFAULT 7,
	OUT x bigint, OUT t_x double precision, OUT t double precision, OUT m_x double precision
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 8
	AS 'MODULE_PATHNAME', 'season_btyd';
COMMENT ON FUNCTION crm.season_btyd(crm.season, crm.history, date, double precision) IS
	'crm.btyd with times measured by the season''s clock (crm.season_time), in units of unit_days of its days: what '
	'the functions btyd_... expect of plain numbers when the model has this season. All NULL before the first '
	'purchase; NULL for NULL; an infinite as_of is an error';

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
	'true if the model can predict orders: its fit reached a maximum of the likelihood, whether or not the data '
	'determine every parameter, or its parameters were given. Predictions with another model are errors';

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
	'are NULL for given parameters, for those that the data do not determine, and where the fit did not converge';

CREATE FUNCTION crm.clv_diagnostics(
	model crm.clv_model,
	OUT process text, OUT regularity integer, OUT unit_days double precision, OUT status text, OUT identified boolean,
	OUT message text, OUT log_likelihood double precision, OUT aic double precision, OUT bic double precision,
	OUT customers bigint, OUT distinct_rows bigint, OUT iterations bigint, OUT why text, OUT candidates integer,
	OUT runner_up text, OUT runner_up_regularity integer, OUT aic_ahead double precision, OUT season crm.season,
	OUT season_why text, OUT season_gain double precision, OUT prior boolean, OUT there_at_start bigint,
	OUT skipped_no_purchase bigint, OUT skipped_invalid bigint, OUT skipped_null bigint, OUT merged_orders bigint,
	OUT spend_status text, OUT spend_identified boolean, OUT spend_message text,
	OUT spend_log_likelihood double precision, OUT spend_aic double precision, OUT spend_bic double precision,
	OUT spend_customers bigint, OUT spend_distinct_rows bigint, OUT spend_iterations bigint, OUT spend_skipped bigint,
	OUT spend_correlation double precision, OUT spend_rank_correlation double precision,
	OUT spend_log_correlation double precision, OUT warning text
) RETURNS record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
	AS 'MODULE_PATHNAME', 'clv_diagnostics';
COMMENT ON FUNCTION crm.clv_diagnostics(crm.clv_model) IS
	'how the fit went, one row: process and regularity; status, whether the data determine every parameter '
	'(identified), and both in words, with the model of its own that the fit came to, or what is missing for one; '
	'log-likelihood, AIC and BIC (lower is better; compare on the same data only; in calendar time also in a season, '
	'but NULL in one with a regularity above 1), customers and distinct rows used, '
	'iterations; why this process was chosen, among how many, the runner-up and how much larger its AIC is (NULL '
	'unless the process was auto); the season, why it is used or why there is none (NULL if nobody asked), and its '
	'gain as in crm.season_report; whether a weak prior was used; customers of the first day of the data, who were '
	'there before; rows left out by reason, orders of one day that were merged; the same for the spend model, with '
	'repeat customers left out because they spent nothing, and the correlation of mean spend and number of repeat '
	'orders, as numbers, by ranks and of logarithms, which the spend model assumes to be none; warning: sentences '
	'where something needs attention, else NULL. NULL in all spend columns without a spend model';
