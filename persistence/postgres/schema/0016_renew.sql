R"sql(
-- Says that a node is alive. False: it is dead.
CREATE FUNCTION stele.es_renew(p_me bigint, p_ttl interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE stele.es_heartbeats h SET expires_at = clock_timestamp() + p_ttl, session = pg_backend_pid(),
         session_start = coalesce((SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), '-infinity')
    FROM stele.es_members m WHERE h.node_id = p_me AND m.node_id = h.node_id AND m.status <> 'dead';
  RETURN FOUND;
END $$;
)sql"
