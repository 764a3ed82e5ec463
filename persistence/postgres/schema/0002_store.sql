R"sql(
-- One row: which store this is.
CREATE TABLE stele.es_store (
  id      int PRIMARY KEY CHECK (id = 1),
  history uuid NOT NULL,                  -- Made with the store; tokens name it.
  shards  int NOT NULL CHECK (shards > 0) -- Fixed.
);
)sql"
