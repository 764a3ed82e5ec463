R"sql(
-- Leaves a cluster. Answers 0: left; more: so many shards are still mine, to be given away; -1: I am dead.
CREATE FUNCTION stele.es_leave(p_me bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  PERFORM 1 FROM stele.es_members WHERE node_id = p_me AND status <> 'dead' FOR UPDATE;
  IF NOT FOUND THEN RETURN -1; END IF;
  UPDATE stele.es_members SET status = 'leaving' WHERE node_id = p_me; -- From here on no shard is given to me.
  SELECT count(*) INTO n FROM stele.es_shards WHERE node_id = p_me;
  IF n > 0 THEN RETURN n; END IF;
  DELETE FROM stele.es_lanes WHERE node_id = p_me;
  UPDATE stele.es_members SET status = 'dead' WHERE node_id = p_me;
  RETURN 0;
END $$;
)sql"
