R"sql(
-- Who owns which shard. The epoch rises at every change of the row.
CREATE TABLE stele.es_shards (
  shard   int PRIMARY KEY,
  node_id bigint,
  epoch   bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
)sql"
