-- Up Migration
-- Billing runs and the documents they make. Documents are inserted finalized and never change: what happens to one later
-- (voiding, correction) is a row of its own.

CREATE TABLE billing_runs (
  organization_id   integer NOT NULL REFERENCES organizations,
  id                uuid NOT NULL,
  -- Bills the unbilled service periods that end after `ends_after` and not after `ends_until` (local dates, 00:00).
  ends_after        date NOT NULL,
  ends_until        date NOT NULL CHECK (ends_until > ends_after),
  requested_by      text NOT NULL,
  -- Also bills what had ended before its subscription was entered.
  backdated         boolean NOT NULL,
  -- Does all but finalize.
  dry_run           boolean NOT NULL DEFAULT false,
  -- Only the customers in billing_run_customers.
  chosen_only       boolean NOT NULL DEFAULT false,
  -- The run whose parked customers it tries again.
  retry_of          uuid,
  -- 'late': bills no periods, but looks for newer usage of what was billed for services that ended in that time.
  purpose           text NOT NULL DEFAULT 'periods' CHECK (purpose IN ('periods', 'late')),
  -- Of a look for late usage: this customer alone; null: all who have nothing due soon.
  customer_id       uuid,
  state             text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'waiting', 'running', 'completed', 'failed', 'cancelled')),
  -- Why it waits or failed, in words.
  state_reason      text,
  -- Log end per partition when the run began: { "0": "1234", … }. It rates nothing before the aggregator got there.
  barrier           jsonb,
  -- Last customer (by id) whose chunk was finished: where a resumed run goes on.
  cursor            uuid,
  -- Customers behind the cursor who may have something due.
  customers_left    integer NOT NULL DEFAULT 0,
  customers_done    integer NOT NULL DEFAULT 0,
  invoices_created  integer NOT NULL DEFAULT 0,
  -- Documents that were not made, since all their lines were zero.
  invoices_skipped  integer NOT NULL DEFAULT 0,
  -- Since when a process bills without a break, and where it stood then: what rates are taken from.
  working_since     timestamptz,
  left_before       integer NOT NULL DEFAULT 0,
  invoices_before   integer NOT NULL DEFAULT 0,
  -- Events of its service periods that could not be counted, as of when it began to bill; null before.
  dead_letters      integer,
  -- Of its organization's clock when it began: by that time it judges and dates. The times of this row are real ones.
  clock_offset_seconds integer NOT NULL DEFAULT 0,
  -- The first drafts of a dry run, as they would be finalized.
  drafts            jsonb,
  -- All customers are done; pages are rendered from here on.
  billed_at         timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  started_at        timestamptz,
  finished_at       timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, retry_of) REFERENCES billing_runs (organization_id, id),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
  CHECK (customer_id IS NULL OR purpose = 'late')
);
CREATE INDEX billing_runs_open ON billing_runs (created_at) WHERE state IN ('queued', 'waiting', 'running');
CALL isolate_by_organization('billing_runs');
GRANT SELECT, INSERT, UPDATE (state, state_reason, finished_at) ON billing_runs TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON billing_runs TO tollbook_worker;

-- The customers of a run that was asked for some only.
CREATE TABLE billing_run_customers (
  organization_id integer NOT NULL,
  billing_run_id  uuid NOT NULL,
  customer_id     uuid NOT NULL,
  PRIMARY KEY (organization_id, billing_run_id, customer_id),
  FOREIGN KEY (organization_id, billing_run_id) REFERENCES billing_runs (organization_id, id),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id)
);
CALL isolate_by_organization('billing_run_customers');
GRANT SELECT, INSERT ON billing_run_customers TO tollbook_api;
GRANT SELECT ON billing_run_customers TO tollbook_worker;

-- What a run has made so far (a dry run: would have made), by currency.
CREATE TABLE billing_run_totals (
  organization_id integer NOT NULL,
  billing_run_id  uuid NOT NULL,
  currency        text NOT NULL,
  invoices        integer NOT NULL,
  total           numeric NOT NULL,
  credit_notes    integer NOT NULL,
  -- Of credit notes, not negative.
  credited        numeric NOT NULL,
  PRIMARY KEY (organization_id, billing_run_id, currency),
  FOREIGN KEY (organization_id, billing_run_id) REFERENCES billing_runs (organization_id, id)
);
CALL isolate_by_organization('billing_run_totals');
GRANT SELECT ON billing_run_totals TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON billing_run_totals TO tollbook_worker;

CREATE TABLE billing_run_parked (
  organization_id integer NOT NULL,
  billing_run_id  uuid NOT NULL,
  customer_id     uuid NOT NULL,
  code            text NOT NULL,
  detail          text NOT NULL,
  parked_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, billing_run_id, customer_id),
  FOREIGN KEY (organization_id, billing_run_id) REFERENCES billing_runs (organization_id, id),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id)
);
CALL isolate_by_organization('billing_run_parked');
GRANT SELECT ON billing_run_parked TO tollbook_api;
GRANT SELECT, INSERT, DELETE ON billing_run_parked TO tollbook_worker;

-- Number counter and chain head of one series. Locked last in the finalizing transaction, moved once per batch.
CREATE TABLE invoice_series (
  organization_id integer NOT NULL REFERENCES organizations,
  series          text NOT NULL,
  last_number     bigint NOT NULL,
  -- Null before its first document.
  last_issue_date date,
  head_hash       bytea NOT NULL CHECK (octet_length(head_hash) = 32),
  PRIMARY KEY (organization_id, series)
);
CALL isolate_by_organization('invoice_series');
GRANT SELECT, INSERT, UPDATE ON invoice_series TO tollbook_api, tollbook_worker;

CREATE TABLE invoices (
  organization_id    integer NOT NULL REFERENCES organizations,
  id                 uuid NOT NULL,
  kind               text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  customer_id        uuid NOT NULL,
  series             text NOT NULL,
  series_number      bigint NOT NULL CHECK (series_number > 0),
  number             text NOT NULL,
  issue_date         date NOT NULL,
  due_date           date NOT NULL,
  currency           text NOT NULL,
  subtotal           numeric NOT NULL,
  tax_total          numeric NOT NULL,
  total              numeric NOT NULL,
  -- What is left to be paid when it is issued.
  amount_due         numeric NOT NULL CHECK (amount_due >= 0),
  -- Of a credit note: what it takes off what is to be paid on its invoice, be it unpaid or refunded.
  offset_amount      numeric NOT NULL DEFAULT 0 CHECK (offset_amount >= 0),
  -- Everything that is hashed and printed: seller, buyer, lines, evidence, watermark. See libs/invoicing/document.ts.
  document           jsonb NOT NULL,
  previous_hash      bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
  hash               bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- A credit note names the invoice it corrects; a reissued invoice the one it stands for.
  corrects_id        uuid,
  replaces_id        uuid,
  billing_run_id     uuid,
  finalized_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  -- The order of the chain: dates never fall, and numbers rise within a date.
  UNIQUE (organization_id, series, issue_date, series_number),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
  FOREIGN KEY (organization_id, corrects_id) REFERENCES invoices (organization_id, id),
  FOREIGN KEY (organization_id, replaces_id) REFERENCES invoices (organization_id, id),
  FOREIGN KEY (organization_id, billing_run_id) REFERENCES billing_runs (organization_id, id),
  CHECK ((kind = 'credit_note') = (corrects_id IS NOT NULL))
);
CREATE INDEX invoices_by_corrected ON invoices (organization_id, corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX invoices_by_customer ON invoices (organization_id, customer_id, id);
CREATE INDEX invoices_by_replaced ON invoices (organization_id, replaces_id) WHERE replaces_id IS NOT NULL;
CREATE INDEX invoices_by_run ON invoices (organization_id, billing_run_id, id);
CALL isolate_by_organization('invoices');
GRANT SELECT, INSERT ON invoices TO tollbook_api, tollbook_worker;

-- The lines of documents again, for queries; `verify` compares. What they name has no foreign key of its own: documents name it, too.
CREATE TABLE invoice_lines (
  organization_id integer NOT NULL,
  invoice_id      uuid NOT NULL,
  position        integer NOT NULL,
  subscription_id uuid,
  charge_key      text,
  kind            text NOT NULL,
  description     text NOT NULL,
  service_from    timestamptz,
  service_to      timestamptz,
  quantity        numeric NOT NULL,
  amount          numeric NOT NULL,
  discount        numeric NOT NULL,
  net             numeric NOT NULL,
  -- The earlier document of which it corrects something.
  of_invoice_id   uuid,
  -- What a metered line was made from. With the watermark in the document it can be recomputed from raw events.
  meter_id        integer,
  usage_quantity  numeric,
  event_count     bigint,
  digest          numeric(78, 0),
  PRIMARY KEY (organization_id, invoice_id, position),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
  FOREIGN KEY (organization_id, of_invoice_id) REFERENCES invoices (organization_id, id),
  CHECK (num_nulls(meter_id, usage_quantity, event_count, digest) IN (0, 4))
);
-- What was billed late, by what it is late for.
CREATE INDEX invoice_lines_adjusting ON invoice_lines (organization_id, subscription_id, service_from) WHERE kind = 'adjustment';
CREATE INDEX invoice_lines_adjusted ON invoice_lines (organization_id, of_invoice_id) WHERE kind = 'adjustment';
CALL isolate_by_organization('invoice_lines');
GRANT SELECT, INSERT ON invoice_lines TO tollbook_api, tollbook_worker;

-- Renderings: never overwritten. A newer version of the renderer may add its own beside the first; the newest is served.
CREATE TABLE invoice_pdfs (
  organization_id  integer NOT NULL,
  invoice_id       uuid NOT NULL,
  renderer_version integer NOT NULL,
  sha256           bytea NOT NULL CHECK (octet_length(sha256) = 32),
  bytes            bytea NOT NULL,
  rendered_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, invoice_id, renderer_version),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id)
);
ALTER TABLE invoice_pdfs ALTER COLUMN bytes SET STORAGE EXTERNAL;
CALL isolate_by_organization('invoice_pdfs');
GRANT SELECT, INSERT ON invoice_pdfs TO tollbook_api, tollbook_worker;

-- Documents that have no page yet. Comes with the document and goes with its first page, so that what is missing is found without looking
-- at all documents.
CREATE TABLE pages_to_draw (
  organization_id integer NOT NULL,
  invoice_id      uuid NOT NULL,
  -- By the sweep. Counted before the page is drawn: one that takes its process down is counted, too.
  attempts        integer NOT NULL DEFAULT 0,
  -- Not tried by the sweep before.
  due_at          timestamptz NOT NULL DEFAULT now(),
  -- Why the last attempt failed.
  reason          text,
  PRIMARY KEY (organization_id, invoice_id),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id)
);
CREATE INDEX pages_to_draw_by_due ON pages_to_draw (due_at);
CREATE INDEX pages_to_draw_failed ON pages_to_draw (organization_id) WHERE attempts > 0;
CALL isolate_by_organization('pages_to_draw');
GRANT SELECT, INSERT, UPDATE, DELETE ON pages_to_draw TO tollbook_api, tollbook_worker;

CREATE TABLE invoice_voidings (
  organization_id integer NOT NULL,
  invoice_id      uuid NOT NULL,
  credit_note_id  uuid NOT NULL,
  reason          text NOT NULL,
  voided_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, invoice_id),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
  FOREIGN KEY (organization_id, credit_note_id) REFERENCES invoices (organization_id, id)
);
CALL isolate_by_organization('invoice_voidings');
GRANT SELECT, INSERT ON invoice_voidings TO tollbook_api, tollbook_worker;

-- The unit of idempotency: no day of a charge of a subscription is billed twice. Voiding gives a unit back; crediting the rest of a fee
-- cuts it down to what stays billed.
CREATE TABLE billed_units (
  organization_id integer NOT NULL,
  subscription_id uuid NOT NULL,
  -- '': the plan as a whole.
  charge_key      text NOT NULL,
  service_from    timestamptz NOT NULL,
  service_to      timestamptz NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('usage', 'fee', 'commitment')),
  -- On its lines, less what was credited.
  amount          numeric NOT NULL,
  -- The change of the subscription by whose terms it was billed.
  change_id       uuid NOT NULL,
  -- The version of the plan by whose prices it was issued anew. Null: the one of that change.
  priced_by       uuid,
  -- Null: its document would have had lines of zero alone and was not made.
  invoice_id      uuid,
  -- Of usage: what was seen when it was billed or corrected last, over all groups. Another sum now: something came late. Null for anything
  -- else, and where adjustments of it were voided, so that it is compared again. Of a commitment 0 where what it counts was issued anew on
  -- another invoice, so that it is compared again, too.
  usage_digest    numeric(78, 0),
  usage_events    bigint,
  PRIMARY KEY (organization_id, subscription_id, charge_key, kind, service_from),
  CHECK (service_from < service_to),
  FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id),
  FOREIGN KEY (organization_id, priced_by) REFERENCES plans (organization_id, id),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX billed_units_by_invoice ON billed_units (organization_id, invoice_id);
CREATE INDEX billed_units_priced_by ON billed_units (organization_id, subscription_id) WHERE priced_by IS NOT NULL;
CALL isolate_by_organization('billed_units');

-- What an exclusion constraint over the days would say, at less than half its cost (decision 14). Whoever writes units of a subscription locks
-- it, so that two at once see each other's; the statement that looks begins behind the lock, which asks for READ COMMITTED.
CREATE FUNCTION bill_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE twice record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'units are billed in READ COMMITTED, not in %', current_setting('transaction_isolation')
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  PERFORM FROM subscriptions s
    WHERE (s.organization_id, s.id) IN (SELECT w.organization_id, w.subscription_id FROM written w)
    ORDER BY s.organization_id, s.id
      FOR NO KEY UPDATE;
  SELECT w.* INTO twice
    FROM written w
   CROSS JOIN LATERAL (
     SELECT FROM billed_units b
      WHERE b.organization_id = w.organization_id AND b.subscription_id = w.subscription_id AND b.charge_key = w.charge_key
        AND b.kind = w.kind AND b.service_from < w.service_to AND b.service_to > w.service_from
     OFFSET 1 LIMIT 1) AS other
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'billed once: charge "%" of subscription % is billed already for a day from % to %',
      twice.charge_key, twice.subscription_id, twice.service_from, twice.service_to
      USING ERRCODE = 'exclusion_violation', TABLE = 'billed_units', CONSTRAINT = 'billed_once';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER billed_once_inserted AFTER INSERT ON billed_units
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION bill_once();
CREATE TRIGGER billed_once_updated AFTER UPDATE ON billed_units
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION bill_once();
GRANT SELECT, INSERT, UPDATE, DELETE ON billed_units TO tollbook_api, tollbook_worker;

-- Documents cannot be changed or removed, not even by the owner of the tables. Only a test organization is deleted with all it holds: see
-- is_being_deleted in 0012_test_organizations.sql.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_deleted(OLD.organization_id) THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'finalized documents never change: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Void the invoice and issue a new one: POST /v1/admin/invoices/{id}/regenerate';
END $$;
DO $$
DECLARE relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['invoices', 'invoice_lines', 'invoice_pdfs', 'invoice_voidings'] LOOP
    EXECUTE format('CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', relation);
    EXECUTE format('CREATE TRIGGER immutable_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', relation);
  END LOOP;
END $$;
