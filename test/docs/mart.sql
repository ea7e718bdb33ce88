\ir stopped_clock.sql
