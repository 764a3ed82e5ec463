R"sql(
-- Takes shards that nobody owns. Answers how many; -1: I am dead; -3: I am not active.
CREATE OR REPLACE FUNCTION stele.es_claim(p_me bigint, p_shards int[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int; mine text;
BEGIN
  SELECT status INTO mine FROM stele.es_members WHERE node_id = p_me FOR SHARE;
  IF mine IS NULL OR mine = 'dead' THEN RETURN -1; END IF;
  IF mine <> 'active' THEN RETURN -3; END IF;
  UPDATE stele.es_shards SET node_id = p_me, epoch = epoch + 1
   WHERE shard IN (SELECT shard FROM stele.es_shards WHERE node_id IS NULL AND shard = ANY (p_shards)
                   ORDER BY shard FOR UPDATE);
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
)sql"
