-- Roles for a store in schema stele, each with no more than it needs. Run by a superuser once a node has made the schema;
-- again after an update. Make a login of your own for each use, as: CREATE ROLE shop LOGIN IN ROLE stele_writer,
-- stele_projector;
--
--   stele_owner      owns the schema and runs migrations: give it to the node that starts after an update.
--   stele_writer     appends events; can neither change nor delete one.
--   stele_projector  makes and writes views and snapshots.
--   stele_reader     reads everything: stele verify, stele export, people.
-- A node needs stele_writer and stele_projector.
DO $$
DECLARE it text;
BEGIN
  FOREACH it IN ARRAY ARRAY['stele_owner', 'stele_writer', 'stele_projector', 'stele_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = it) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', it); END IF;
  END LOOP;
  FOR it IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
             WHERE schemaname = 'stele' AND tablename LIKE 'es\_%' LOOP
    EXECUTE 'ALTER TABLE ' || it || ' OWNER TO stele_owner';
  END LOOP;
  FOR it IN SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'stele'::regnamespace LOOP
    EXECUTE 'ALTER FUNCTION ' || it || ' OWNER TO stele_owner';
  END LOOP;
END $$;
ALTER SCHEMA stele OWNER TO stele_owner;

REVOKE ALL ON ALL TABLES IN SCHEMA stele FROM PUBLIC, stele_writer, stele_projector, stele_reader;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA stele FROM PUBLIC, stele_writer, stele_projector, stele_reader;
GRANT USAGE ON SCHEMA stele TO stele_writer, stele_projector, stele_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA stele TO stele_writer, stele_projector, stele_reader;

GRANT INSERT ON stele.es_events TO stele_writer;
GRANT UPDATE (epoch) ON stele.es_lanes TO stele_writer; -- Its fence moves on, and is locked by an append.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA stele TO stele_writer;

GRANT CREATE ON SCHEMA stele TO stele_projector;
GRANT INSERT, UPDATE, DELETE ON stele.es_views, stele.es_checkpoints, stele.es_snapshots TO stele_projector;
