-- Up Migration
-- Live and test organizations.

CREATE FUNCTION keep_mode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'organization % is % for good', OLD.id, OLD.mode
    USING ERRCODE = 'restrict_violation', HINT = 'Make another organization: POST /v1/organizations';
END $$;
CREATE TRIGGER keep_mode BEFORE UPDATE ON organizations FOR EACH ROW
  WHEN (OLD.mode IS DISTINCT FROM NEW.mode) EXECUTE FUNCTION keep_mode();

-- An event that was counted is known again, or too old, at every later time of its organization: see libs/metering/sort-out.ts.
CREATE FUNCTION keep_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the clock of organization % only moves forward', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_clock BEFORE UPDATE ON organizations FOR EACH ROW
  WHEN (NEW.clock_offset_seconds < OLD.clock_offset_seconds) EXECUTE FUNCTION keep_clock();

-- For whoever comes with a customer token, before the organization's first transaction.
CREATE FUNCTION find_clock_offset(organization integer) RETURNS integer
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT clock_offset_seconds FROM organizations WHERE id = organization $$;
REVOKE ALL ON FUNCTION find_clock_offset(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_clock_offset(integer) TO tollbook_api, tollbook_worker;

-- For the operator, whose transactions name no organization. Tells which there are, and none of their settings.
CREATE FUNCTION list_organizations(after integer, most integer)
  RETURNS TABLE (id integer, name text, mode text, created_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT o.id, o.name, o.mode, o.created_at FROM organizations o
         WHERE after IS NULL OR o.id > after ORDER BY o.id LIMIT most $$;
REVOKE ALL ON FUNCTION list_organizations(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_organizations(integer, integer) TO tollbook_api;

-- Test organizations that were deleted, or are being. Their records may lie in the log for long: aggregators pass over them. Ids are never
-- given again.
CREATE TABLE deleted_organizations (
  id         integer PRIMARY KEY,
  deleted_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON deleted_organizations TO tollbook_worker;

-- First step, under the exclusive lock on the catalogue: no batch is being counted, and those to come pass over its records. Keys go, too.
CREATE FUNCTION begin_deleting(organization integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM organizations WHERE id = organization AND id = current_organization() AND mode = 'test') THEN
    RAISE EXCEPTION 'organization % is no test organization, or not the one of this transaction', organization USING ERRCODE = 'restrict_violation';
  END IF;
  INSERT INTO deleted_organizations (id) VALUES (organization) ON CONFLICT DO NOTHING;
  UPDATE catalog_version SET version = version + 1;
  DELETE FROM api_keys WHERE organization_id = organization;
END $$;

-- Whether a row may go although rows of its table never change: only from within delete_test_organization, and only of a test organization.
CREATE FUNCTION is_being_deleted(organization integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE stack text;
BEGIN
  GET DIAGNOSTICS stack = PG_CONTEXT;
  RETURN stack ~ '\mdelete_test_organization\(integer\)'
     AND EXISTS (SELECT FROM organizations o JOIN deleted_organizations d USING (id) WHERE o.id = organization AND o.mode = 'test');
END $$;

-- Second step: all rows of all tables that have an organization, whichever there are, those that refer to others first. What was counted of
-- its records stays counted as 'deleted', so that every record of the log goes on to be accounted for.
CREATE FUNCTION delete_test_organization(organization integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE left_over oid[] := ARRAY(
  SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition);
DECLARE relation oid;
BEGIN
  -- Waits for whoever is inserting what belongs to it, and keeps others from it.
  PERFORM FROM organizations o JOIN deleted_organizations d USING (id)
    WHERE o.id = organization AND o.id = current_organization() AND o.mode = 'test' FOR UPDATE OF o;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'organization % is no test organization that is being deleted', organization USING ERRCODE = 'restrict_violation';
  END IF;
  -- What is deleted whole leaves nothing to look up: the audit log goes with it.
  PERFORM set_config('tollbook.request', '', true);
  INSERT INTO record_counts AS r (organization_id, received_on, log_epoch, log_partition, outcome, records)
    SELECT 0, received_on, log_epoch, log_partition, 'deleted', sum(records) FROM record_counts WHERE organization_id = organization
     GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
  ON CONFLICT (organization_id, received_on, log_epoch, log_partition, outcome) DO UPDATE SET records = r.records + excluded.records;
  WHILE cardinality(left_over) > 0 LOOP
    SELECT t INTO relation FROM unnest(left_over) AS t
     WHERE NOT EXISTS (SELECT FROM pg_constraint k
                        WHERE k.contype = 'f' AND k.confrelid = t AND k.conrelid <> t AND k.conrelid = ANY(left_over))
     LIMIT 1;
    IF NOT FOUND THEN RAISE EXCEPTION 'tables refer to each other in a circle: %', left_over::regclass[]; END IF;
    EXECUTE format('DELETE FROM %s WHERE organization_id = $1', relation::regclass) USING organization;
    left_over := array_remove(left_over, relation);
  END LOOP;
  DELETE FROM organizations WHERE id = organization;
END $$;
REVOKE ALL ON FUNCTION begin_deleting(integer), delete_test_organization(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION begin_deleting(integer), delete_test_organization(integer) TO tollbook_api;
