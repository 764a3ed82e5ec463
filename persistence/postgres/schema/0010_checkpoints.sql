R"sql(
-- How far each shard has been folded into a generation of a view.
CREATE TABLE stele.es_checkpoints (
  view       text COLLATE "C" NOT NULL,
  generation int NOT NULL,
  shard      int NOT NULL,
  position   bigint NOT NULL,
  PRIMARY KEY (view, generation, shard)
) WITH (fillfactor = 50);
)sql"
