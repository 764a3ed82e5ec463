R"sql(
-- Fences a node and takes its shards. Its heartbeat must have expired, unless it is known to be gone. Answers how many;
-- -1: I am dead; -2: it is alive, or somebody was faster; -3: I have not joined yet. Each statement has a snapshot of
-- its own, so the shards are read after the locks were got.
CREATE FUNCTION stele.es_takeover(p_me bigint, p_victim bigint, p_gone boolean) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int; mine text;
BEGIN
  PERFORM 1 FROM stele.es_members WHERE node_id IN (p_me, p_victim) ORDER BY node_id FOR UPDATE;
  SELECT status INTO mine FROM stele.es_members WHERE node_id = p_me;
  IF mine IS NULL OR mine = 'dead' THEN RETURN -1; END IF;
  IF mine = 'joining' THEN RETURN -3; END IF;
  PERFORM 1 FROM stele.es_members m JOIN stele.es_heartbeats h USING (node_id)
   WHERE m.node_id = p_victim AND m.status <> 'dead' AND (p_gone OR h.expires_at < clock_timestamp());
  IF NOT FOUND THEN RETURN -2; END IF;
  DELETE FROM stele.es_lanes WHERE node_id = p_victim; -- Waits for its batch in flight.
  UPDATE stele.es_members SET status = 'dead' WHERE node_id = p_victim;
  UPDATE stele.es_shards SET node_id = p_me, epoch = epoch + 1 WHERE node_id = p_victim;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
)sql"
