R"sql(
-- The same of a node whose heartbeat has expired.
CREATE OR REPLACE FUNCTION stele.es_takeover(p_me bigint, p_victim bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN stele.es_takeover(p_me, p_victim, false);
END $$;
)sql"
