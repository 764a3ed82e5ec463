R"sql(
-- The fence: an append passes only while its lane's row stands at its epoch. A row that is gone: the node is dead.
-- Only the node itself changes an epoch; only a take-over and a leave delete.
CREATE TABLE stele.es_lanes (
  node_id bigint NOT NULL,
  lane    int NOT NULL,
  epoch   bigint NOT NULL,
  PRIMARY KEY (node_id, lane)
) WITH (fillfactor = 50);
)sql"
