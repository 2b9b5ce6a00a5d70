-- Up Migration
-- Erasure of a customer: what its documents, drafts and outbox entries tell of it beyond its key.

-- A buyer block that tells more of an erased customer than is left of it.
CREATE FUNCTION tells_erased(buyer jsonb, customer customers) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  AS $$ SELECT customer.erased_at IS NOT NULL AND NOT buyer ? 'redacted'
           AND buyer - 'salt' <> jsonb_build_object('key', customer.key, 'name', customer.name, 'address_lines', '[]'::jsonb) $$;

-- Whoever read a customer before it was erased cannot bring its data back. The lock waits for an erasure under way, and the statement that
-- looks begins behind it (READ COMMITTED). A row that is inserted has locked its customer by its foreign key, which is checked before this.
-- What fails is to be done again, with what is left of the customer.
CREATE FUNCTION refuse_erased() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM FROM customers c WHERE (c.organization_id, c.id) IN (SELECT w.organization_id, w.customer_id FROM written w) FOR KEY SHARE;
  END IF;
  IF EXISTS (SELECT FROM written w JOIN customers c ON c.organization_id = w.organization_id AND c.id = w.customer_id
              WHERE c.erased_at IS NOT NULL
                AND tells_erased(CASE TG_TABLE_NAME WHEN 'invoices' THEN to_jsonb(w) -> 'document' ELSE to_jsonb(w) -> 'body' END -> 'buyer', c)) THEN
    RAISE EXCEPTION 'the customer was erased meanwhile' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refuse_erased AFTER INSERT ON invoices REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER refuse_erased_inserted AFTER INSERT ON invoice_drafts REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER refuse_erased_updated AFTER UPDATE ON invoice_drafts REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_erased();

-- What is left of an erased customer is left for good.
CREATE FUNCTION keep_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'customer % was erased and never changes', OLD.key USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_erased BEFORE UPDATE ON customers FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION keep_erased();

-- What the API cannot change by itself: the buyer of each document becomes its digest, stored pages go (they are drawn again without it),
-- and so does what dry runs and the outbox tell. For a customer that was erased in the same transaction, whose row is locked.
-- Nothing of what goes here enters the audit log anew.
CREATE FUNCTION erase_traces(organization integer, customer uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET tollbook.request = '' AS $$
DECLARE erased customers;
BEGIN
  SELECT * INTO erased FROM customers c WHERE c.organization_id = organization AND c.id = customer AND c.erased_at IS NOT NULL
     AND c.organization_id IS NOT DISTINCT FROM current_organization();
  IF NOT FOUND THEN RAISE EXCEPTION 'customer % is not erased', customer; END IF;
  UPDATE invoices SET document = jsonb_set(document, '{buyer}', redacted_buyer(document -> 'buyer'))
   WHERE organization_id = organization AND customer_id = customer AND document -> 'buyer' ? 'salt';
  DELETE FROM invoice_pdfs p USING invoices i
   WHERE i.organization_id = organization AND i.customer_id = customer AND p.organization_id = i.organization_id AND p.invoice_id = i.id;
  UPDATE outbox SET data = jsonb_build_object('id', customer, 'key', erased.key, 'erased', true)
   WHERE organization_id = organization AND subject = customer::text AND type LIKE 'customer.%';
  PERFORM redact_audit_log(organization, erased.key);
  -- Asked again by the same Idempotency-Key, a request that named the customer is told that its answer went (answer_erased).
  -- In sentences, the quotes around its key are escaped.
  UPDATE idempotency_keys SET body = NULL, erased = true
   WHERE organization_id = organization
     AND (strpos(body, to_json(erased.key)::text) > 0 OR strpos(body, btrim(to_json(to_json(erased.key)::text)::text, '"')) > 0);
  UPDATE billing_runs r
     SET drafts = (SELECT coalesce(jsonb_agg(d.draft ORDER BY d.place), '[]') FROM jsonb_array_elements(r.drafts) WITH ORDINALITY AS d (draft, place)
                    WHERE d.draft -> 'buyer' ->> 'key' IS DISTINCT FROM erased.key)
   WHERE r.organization_id = organization AND r.drafts @> jsonb_build_array(jsonb_build_object('buyer', jsonb_build_object('key', erased.key)));
END $$;
REVOKE ALL ON FUNCTION erase_traces(integer, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_traces(integer, uuid) TO tollbook_api;
