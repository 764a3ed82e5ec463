R"sql(
-- Says where a node is reached, while it is joining. Answers 0: done; -1: I am dead; -3: I have joined already.
CREATE FUNCTION stele.es_announce(p_me bigint, p_cluster text, p_gateway text, p_http text, p_weight bigint,
                                  p_build bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE stele.es_members SET cluster = p_cluster, gateway = p_gateway, http = p_http, weight = p_weight,
         build = p_build, announced = announced + 1
   WHERE node_id = p_me AND status = 'joining';
  IF FOUND THEN RETURN 0; END IF;
  PERFORM 1 FROM stele.es_members WHERE node_id = p_me AND status <> 'dead';
  RETURN CASE WHEN FOUND THEN -3 ELSE -1 END;
END $$;
)sql"
