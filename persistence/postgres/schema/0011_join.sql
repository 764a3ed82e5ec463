R"sql(
-- A start of a node becomes a member, with its lanes. The session that calls is the one that will renew.
CREATE FUNCTION stele.es_join(p_name text, p_address text, p_lanes int, p_ttl interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me bigint;
BEGIN
  INSERT INTO stele.es_members (name, address, status) VALUES (p_name, p_address, 'active') RETURNING node_id INTO me;
  INSERT INTO stele.es_heartbeats VALUES (me, clock_timestamp() + p_ttl, pg_backend_pid(),
    coalesce((SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), '-infinity'));
  INSERT INTO stele.es_lanes SELECT me, l, 1 FROM generate_series(0, p_lanes - 1) l;
  RETURN me;
END $$;
)sql"
