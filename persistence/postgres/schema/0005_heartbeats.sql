R"sql(
-- Until when a node counts as alive. Apart from the lanes, so that a renewal never waits for a batch.
CREATE TABLE stele.es_heartbeats (
  node_id       bigint PRIMARY KEY,
  expires_at    timestamptz NOT NULL,
  session       int NOT NULL,        -- The server process that serves the node's heartbeat,
  session_start timestamptz NOT NULL -- and since when: numbers of processes are used again.
                                     -- '-infinity': the session may not see it.
) WITH (fillfactor = 50);
)sql"
