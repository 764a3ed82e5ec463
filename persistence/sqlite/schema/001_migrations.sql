R"sql(
-- Which of these files made the schema of this store, each with the hash of its text.
CREATE TABLE migrations (
  number   INTEGER PRIMARY KEY,
  name     TEXT NOT NULL,
  checksum BLOB NOT NULL
) STRICT;
)sql"
