-- A statement that hangs fails instead of the suite hanging.
SHOW statement_timeout;
