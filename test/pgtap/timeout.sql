-- A statement that hangs fails instead of the suite hanging.
SELECT plan(1);
SELECT is(current_setting('statement_timeout'), '2min', 'every statement of these files has a timeout');
