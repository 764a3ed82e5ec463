R"sql(
-- A start of a node becomes a member of a cluster: joining, with its lanes, without a shard. Answers 0 when a node that
-- has the store alone lives. One that had it and has expired is fenced; its shards are nobody's.
CREATE FUNCTION stele.es_join_cluster(p_name text, p_lanes int, p_lease interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me bigint;
BEGIN
  PERFORM pg_advisory_xact_lock('stele.es_members'::regclass::oid::bigint);
  PERFORM 1 FROM stele.es_members WHERE NOT clustered AND status <> 'dead' ORDER BY node_id FOR UPDATE;
  PERFORM 1 FROM stele.es_members m JOIN stele.es_heartbeats h USING (node_id)
   WHERE NOT m.clustered AND m.status <> 'dead' AND h.expires_at >= clock_timestamp();
  IF FOUND THEN RETURN 0; END IF;
  PERFORM stele.es_release(node_id) FROM stele.es_members WHERE NOT clustered AND status <> 'dead';
  INSERT INTO stele.es_members (name, address, status, clustered) VALUES (p_name, '', 'joining', true)
    RETURNING node_id INTO me;
  INSERT INTO stele.es_heartbeats VALUES (me, clock_timestamp() + p_lease, pg_backend_pid(), '-infinity');
  INSERT INTO stele.es_lanes SELECT me, l, 1 FROM generate_series(0, p_lanes - 1) l;
  RETURN me;
END $$;
)sql"
