R"sql(
-- Gives a shard to an active node, if it is still mine at that epoch. Answers its new epoch; 0: not given; -1: I am
-- dead. The receiver's row is held, so that nothing is given to a node that is being taken over.
CREATE FUNCTION stele.es_give(p_me bigint, p_shard int, p_epoch bigint, p_to bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE given bigint;
BEGIN
  PERFORM 1 FROM stele.es_members WHERE node_id = p_to AND status = 'active' FOR SHARE;
  IF FOUND THEN
    UPDATE stele.es_shards SET node_id = p_to, epoch = epoch + 1
     WHERE shard = p_shard AND node_id = p_me AND epoch = p_epoch RETURNING epoch INTO given;
    IF FOUND THEN RETURN given; END IF;
  END IF;
  PERFORM 1 FROM stele.es_members WHERE node_id = p_me AND status <> 'dead';
  RETURN CASE WHEN FOUND THEN 0 ELSE -1 END;
END $$;
)sql"
