-- Up Migration
-- Who gets in and what they did: last uses of keys, keys that sign customer tokens, the audit log.

-- Uses of keys of all organizations, gathered by a process. In the order of ids, so that two processes do not wait for each other crosswise.
CREATE FUNCTION note_key_use(organizations integer[], ids uuid[], times timestamptz[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE used record;
BEGIN
  FOR used IN SELECT * FROM unnest(organizations, ids, times) AS u (organization_id, id, at) ORDER BY u.id LOOP
    UPDATE api_keys k SET last_used_at = used.at
     WHERE k.organization_id = used.organization_id AND k.id = used.id AND (k.last_used_at IS NULL OR k.last_used_at < used.at);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION note_key_use(integer[], uuid[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_key_use(integer[], uuid[], timestamptz[]) TO tollbook_api, tollbook_worker;
