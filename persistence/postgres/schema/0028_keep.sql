R"sql(
-- Gives a shard to myself at that epoch, so that a give at the same epoch does nothing any more. Answers its new epoch;
-- 0: it is another's, or at another epoch; -1: I am dead.
CREATE FUNCTION stele.es_keep(p_me bigint, p_shard int, p_epoch bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE kept bigint;
BEGIN
  UPDATE stele.es_shards SET epoch = epoch + 1
   WHERE shard = p_shard AND node_id = p_me AND epoch = p_epoch RETURNING epoch INTO kept;
  IF FOUND THEN RETURN kept; END IF;
  PERFORM 1 FROM stele.es_members WHERE node_id = p_me AND status <> 'dead';
  RETURN CASE WHEN FOUND THEN 0 ELSE -1 END;
END $$;
)sql"
