-- clv: from data to a model.

CREATE FUNCTION crm.clv_processes()
	RETURNS TABLE (process text, title text, parameters text, paper text)
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3
	AS 'MODULE_PATHNAME', 'clv_processes';
COMMENT ON FUNCTION crm.clv_processes() IS
	'the processes that crm.clv_fit knows, the default first, with their parameters in order';

CREATE FUNCTION crm.clv_fit(
	data crm.btyd_data, process text DEFAULT 'mbgnbd', spend boolean DEFAULT true
) RETURNS crm.clv_model
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000000
	AS 'MODULE_PATHNAME', 'clv_fit';
COMMENT ON FUNCTION crm.clv_fit(crm.btyd_data, text, boolean) IS
	'fits a process (crm.clv_processes) by maximum likelihood, and unless spend is false the Gamma-Gamma spend model '
	'(Fader and Hardie 2013) where the data hold money. Never an error for what the data are: a fit that found no '
	'maximum says so in its status, see crm.clv_is_usable and crm.clv_diagnostics. NULL for NULL; an unknown process '
	'is an error. Time is proportional to the number of distinct rows; can be cancelled';

CREATE FUNCTION crm.clv_compare(data crm.btyd_data)
	RETURNS TABLE (
		process text, status text, log_likelihood double precision, aic double precision,
		bic double precision, message text, model crm.clv_model
	)
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 3000000 ROWS 3 SET search_path = pg_catalog, pg_temp
	AS $$
		SELECT p.process, d.status, d.log_likelihood, d.aic, d.bic, d.message, f.model
		FROM crm.clv_processes() AS p,
			LATERAL (SELECT crm.clv_fit($1, p.process, false) AS model OFFSET 0) AS f,
			LATERAL crm.clv_diagnostics(f.model) AS d
		ORDER BY d.aic
	$$;
COMMENT ON FUNCTION crm.clv_compare(crm.btyd_data) IS
	'every process fitted to the data, without spend, the best by AIC first; no row for NULL';
