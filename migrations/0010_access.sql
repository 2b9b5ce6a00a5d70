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

-- Pairs that sign the tokens of customers, of the whole installation. A pair signs for a day and is known until the last token that it
-- signed has expired; the next one takes the private half away.
CREATE TABLE token_keys (
  -- RFC 7638 thumbprint.
  id             text PRIMARY KEY,
  public_jwk     jsonb NOT NULL CHECK (NOT public_jwk ? 'd'),
  private_jwk    jsonb,
  signs_until    timestamptz NOT NULL,
  verifies_until timestamptz NOT NULL CHECK (verifies_until > signs_until)
);
GRANT SELECT, INSERT, UPDATE (private_jwk), DELETE ON token_keys TO tollbook_api;

-- Every process checks tokens, whatever its role.
CREATE FUNCTION find_token_key(wanted text) RETURNS TABLE (public_jwk jsonb, verifies_until timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT k.public_jwk, k.verifies_until FROM token_keys k WHERE k.id = wanted $$;
REVOKE ALL ON FUNCTION find_token_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_token_key(text) TO tollbook_api, tollbook_worker;
