R"sql(
-- The number of the present view of members and shards. Each part of the sum only grows, and every change of what a
-- view shows makes one of them grow. STABLE: it counts what the statement that calls it sees.
CREATE FUNCTION stele.es_view_number() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT ((SELECT coalesce(sum(epoch), 0) FROM stele.es_shards) +
          (SELECT coalesce(sum(announced + array_position(ARRAY['joining', 'active', 'leaving', 'dead'], status)), 0)
             FROM stele.es_members))::bigint;
$$;
)sql"
