R"sql(
-- From joining to active: from here on shards may be given to a node. Answers 0: it is active; -1: I am dead; -3: I am
-- leaving.
CREATE FUNCTION stele.es_activate(p_me bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE stele.es_members SET status = 'active' WHERE node_id = p_me AND status IN ('joining', 'active');
  IF FOUND THEN RETURN 0; END IF;
  PERFORM 1 FROM stele.es_members WHERE node_id = p_me AND status <> 'dead';
  RETURN CASE WHEN FOUND THEN -3 ELSE -1 END;
END $$;
)sql"
