R"sql(
-- How far each shard has been folded into a generation of a view.
CREATE TABLE checkpoints (
  view       TEXT NOT NULL,
  generation INTEGER NOT NULL,
  shard      INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  PRIMARY KEY (view, generation, shard)
) STRICT, WITHOUT ROWID;
)sql"
