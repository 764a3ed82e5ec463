R"sql(
-- Fences a node whose heartbeat has expired and takes its shards. Answers how many; -1: I am dead; -2: it is alive, or
-- somebody was faster. Each statement has a snapshot of its own, so the shards are read after the locks were got.
CREATE FUNCTION stele.es_takeover(p_me bigint, p_victim bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  PERFORM 1 FROM stele.es_members WHERE node_id IN (p_me, p_victim) ORDER BY node_id FOR UPDATE;
  PERFORM 1 FROM stele.es_members WHERE node_id = p_me AND status IN ('active', 'leaving');
  IF NOT FOUND THEN RETURN -1; END IF;
  PERFORM 1 FROM stele.es_members m JOIN stele.es_heartbeats h USING (node_id)
   WHERE m.node_id = p_victim AND m.status <> 'dead' AND h.expires_at < clock_timestamp();
  IF NOT FOUND THEN RETURN -2; END IF;
  DELETE FROM stele.es_lanes WHERE node_id = p_victim; -- Waits for its batch in flight.
  UPDATE stele.es_members SET status = 'dead' WHERE node_id = p_victim;
  UPDATE stele.es_shards SET node_id = p_me, epoch = epoch + 1 WHERE node_id = p_victim;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
)sql"
