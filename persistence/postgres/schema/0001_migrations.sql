R"sql(
-- Which of these files made this schema, each with the hash of its text. `stele.` stands for the schema's own name.
CREATE TABLE stele.es_migrations (
  number     int PRIMARY KEY,
  name       text NOT NULL,
  checksum   uuid NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
)sql"
