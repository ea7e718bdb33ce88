-- room: history
COMMENT ON SCHEMA crm IS 'customer value: purchase histories, RFM, segments, tiers, lifetime value, live views';
