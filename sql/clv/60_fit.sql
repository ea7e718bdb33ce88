-- clv: from data to a model.

CREATE FUNCTION crm.clv_processes()
	RETURNS TABLE (process text, title text, parameters text, paper text)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3
	AS 'MODULE_PATHNAME', 'clv_processes';
COMMENT ON FUNCTION crm.clv_processes() IS
	'the processes that crm.clv_fit knows, the default first, with their parameters in order';

CREATE FUNCTION crm.clv_fit(
	data crm.btyd_data, process text DEFAULT 'auto', spend boolean DEFAULT true, regularity integer DEFAULT NULL,
	season crm.season DEFAULT NULL, prior boolean DEFAULT false
) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000000
	AS 'MODULE_PATHNAME', 'clv_fit';
COMMENT ON FUNCTION crm.clv_fit(crm.btyd_data, text, boolean, integer, crm.season, boolean) IS
	'fits a process (crm.clv_processes) by maximum likelihood: auto is the best usable one by AIC, of all processes '
	'with regularity 1 to 3 (of the one given, where it is not NULL); a named process has regularity 1 unless another '
	'is given. Unless spend is false also the Gamma-Gamma spend model (Fader and Hardie 2013) where the data hold '
	'money. In a season days run as its clock does, and so do predictions; without one auto looks for it '
	'(crm.clv_season), after the process has been chosen, and a named process has none; ''flat'' forbids it. Data of '
	'numbers are taken to be by the clock of a season that is given (crm.season_btyd); to fit data of several days in '
	'one is an error. prior adds a weak one, for fewer than 400 customers. Else what the data are is no error: a fit '
	'that is not usable says what is missing, see crm.clv_is_usable and crm.clv_diagnostics, which also says why auto chose as '
	'it did. NULL for NULL; an unknown process, or a regularity that it has not, is an error. Time is proportional to '
	'the number of distinct rows; can be cancelled';

CREATE FUNCTION crm.clv_compare(data crm.btyd_data)
	RETURNS TABLE (
		process text, regularity integer, usable boolean, identified boolean, status text,
		log_likelihood double precision, aic double precision, bic double precision, message text, model crm.clv_model
	)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 3000000 ROWS 10
	AS 'MODULE_PATHNAME', 'clv_compare';
COMMENT ON FUNCTION crm.clv_compare(crm.btyd_data) IS
	'the candidates of an automatic fit, each fitted to all the data, without spend: usable ones first, then the best '
	'by AIC. Those of regularity 2 and 3 are left out where the data have no gaps, or more than 15 % of one day; no '
	'row for NULL';

CREATE FUNCTION crm.log_likelihood(model crm.clv_model, data crm.btyd_data) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10000
	AS 'MODULE_PATHNAME', 'clv_log_likelihood';
COMMENT ON FUNCTION crm.log_likelihood(crm.clv_model, crm.btyd_data) IS
	'log-likelihood of the customers'' orders at the parameters of a model, of any data in its unit of time: how well '
	'it foretells them; in calendar time, so that models in different seasons compare. NULL for NULL, and for a model '
	'of regularity 2 or 3 where the data have no gaps, or in a season; errors: '
	'another unit of time, a model that is not usable';
