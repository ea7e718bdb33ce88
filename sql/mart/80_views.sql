-- The views that people and their tools read.

CREATE FUNCTION crm.mart_create_views(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	NULL;
END
$$;
COMMENT ON FUNCTION crm.mart_create_views(text) IS
	'makes the views of a mart; called with the first source and by upgrade_mart';

CREATE FUNCTION crm.mart_drop_views(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	NULL;
END
$$;
COMMENT ON FUNCTION crm.mart_drop_views(text) IS
	'drops the views that mart_create_views made; an error if something else depends on them';
