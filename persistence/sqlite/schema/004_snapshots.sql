R"sql(
-- The newest snapshot of a stream; a short cut that may be emptied at any time.
CREATE TABLE snapshots (
  stream_id        TEXT NOT NULL PRIMARY KEY,
  version          INTEGER NOT NULL,
  position         INTEGER NOT NULL,
  description_hash INTEGER NOT NULL,
  state            TEXT NOT NULL,
  window           TEXT NOT NULL
) STRICT;
)sql"
