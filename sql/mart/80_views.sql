-- The views that people and their tools read: plain columns, each with a comment. The definitions are in
-- 81 to 84; here is what they share.
--
-- Every view reads the facts live (customer_history: what is in the queue counts too) and judgements from
-- the newest snapshot of crm.refresh. "Today" is the day that it is now in the mart's zone; it is read
-- from the settings inside the view, so that readers need no right on any function of the mart.

-- What a view is made of. In the definition, @mart@ stands for the schema, @equals@ for the equality of
-- customer keys, @settings@ for the settings and today, @newest@ for the day of the newest snapshot.
-- Replaced in place if the columns are what they were, or came at the end: then views that users built on
-- it stay. Otherwise it is dropped and made anew, for the same readers.
CREATE FUNCTION crm.mart_create_view(mart text, name text, definition text, comments text[]) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_equals text;
	_full text[] := ARRAY[name, comments[1]];
	_readers text;
BEGIN
	SELECT crm.mart_equals(a.atttypid) INTO STRICT _equals
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = mart AND c.relname = 'history' AND a.attname = 'customer_id';
	-- LIMIT 1 because the planner does not know that there is one row; and so today is computed once.
	definition := replace(definition, '@settings@', '(SELECT *, (now() AT TIME ZONE zone)::date AS today FROM @mart@.settings LIMIT 1)');
	definition := replace(definition, '@newest@', '(SELECT max(as_of) FROM @mart@.snapshot)');
	definition := replace(replace(definition, '@equals@', _equals), '@mart@', quote_ident(mart));
	BEGIN
		EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS %s', mart, name, definition);
	EXCEPTION WHEN invalid_table_definition THEN
		SELECT string_agg(format('GRANT SELECT ON %I.%I TO %s', mart, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END), '; ') INTO _readers
		FROM pg_class c CROSS JOIN aclexplode(c.relacl) AS a
		WHERE c.oid = format('%I.%I', mart, name)::regclass AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner;
		EXECUTE format('DROP VIEW %I.%I', mart, name);
		EXECUTE format('CREATE VIEW %I.%I AS %s', mart, name, definition);
		EXECUTE coalesce(_readers, 'SELECT');
	END;
	FOR i IN 2 .. cardinality(comments) BY 2 LOOP
		_full := _full || format('%s.%s', name, comments[i]) || comments[i + 1];
	END LOOP;
	PERFORM crm.mart_comment(mart, _full);
END
$$;
COMMENT ON FUNCTION crm.mart_create_view(text, text, text, text[]) IS
	'creates or replaces a view of a mart; comments: that of the view, then column, comment, column, comment ...';

-- The views, in the order in which they build on each other.
CREATE FUNCTION crm.mart_views() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$ SELECT ARRAY['customer_360', 'segment_summary', 'rfm_heatmap', 'tier_summary', 'tier_migration', 'cohort_retention', 'revenue_concentration',
	                   'churn_watchlist', 'win_back', 'at_risk_of_downgrade', 'data_quality'] $$;
COMMENT ON FUNCTION crm.mart_views() IS
	'the names of the views of a mart that are made for people and their tools';

CREATE FUNCTION crm.mart_create_views(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM crm.mart_create_customer_views(mart);
	PERFORM crm.mart_create_summary_views(mart);
	PERFORM crm.mart_create_list_views(mart);
	PERFORM crm.mart_create_quality_view(mart);
END
$$;
COMMENT ON FUNCTION crm.mart_create_views(text) IS
	'makes the views of a mart, or makes them anew; called with the first source and by upgrade_mart';

CREATE FUNCTION crm.mart_drop_views(mart text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_views text;
BEGIN
	-- All at once: they may build on each other.
	SELECT string_agg(format('%I.%I', mart, v), ', ') INTO _views
	FROM unnest(crm.mart_views()) AS v WHERE to_regclass(format('%I.%I', mart, v)) IS NOT NULL;
	IF _views IS NOT NULL THEN
		EXECUTE 'DROP VIEW ' || _views;
	END IF;
END
$$;
COMMENT ON FUNCTION crm.mart_drop_views(text) IS
	'drops the views that mart_create_views made; an error if something else depends on them';
