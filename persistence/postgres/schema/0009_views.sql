R"sql(
-- The generations of each view. The serving one's table has the name of the view, a rebuild's `<view>__<generation>`.
CREATE TABLE stele.es_views (
  view             text COLLATE "C" NOT NULL,
  generation       int NOT NULL,
  state            text NOT NULL CHECK (state IN ('serving', 'next', 'gone')), -- 'gone': its number is used up.
  aggregate        text NOT NULL,
  version          bigint NOT NULL,
  description_hash bigint NOT NULL,
  PRIMARY KEY (view, generation)
);
)sql"
