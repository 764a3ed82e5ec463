R"sql(
-- The log. Rows are never changed or deleted.
--
-- The global position is the writing transaction's number and, in the low 20 bits, the event's place in its batch. It
-- is read only below the oldest transaction that runs, so that nothing ever appears below what was read.
CREATE TABLE stele.es_events (
  global_position bigint NOT NULL,
  position        bigint NOT NULL,      -- 1, 2, 3 ... in the shard.
  recorded_at     timestamptz NOT NULL,
  shard           int NOT NULL,
  version         int NOT NULL,         -- 1, 2, 3 ... in the stream.
  part            int NOT NULL,
  parts           int NOT NULL,
  type_version    int NOT NULL,
  event_id        uuid NOT NULL,
  command_id      uuid NOT NULL,
  command_digest  uuid NOT NULL,
  stream_id       text COLLATE "C" NOT NULL,
  type            text COLLATE "C" NOT NULL,
  payload         json NOT NULL,        -- Checked and kept as written.
  metadata        json,
  CONSTRAINT es_events_place PRIMARY KEY (shard, position),
  CONSTRAINT es_events_stream UNIQUE (stream_id, version),
  CONSTRAINT es_events_order UNIQUE (global_position)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_freeze_min_age = 0);
)sql"
