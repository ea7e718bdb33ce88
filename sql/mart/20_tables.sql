-- A new mart, and its tables.

CREATE FUNCTION crm.create_mart(mart text, zone text, currency text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF mart IS NULL OR mart = '' OR octet_length(mart) > 40 THEN
		RAISE EXCEPTION USING MESSAGE = 'the name of a mart has 1 to 40 bytes', ERRCODE = 'invalid_parameter_value';
	ELSIF mart ~ '^pg_' OR mart IN ('crm', 'information_schema') THEN
		RAISE EXCEPTION USING MESSAGE = format('a mart cannot be named %s', quote_ident(mart)),
			DETAIL = 'The name is reserved.',
			ERRCODE = 'reserved_name';
	ELSIF EXISTS (SELECT FROM pg_namespace WHERE nspname = mart) THEN
		RAISE EXCEPTION USING MESSAGE = format('there is already a schema named %s', quote_ident(mart)),
			HINT = 'A mart makes its own schema: give another name.',
			ERRCODE = 'duplicate_schema';
	ELSIF zone IS NULL OR NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = zone) THEN
		RAISE EXCEPTION USING MESSAGE = format('unknown time zone %s', coalesce(quote_literal(zone), 'NULL')),
			HINT = 'Give a full name such as Europe/London: the view pg_timezone_names lists them.',
			ERRCODE = 'invalid_parameter_value';
	ELSIF currency = '' THEN
		RAISE EXCEPTION USING MESSAGE = 'the currency is empty',
			HINT = 'Leave it out, or give a code such as EUR.',
			ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE format('CREATE SCHEMA %I', mart);
	EXECUTE format('COMMENT ON SCHEMA %I IS %L', mart, 'customer mart kept by crm: see doc/mart.md; crm.drop_mart() removes it');
	EXECUTE format($sql$
		CREATE TABLE %1$I.settings (
			mart_version integer NOT NULL,
			zone text NOT NULL,
			currency text,
			customer_type text,
			created_at timestamptz NOT NULL DEFAULT now(),
			ladder crm.tier_ladder,
			tier_measure text NOT NULL DEFAULT 'revenue' CHECK (tier_measure IN ('revenue', 'orders', 'predicted')),
			tier_window_days integer DEFAULT 365 CHECK (tier_window_days > 0),
			tier_calendar_year boolean NOT NULL DEFAULT false,
			tier_grace_days integer NOT NULL DEFAULT 0 CHECK (tier_grace_days >= 0),
			tier_step text NOT NULL DEFAULT 'one' CHECK (tier_step IN ('one', 'all')),
			scheme crm.scheme NOT NULL DEFAULT 'cells11',
			rfm_levels integer NOT NULL DEFAULT 5 CHECK (rfm_levels BETWEEN 2 AND 5),
			rfm_cuts crm.rfm_cuts,
			process text DEFAULT 'auto',
			horizon_days integer NOT NULL DEFAULT 365 CHECK (horizon_days > 0),
			churn_days integer NOT NULL DEFAULT 90 CHECK (churn_days > 0),
			discount double precision NOT NULL DEFAULT 0.1 CHECK (discount >= 0),
			refit_days integer NOT NULL DEFAULT 30 CHECK (refit_days >= 0),
			keep_snapshots integer NOT NULL DEFAULT 31 CHECK (keep_snapshots > 0)
		)$sql$, mart);
	EXECUTE format('CREATE UNIQUE INDEX settings_one_row ON %I.settings ((true))', mart);
	-- There is no key; without this, a publication of all tables would refuse its updates.
	EXECUTE format('ALTER TABLE %I.settings REPLICA IDENTITY FULL', mart);
	EXECUTE format($sql$
		CREATE TABLE %1$I.source (
			source_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			relation text NOT NULL,
			order_id text NOT NULL,
			customer_id text NOT NULL,
			at text NOT NULL,
			day text NOT NULL,
			amount text NOT NULL,
			condition text,
			orders text,
			refunds boolean NOT NULL,
			currency text,
			queued boolean NOT NULL,
			added_at timestamptz NOT NULL DEFAULT now()
		)$sql$, mart);
	EXECUTE format('INSERT INTO %I.settings (mart_version, zone, currency) VALUES ($1, $2, $3)', mart)
		USING crm.mart_current_version(), zone, currency;
	PERFORM crm.mart_comment(mart, ARRAY[
		'settings', 'the settings of the mart, one row; change them by crm.set_tiers, crm.set_segments and crm.set_model',
		'settings.mart_version', 'layout and generated code; see crm.upgrade_mart',
		'settings.zone', 'time zone in which days are counted',
		'settings.currency', 'the one currency of the mart; rows of another go to the quarantine',
		'settings.customer_type', 'type of customer_id, taken from the first source',
		'settings.created_at', 'when the mart was made',
		'settings.ladder', 'tiers and their thresholds; NULL: no tiers',
		'settings.tier_measure', 'what the thresholds are compared with: revenue, orders, or predicted value',
		'settings.tier_window_days', 'days looked back for the measure; NULL: the whole history',
		'settings.tier_calendar_year', 'true: the better of this calendar year and the last, instead of days',
		'settings.tier_grace_days', 'days that a customer keeps a tier after first being found below it',
		'settings.tier_step', 'a downgrade goes one tier down, or all the way',
		'settings.scheme', 'segments: a preset name or a scheme of one''s own',
		'settings.rfm_levels', 'number of score levels, 2 to 5',
		'settings.rfm_cuts', 'fixed thresholds between the scores; NULL: measured at each refresh',
		'settings.process', 'model of purchases: auto (the best usable one at each fit), or one of crm.clv_processes; NULL: no predictions',
		'settings.horizon_days', 'days ahead for expected orders and lifetime value',
		'settings.churn_days', 'churn is: no order within this many days',
		'settings.discount', 'discount per year for lifetime value, 0.1 is 10 %',
		'settings.refit_days', 'days after which refresh fits the model anew',
		'settings.keep_snapshots', 'number of dated snapshots that are kept in score',
		'source', 'the tables that feed the mart',
		'source.source_id', 'number of the source',
		'source.relation', 'the table, as it was called when it was added',
		'source.order_id', 'expression: what identifies an order',
		'source.customer_id', 'expression: the customer',
		'source.at', 'expression: when it was ordered',
		'source.day', 'expression: the day of the order in the zone of the mart',
		'source.amount', 'expression: the amount',
		'source.condition', 'expression: which rows count; NULL: all',
		'source.orders', 'expression: how many orders a row is; NULL: one, none for a negative amount',
		'source.refunds', 'true: amounts are taken off and rows are no orders',
		'source.currency', 'expression: the currency of a row; NULL: all rows have the mart''s',
		'source.queued', 'true: changes wait in queue until crm.drain',
		'source.added_at', 'when the source was added']);
END
$$;
COMMENT ON FUNCTION crm.create_mart(text, text, text) IS
	'makes a mart: a schema of that name, owned by the caller, in which days are counted in zone (a full time zone name) and money is in one currency (a code as the source writes it; needed only if sources have a currency column)';

CREATE FUNCTION crm.mart_comment(mart text, comments text[]) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	_name text;
	_relation text;
	_kind text;
BEGIN
	FOR i IN 1 .. cardinality(comments) BY 2 LOOP
		_name := comments[i];
		_relation := split_part(_name, '.', 1);
		IF position('.' IN _name) > 0 THEN
			EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', mart, _relation, substr(_name, length(_relation) + 2), comments[i + 1]);
		ELSE
			SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END INTO STRICT _kind
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = mart AND c.relname = _relation;
			EXECUTE format('COMMENT ON %s %I.%I IS %L', _kind, mart, _relation, comments[i + 1]);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.mart_comment(text, text[]) IS
	'sets comments in a mart: an array of name, comment, name, comment ...; a name is a table, a view, or table.column';

-- The tables that need to know the type of a customer's key: made with the first source.
CREATE FUNCTION crm.mart_create_tables(mart text, customer_type text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- Room on the pages: a chunk that grows stays on its page, also when one COPY touches most of them, and no
	-- index needs to hear of it.
	EXECUTE format($sql$
		CREATE TABLE %1$I.history (
			customer_id %2$s NOT NULL,
			year integer NOT NULL,
			source_id integer NOT NULL,
			history crm.history NOT NULL,
			PRIMARY KEY (customer_id, year, source_id)
		) WITH (fillfactor = 60);
		CREATE TABLE %1$I.queue (
			queue_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			source_id integer NOT NULL,
			customer_id %2$s NOT NULL,
			year integer NOT NULL,
			day date,
			history crm.history NOT NULL
		);
		CREATE TABLE %1$I.quarantine (
			source_id integer NOT NULL,
			order_id text NOT NULL,
			reason text NOT NULL,
			rows bigint NOT NULL,
			first_seen timestamptz NOT NULL DEFAULT now(),
			PRIMARY KEY (source_id, order_id, reason)
		);
		CREATE TYPE %1$I.entry AS (
			sign integer,
			order_id text,
			customer_id %2$s,
			day date,
			amount numeric,
			orders bigint,
			reason text
		);
		CREATE TABLE %1$I.customer (
			customer_id %2$s PRIMARY KEY,
			tier crm.tier,
			tier_since date,
			below_since date,
			override_until date,
			override_reason text
		) WITH (fillfactor = 80);
		CREATE TABLE %1$I.tier_history (
			tier_history_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			customer_id %2$s NOT NULL,
			as_of date NOT NULL,
			changed_at timestamptz NOT NULL DEFAULT now(),
			old_tier crm.tier,
			new_tier crm.tier,
			why text NOT NULL,
			figure numeric,
			threshold numeric
		);
		CREATE INDEX ON %1$I.tier_history (customer_id, as_of);
		CREATE TABLE %1$I.event (
			event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			created_at timestamptz NOT NULL DEFAULT now(),
			customer_id %2$s NOT NULL,
			kind text NOT NULL CHECK (kind IN ('tier', 'segment')),
			as_of date NOT NULL,
			old text,
			new text,
			why text NOT NULL,
			figure numeric,
			threshold numeric
		);
		CREATE TABLE %1$I.model (
			fitted_as_of date PRIMARY KEY,
			fitted_at timestamptz NOT NULL DEFAULT now(),
			process text NOT NULL,
			status text NOT NULL,
			why text,
			model crm.clv_model NOT NULL
		);
		CREATE TABLE %1$I.snapshot (
			as_of date PRIMARY KEY,
			written_at timestamptz NOT NULL DEFAULT now(),
			customers bigint NOT NULL,
			cuts crm.rfm_cuts,
			scheme crm.scheme,
			model_as_of date,
			note text
		);
		CREATE TABLE %1$I.score (
			as_of date NOT NULL,
			customer_id %2$s NOT NULL,
			orders bigint NOT NULL,
			purchase_days bigint NOT NULL,
			revenue numeric NOT NULL,
			first_order date,
			last_order date,
			rfm crm.rfm,
			segment text,
			tier crm.tier,
			p_alive double precision,
			churn_probability double precision,
			expected_orders double precision,
			clv double precision,
			next_order_date date,
			PRIMARY KEY (as_of, customer_id)
		)$sql$, mart, customer_type);
	-- What is waiting in the queue counts: readers see it at once, drained or not.
	EXECUTE format($sql$
		CREATE VIEW %1$I.chunk AS
			SELECT customer_id, year, source_id, history FROM %1$I.history
			UNION ALL
			SELECT customer_id, year, source_id, history FROM %1$I.queue;
		CREATE VIEW %1$I.customer_history AS
			SELECT customer_id, crm.history_agg(history) AS history
			FROM %1$I.chunk GROUP BY customer_id$sql$, mart);
	PERFORM crm.mart_comment(mart, ARRAY[
		'history', 'the facts: purchases in chunks of one source, customer and year, kept by the triggers; read customer_history instead',
		'history.customer_id', 'the customer',
		'history.year', 'calendar year in the zone of the mart',
		'history.source_id', 'the source the purchases come from',
		'history.history', 'the purchases of that year; empty where all were taken back',
		'queue', 'changes of queued sources that crm.drain has not yet added to history',
		'queue.queue_id', 'number',
		'queue.source_id', 'the source',
		'queue.customer_id', 'the customer',
		'queue.year', 'calendar year of the purchases',
		'queue.day', 'last day among them, for the tier',
		'queue.history', 'what is to be added; signed',
		'quarantine', 'rows of the sources that cannot be counted, and why; a row leaves when it is corrected or deleted',
		'quarantine.source_id', 'the source',
		'quarantine.order_id', 'the order, as text; empty if it is not known',
		'quarantine.reason', 'why it cannot be counted',
		'quarantine.rows', 'number of such rows; 0 or less only inside an unfinished transaction',
		'quarantine.first_seen', 'when it was first met',
		'customer', 'the tier of each customer; written only where tiers are set',
		'customer.customer_id', 'the customer',
		'customer.tier', 'the tier held now; NULL: below the lowest threshold',
		'customer.tier_since', 'day on which the tier was given',
		'customer.below_since', 'first evaluation that found the customer below the tier; grace is counted from here',
		'customer.override_until', 'last day of a tier given by hand; until then the tier does not move',
		'customer.override_reason', 'why the tier was given by hand',
		'tier_history', 'every change of tier, with old, new, when and why',
		'tier_history.tier_history_id', 'number, in the order of the changes',
		'tier_history.customer_id', 'the customer',
		'tier_history.as_of', 'the day for which it was decided',
		'tier_history.changed_at', 'when the transaction that decided it began',
		'tier_history.old_tier', 'the tier before',
		'tier_history.new_tier', 'the tier after',
		'tier_history.why', 'upgrade, downgrade, override, override ended, new rules',
		'tier_history.figure', 'the measured figure (revenue, orders or predicted value)',
		'tier_history.threshold', 'the threshold it was compared with: of the new tier if it rose, of the tier lost if it fell',
		'event', 'outbox: changes of tier and segment, for other programs to fetch and delete; NOTIFY on the channel named like the mart says when there is something new',
		'event.event_id', 'number',
		'event.created_at', 'when the transaction began',
		'event.customer_id', 'the customer',
		'event.kind', 'tier or segment',
		'event.as_of', 'the day for which it was decided',
		'event.old', 'label before',
		'event.new', 'label after',
		'event.why', 'reason',
		'event.figure', 'the measured figure of a tier change',
		'event.threshold', 'the threshold of a tier change',
		'model', 'fitted models of purchases, one a day at most; the newest is in use',
		'model.fitted_as_of', 'day up to which purchases were used',
		'model.fitted_at', 'when',
		'model.process', 'what was asked for: auto, or the name of a model of purchases',
		'model.status', 'converged, or what went wrong',
		'model.why', 'in words: how the fit went, and why auto chose this model',
		'model.model', 'the model; see crm.clv_parameters and crm.clv_diagnostics',
		'snapshot', 'the dated snapshots in score and what they were made with',
		'snapshot.as_of', 'the day of the snapshot',
		'snapshot.written_at', 'when it was written',
		'snapshot.customers', 'number of customers in it',
		'snapshot.cuts', 'thresholds of the RFM scores',
		'snapshot.scheme', 'the scheme of the segments',
		'snapshot.model_as_of', 'the model that was used; NULL: none',
		'snapshot.note', 'what could not be scored, and why',
		'score', 'dated snapshots: every customer with an order or a refund up to that day, as crm.refresh saw them',
		'score.as_of', 'the day of the snapshot',
		'score.customer_id', 'the customer',
		'score.orders', 'orders up to that day',
		'score.purchase_days', 'days with an order',
		'score.revenue', 'revenue up to that day, refunds taken off, in the currency of the mart',
		'score.first_order', 'first purchase day',
		'score.last_order', 'last purchase day',
		'score.rfm', 'scores of recency, frequency, monetary value: three digits, 5 is best',
		'score.segment', 'name of the segment',
		'score.tier', 'tier held at the end of that refresh',
		'score.p_alive', 'probability that the customer is still a customer, 0 to 1',
		'score.churn_probability', 'probability of no order within settings.churn_days, 0 to 1',
		'score.expected_orders', 'expected purchase days within settings.horizon_days',
		'score.clv', 'expected revenue within settings.horizon_days, discounted',
		'score.next_order_date', 'day by which the next order is more likely than not; NULL: more likely never',
		'chunk', 'history and queue together',
		'chunk.customer_id', 'the customer',
		'chunk.year', 'calendar year',
		'chunk.source_id', 'the source',
		'chunk.history', 'purchases, signed',
		'customer_history', 'one purchase history a customer, all sources together, changes in the queue included',
		'customer_history.customer_id', 'the customer',
		'customer_history.history', 'all purchases']);
END
$$;
COMMENT ON FUNCTION crm.mart_create_tables(text, text) IS
	'makes the tables of a mart whose customers have keys of that type; called with the first source';
