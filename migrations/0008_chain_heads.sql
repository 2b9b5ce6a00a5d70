-- Up Migration
-- Signed heads of the chains of documents, and the one change that a finalized document may see: its buyer's personal data is erased.

-- Public keys that signed. Retired ones stay: what they signed remains verifiable.
CREATE TABLE signing_keys (
  organization_id integer NOT NULL REFERENCES organizations,
  -- First 16 bytes of the SHA-256 of the public key, hex.
  id              text NOT NULL CHECK (id ~ '^[0-9a-f]{32}$'),
  -- Ed25519, SubjectPublicKeyInfo in DER.
  public_key      bytea NOT NULL CHECK (id = left(encode(sha256(public_key), 'hex'), 32)),
  created_at      timestamptz NOT NULL DEFAULT now(),
  -- When another key took over.
  retired_at      timestamptz,
  PRIMARY KEY (organization_id, id)
);
CALL isolate_by_organization('signing_keys');
GRANT SELECT ON signing_keys TO tollbook_api;
GRANT SELECT, INSERT, UPDATE (retired_at) ON signing_keys TO tollbook_worker;

-- What a series ended with at some moment, signed: everything up to there is fixed by it. Not every document is a head.
CREATE TABLE chain_heads (
  organization_id integer NOT NULL,
  series          text NOT NULL,
  -- Of the document: chains are ordered by date of issue, then number.
  issue_date      date NOT NULL,
  series_number   bigint NOT NULL,
  hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- Milliseconds: it is signed as text with three digits.
  signed_at       timestamptz(3) NOT NULL,
  key_id          text NOT NULL,
  signature       bytea NOT NULL CHECK (octet_length(signature) = 64),
  PRIMARY KEY (organization_id, series, issue_date, series_number),
  FOREIGN KEY (organization_id, key_id) REFERENCES signing_keys (organization_id, id)
);
CREATE INDEX chain_heads_newest ON chain_heads (organization_id, signed_at, series, issue_date, series_number);
CALL isolate_by_organization('chain_heads');
GRANT SELECT ON chain_heads TO tollbook_api;
GRANT SELECT, INSERT ON chain_heads TO tollbook_worker;
CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON chain_heads FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable_table BEFORE TRUNCATE ON chain_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A stored buyer without its personal data; see redactBuyer in libs/invoicing. The canonical JSON of a block of texts and lists of texts.
CREATE FUNCTION redacted_buyer(buyer jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT
  SET search_path = public, pg_temp
  AS $$
    SELECT jsonb_build_object('redacted', true, 'digest', encode(sha256(decode(buyer ->> 'salt', 'hex') || convert_to(
             '{' || string_agg(to_jsonb(member.key)::text || ':' || CASE jsonb_typeof(member.value)
                      WHEN 'array' THEN '[' || coalesce((SELECT string_agg(line::text, ',' ORDER BY place)
                                                           FROM jsonb_array_elements(member.value) WITH ORDINALITY AS l (line, place)), '') || ']'
                      ELSE member.value::text END, ',' ORDER BY member.key COLLATE "C") || '}', 'UTF8')), 'hex'))
      FROM jsonb_each(buyer - 'salt') AS member
  $$;

-- The one update: nothing but the buyer changes, and into nothing but its digest.
CREATE FUNCTION refuse_invoice_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE erased invoices;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_deleted(OLD.organization_id) THEN RETURN OLD; END IF;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.document -> 'buyer' ? 'salt' THEN
    erased := OLD;
    erased.document := jsonb_set(OLD.document, '{buyer}', redacted_buyer(OLD.document -> 'buyer'));
    IF NEW IS NOT DISTINCT FROM erased THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'finalized documents never change: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Void the invoice and issue a new one: POST /v1/admin/invoices/{id}/regenerate';
END $$;
-- Pages that show an erased buyer may go; they are rendered again without.
CREATE FUNCTION refuse_pdf_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_deleted(OLD.organization_id) THEN RETURN OLD; END IF;
  END IF;
  IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM invoices i WHERE i.organization_id = OLD.organization_id AND i.id = OLD.invoice_id
                                     AND i.document -> 'buyer' ? 'redacted') THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'finalized documents never change: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Void the invoice and issue a new one: POST /v1/admin/invoices/{id}/regenerate';
END $$;
DROP TRIGGER immutable_rows ON invoices;
CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION refuse_invoice_change();
DROP TRIGGER immutable_rows ON invoice_pdfs;
CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON invoice_pdfs FOR EACH ROW EXECUTE FUNCTION refuse_pdf_change();

-- Erases the buyer of one document: of the personal data its digest stays, so that hash and chain remain what they were. Nobody is granted it:
-- the API erases whole customers, see 0013_erasure.sql.
CREATE FUNCTION redact_buyer(organization integer, invoice uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE invoices SET document = jsonb_set(document, '{buyer}', redacted_buyer(document -> 'buyer'))
   WHERE organization_id = organization AND id = invoice AND document -> 'buyer' ? 'salt';
  IF NOT FOUND THEN RAISE EXCEPTION 'there is no document % with a buyer to erase', invoice; END IF;
  DELETE FROM invoice_pdfs WHERE organization_id = organization AND invoice_id = invoice;
END $$;
REVOKE ALL ON FUNCTION redact_buyer(integer, uuid) FROM PUBLIC;
