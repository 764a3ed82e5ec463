R"sql(
-- The generations of each view. The serving one's table has the name of the view, a rebuild's `<view>__<generation>`.
CREATE TABLE views (
  view             TEXT NOT NULL,
  generation       INTEGER NOT NULL,
  state            TEXT NOT NULL CHECK (state IN ('serving', 'next', 'gone')), -- 'gone': its number is used up.
  aggregate        TEXT NOT NULL,
  version          INTEGER NOT NULL,
  description_hash INTEGER NOT NULL,
  PRIMARY KEY (view, generation)
) STRICT, WITHOUT ROWID;
)sql"
