-- Tiers.
CREATE FUNCTION crm.mart_place_tiers(mart text, why text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$ BEGIN NULL; END $$;
COMMENT ON FUNCTION crm.mart_place_tiers(text, text) IS 'x';
CREATE FUNCTION crm.mart_generate_upgrade(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$ BEGIN NULL; END $$;
COMMENT ON FUNCTION crm.mart_generate_upgrade(text) IS 'x';
