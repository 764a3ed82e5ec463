R"sql(
-- Tables of views that nobody reads any more; emptied bit by bit while the store has nothing else to do.
CREATE TABLE retired (
  table_name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
)sql"
