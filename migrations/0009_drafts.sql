-- Up Migration
-- What is to become an invoice and may still change. A draft's id is that of the invoice it becomes; then its row is gone.

CREATE TABLE invoice_drafts (
  organization_id    integer NOT NULL REFERENCES organizations,
  id                 uuid NOT NULL,
  customer_id        uuid NOT NULL,
  -- 'period': what is due of subscriptions; 'one_off': manual lines alone.
  kind               text NOT NULL CHECK (kind IN ('period', 'one_off')),
  currency           text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Of a period: the local date on which it fell due, and the zone. With customer and currency they say which document this is.
  due_on             date,
  time_zone          text,
  -- When the run may finalize it; null: only by hand.
  finalize_at        timestamptz,
  payment_terms_days integer CHECK (payment_terms_days BETWEEN 0 AND 365),
  -- Entered by hand, kept when the draft is made again: [{ id, description, quantity, unit_amount }].
  manual_lines       jsonb NOT NULL DEFAULT '[]',
  -- [{ id, name, percent | amount }]
  manual_discounts   jsonb NOT NULL DEFAULT '[]',
  -- Raised by each change by hand: whoever finalizes what was made of an older one makes it again.
  version            integer NOT NULL DEFAULT 1,
  -- The document as it was made last.
  body               jsonb NOT NULL,
  refreshed_at       timestamptz NOT NULL DEFAULT now(),
  created_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
  CHECK ((kind = 'period') = (due_on IS NOT NULL)),
  CHECK ((kind = 'period') = (time_zone IS NOT NULL)),
  CHECK ((kind = 'period') = (finalize_at IS NOT NULL))
);
CREATE UNIQUE INDEX invoice_drafts_of_period ON invoice_drafts (organization_id, customer_id, due_on, currency, time_zone) WHERE kind = 'period';
CREATE INDEX invoice_drafts_by_customer ON invoice_drafts (organization_id, customer_id, id);
CALL isolate_by_organization('invoice_drafts');
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice_drafts TO tollbook_api, tollbook_worker;
