R"sql(
-- The log. Rows are never changed or deleted; the rowid is the order of everything.
CREATE TABLE events (
  global_position INTEGER PRIMARY KEY,
  shard           INTEGER NOT NULL,
  position        INTEGER NOT NULL, -- 1, 2, 3 ... in the shard.
  stream_id       TEXT NOT NULL,
  version         INTEGER NOT NULL, -- 1, 2, 3 ... in the stream.
  event_id        BLOB NOT NULL,
  command_id      BLOB NOT NULL,
  command_digest  BLOB NOT NULL,
  part            INTEGER NOT NULL,
  parts           INTEGER NOT NULL,
  type            TEXT NOT NULL,
  type_version    INTEGER NOT NULL,
  payload         TEXT NOT NULL,    -- JSON.
  metadata        TEXT NOT NULL,    -- JSON, or empty.
  recorded_at     INTEGER NOT NULL, -- Milliseconds since 1970.
  UNIQUE (stream_id, version),
  UNIQUE (shard, position)
) STRICT;
)sql"
