R"sql(
-- Prolongs the lease of a node of a cluster. Answers the number of the present view; -1: I am dead.
CREATE FUNCTION stele.es_renew_lease(p_me bigint, p_lease interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE stele.es_heartbeats h SET expires_at = clock_timestamp() + p_lease
    FROM stele.es_members m WHERE h.node_id = p_me AND m.node_id = h.node_id AND m.status <> 'dead';
  IF NOT FOUND THEN RETURN -1; END IF;
  RETURN stele.es_view_number();
END $$;
)sql"
