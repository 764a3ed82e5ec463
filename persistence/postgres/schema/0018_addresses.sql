R"sql(
-- What the nodes of a cluster know of each other. A node that is not clustered has the store alone.
ALTER TABLE stele.es_members
  ADD COLUMN clustered boolean NOT NULL DEFAULT false,
  ADD COLUMN cluster   text NOT NULL DEFAULT '', -- Where other nodes reach it,
  ADD COLUMN gateway   text NOT NULL DEFAULT '', -- CAF clients,
  ADD COLUMN http      text NOT NULL DEFAULT '', -- and callers over HTTP.
  ADD COLUMN weight    bigint NOT NULL DEFAULT 1,
  ADD COLUMN build     bigint NOT NULL DEFAULT 0,
  ADD COLUMN announced bigint NOT NULL DEFAULT 0; -- How often it said so.
)sql"
