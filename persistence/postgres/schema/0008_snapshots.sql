R"sql(
-- The newest snapshot of a stream; a short cut that may be emptied at any time.
CREATE TABLE stele.es_snapshots (
  stream_id        text COLLATE "C" PRIMARY KEY,
  version          int NOT NULL,
  position         bigint NOT NULL,
  description_hash bigint NOT NULL,
  state            bytea NOT NULL,
  "window"         bytea NOT NULL
) WITH (fillfactor = 70);
)sql"
