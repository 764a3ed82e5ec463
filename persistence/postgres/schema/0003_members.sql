R"sql(
-- Every start of a node is a member of its own: its number is never used again, and dead is final.
CREATE TABLE stele.es_members (
  node_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name    text NOT NULL,
  address text NOT NULL,
  status  text NOT NULL CHECK (status IN ('joining', 'active', 'leaving', 'dead'))
) WITH (fillfactor = 50);
)sql"
