R"sql(
-- A start of a node that has the store alone becomes a member, with its lanes. The session that calls is the one that
-- will renew. Answers 0 when a node of a cluster lives: one start after another is looked at.
CREATE OR REPLACE FUNCTION stele.es_join(p_name text, p_address text, p_lanes int, p_ttl interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me bigint;
BEGIN
  PERFORM pg_advisory_xact_lock('stele.es_members'::regclass::oid::bigint);
  PERFORM 1 FROM stele.es_members m JOIN stele.es_heartbeats h USING (node_id)
   WHERE m.clustered AND m.status <> 'dead' AND h.expires_at >= clock_timestamp();
  IF FOUND THEN RETURN 0; END IF;
  INSERT INTO stele.es_members (name, address, status) VALUES (p_name, p_address, 'active') RETURNING node_id INTO me;
  INSERT INTO stele.es_heartbeats VALUES (me, clock_timestamp() + p_ttl, pg_backend_pid(),
    coalesce((SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), '-infinity'));
  INSERT INTO stele.es_lanes SELECT me, l, 1 FROM generate_series(0, p_lanes - 1) l;
  RETURN me;
END $$;
)sql"
