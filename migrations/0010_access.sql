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
-- Null: there is no such customer, or no more.
CREATE FUNCTION find_token_generation(organization integer, customer uuid) RETURNS integer
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT c.token_generation FROM customers c WHERE c.organization_id = organization AND c.id = customer $$;
REVOKE ALL ON FUNCTION find_token_key(text), find_token_generation(integer, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_token_key(text), find_token_generation(integer, uuid) TO tollbook_api, tollbook_worker;

-- What requests changed: who, through which route, what stood there before and after. Written by triggers in the transaction of the change, so
-- that no route can forget it; rows of workers, which act for nobody, are not in it.
CREATE TABLE audit_log (
  organization_id integer NOT NULL REFERENCES organizations,
  id              bigint GENERATED ALWAYS AS IDENTITY,
  at              timestamptz NOT NULL DEFAULT now(),
  actor_type      text NOT NULL CHECK (actor_type IN ('api_key', 'operator')),
  -- Of the key.
  actor_id        uuid CHECK ((actor_type = 'api_key') = (actor_id IS NOT NULL)),
  -- The route: 'PATCH /v1/customers/{key}'.
  action          text NOT NULL,
  -- The table of the row, and what it belongs to. Null: the request changed no row that is kept here, and `subject` is its path.
  resource        text,
  subject         text NOT NULL,
  -- The row, numbers as text; of an update what changed. Never digests or secrets.
  before          jsonb,
  after           jsonb,
  request_id      text NOT NULL,
  address         text,
  PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_log_by_subject ON audit_log (organization_id, subject, id);
CREATE INDEX audit_log_by_actor ON audit_log (organization_id, coalesce(actor_id::text, actor_type), id);
CREATE INDEX audit_log_by_action ON audit_log (organization_id, action, id);
CREATE INDEX audit_log_by_time ON audit_log (organization_id, at, id);
CALL isolate_by_organization('audit_log');
GRANT SELECT ON audit_log TO tollbook_api;

-- A row as it is kept: without what must not leave its table, and with numbers as text, because no float may hold an amount.
CREATE FUNCTION audited_row(whole jsonb, hidden text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT
  AS $$ SELECT jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'number' THEN to_jsonb(value #>> '{}') ELSE value END)
          FROM jsonb_each(whole - 'organization_id' - hidden) $$;

-- Arguments: the column that says what the row belongs to, and the columns that are not kept.
CREATE FUNCTION audit_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  request jsonb := current_setting('tollbook.request')::jsonb;
  hidden text[] := TG_ARGV[1]::text[];
  changed jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
  was jsonb := CASE TG_OP WHEN 'INSERT' THEN NULL ELSE audited_row(to_jsonb(OLD), hidden) END;
  becomes jsonb := CASE TG_OP WHEN 'DELETE' THEN NULL ELSE audited_row(to_jsonb(NEW), hidden) END;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(w.key, w.value), jsonb_object_agg(w.key, becomes -> w.key) INTO was, becomes
      FROM jsonb_each(was) w WHERE w.value IS DISTINCT FROM becomes -> w.key;
    IF was IS NULL THEN RETURN NULL; END IF;
  END IF;
  INSERT INTO audit_log (organization_id, actor_type, actor_id, action, resource, subject, before, after, request_id, address)
  VALUES ((coalesce(changed ->> 'organization_id', changed ->> 'id'))::integer, request ->> 'actor_type', (request ->> 'actor_id')::uuid,
          request ->> 'action', TG_TABLE_NAME, changed ->> TG_ARGV[0], was, becomes, request ->> 'request_id', request ->> 'address');
  PERFORM set_config('tollbook.audited', 'true', true);
  RETURN NULL;
END $$;

CREATE PROCEDURE audit_changes(relation regclass, subject_column text, hidden text[] DEFAULT '{}')
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW
                  WHEN (current_setting(''tollbook.request'', true) <> '''') EXECUTE FUNCTION audit_change(%L, %L)',
                 relation, subject_column, hidden::text);
END $$;

-- services/api/audit.test.ts says of every other table that the API may write why it is not here.
CALL audit_changes('organizations', 'id');
CALL audit_changes('api_keys', 'id', '{digest, last_used_at}');
CALL audit_changes('meters', 'key', '{started_at_log, ended_at_log}');
CALL audit_changes('meter_backfills', 'meter_id');
CALL audit_changes('customers', 'key');
CALL audit_changes('customer_aliases', 'customer_key');
CALL audit_changes('plans', 'key');
CALL audit_changes('charges', 'plan_id');
CALL audit_changes('subscriptions', 'id');
CALL audit_changes('subscription_changes', 'subscription_id');
CALL audit_changes('plan_migrations', 'id');
CALL audit_changes('billing_runs', 'id');
CALL audit_changes('invoices', 'id', '{document, previous_hash, hash}');
CALL audit_changes('invoice_voidings', 'invoice_id');
CALL audit_changes('invoice_drafts', 'id', '{body, refreshed_at}');
CALL audit_changes('coupons', 'key');
CALL audit_changes('discounts', 'id');
CALL audit_changes('tax_rates', 'key');
CALL audit_changes('exchange_rates', 'id');
CALL audit_changes('payments', 'id');
CALL audit_changes('payment_refunds', 'payment_id');
CALL audit_changes('uncollectible_marks', 'invoice_id');
CALL audit_changes('ledger_transfers', 'customer_id');
CALL audit_changes('dead_letters', 'id', '{record}');

-- For requests that change none of these. The organization is that of the transaction.
CREATE FUNCTION audit_request(subject text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO audit_log (organization_id, actor_type, actor_id, action, subject, request_id, address)
  SELECT current_organization(), r ->> 'actor_type', (r ->> 'actor_id')::uuid, r ->> 'action', subject, r ->> 'request_id', r ->> 'address'
    FROM (SELECT current_setting('tollbook.request')::jsonb) AS request (r) $$;
REVOKE ALL ON FUNCTION audit_request(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_request(text) TO tollbook_api;

-- Nothing of it changes or goes, but for the personal data of a customer who was erased.
CREATE FUNCTION redacted_customer(kept jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT
  AS $$ SELECT jsonb_object_agg(key, CASE WHEN key IN ('name', 'email', 'address_lines', 'tax_id', 'metadata', 'alias') THEN '"redacted"' ELSE value END)
          FROM jsonb_each(kept) $$;
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE erased audit_log;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.resource IN ('customers', 'customer_aliases') THEN
    erased := OLD;
    erased.before := redacted_customer(OLD.before);
    erased.after := redacted_customer(OLD.after);
    IF NEW IS NOT DISTINCT FROM erased THEN RETURN NEW; END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF is_being_deleted(OLD.organization_id) THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'the audit log never changes: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER immutable_table BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Like redact_buyer: nobody is granted it; the owner calls it when a customer is erased.
CREATE FUNCTION redact_audit_log(organization integer, customer_key text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE audit_log SET before = redacted_customer(before), after = redacted_customer(after)
   WHERE organization_id = organization AND subject = customer_key AND resource IN ('customers', 'customer_aliases') $$;
REVOKE ALL ON FUNCTION redact_audit_log(integer, text) FROM PUBLIC;
