-- Up Migration
-- Live and test organizations.

CREATE FUNCTION keep_mode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'organization % is % for good', OLD.id, OLD.mode
    USING ERRCODE = 'restrict_violation', HINT = 'Make another organization: POST /v1/organizations';
END $$;
CREATE TRIGGER keep_mode BEFORE UPDATE ON organizations FOR EACH ROW
  WHEN (OLD.mode IS DISTINCT FROM NEW.mode) EXECUTE FUNCTION keep_mode();

-- For the operator, whose transactions name no organization. Tells which there are, and none of their settings.
CREATE FUNCTION list_organizations(after integer, most integer)
  RETURNS TABLE (id integer, name text, mode text, created_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT o.id, o.name, o.mode, o.created_at FROM organizations o
         WHERE after IS NULL OR o.id > after ORDER BY o.id LIMIT most $$;
REVOKE ALL ON FUNCTION list_organizations(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_organizations(integer, integer) TO tollbook_api;
