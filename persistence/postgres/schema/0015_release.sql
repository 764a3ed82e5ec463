R"sql(
-- Leaves as the last node: its shards are nobody's until the next one claims them. Fences first, as a take-over does.
CREATE FUNCTION stele.es_release(p_me bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  PERFORM 1 FROM stele.es_members WHERE node_id = p_me AND status <> 'dead' FOR UPDATE;
  IF NOT FOUND THEN RETURN -1; END IF;
  DELETE FROM stele.es_lanes WHERE node_id = p_me;
  UPDATE stele.es_members SET status = 'dead' WHERE node_id = p_me;
  UPDATE stele.es_shards SET node_id = NULL, epoch = epoch + 1 WHERE node_id = p_me;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
)sql"
