R"sql(
-- Lets the heartbeats of nodes expire that had the store alone and whose session has ended, so that a node that was
-- killed is replaced at once. Of a node of a cluster the others say whether it is gone.
CREATE OR REPLACE FUNCTION stele.es_expire_ended() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  UPDATE stele.es_heartbeats h SET expires_at = '-infinity'
   WHERE h.expires_at >= clock_timestamp()
     AND NOT EXISTS (SELECT FROM stele.es_members m WHERE m.node_id = h.node_id AND m.clustered)
     AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = h.session
                        AND (a.backend_start = h.session_start OR a.backend_start IS NULL
                             OR h.session_start = '-infinity'));
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
)sql"
