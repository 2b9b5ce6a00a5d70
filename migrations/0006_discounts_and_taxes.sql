-- Up Migration
-- What is taken off bills and what is added to them: coupons, the discounts made of them, dated tax rates.

CREATE TABLE coupons (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  key             text NOT NULL,
  name            text NOT NULL,
  percent         numeric CHECK (percent > 0 AND percent <= 100),
  amount          numeric CHECK (amount > 0),
  currency        text CHECK (currency ~ '^[A-Z]{3}$'),
  duration        text NOT NULL CHECK (duration IN ('once', 'periods', 'forever')),
  periods         integer CHECK (periods > 0),
  -- Keys of the charges it is for; null: all.
  charges         text[] CHECK (cardinality(charges) > 0),
  max_redemptions integer CHECK (max_redemptions > 0),
  -- First local day of the organization on which it cannot be applied any more.
  expires_on      date,
  archived_at     timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, key),
  CHECK (num_nonnulls(percent, amount) = 1),
  CHECK ((amount IS NULL) = (currency IS NULL)),
  CHECK ((duration = 'periods') = (periods IS NOT NULL))
);
CALL isolate_by_organization('coupons');
-- Its terms never change.
GRANT SELECT, INSERT, UPDATE (name, archived_at) ON coupons TO tollbook_api;
GRANT SELECT ON coupons TO tollbook_worker;

-- A coupon applied to a customer, with the terms it had then.
CREATE TABLE discounts (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  customer_id     uuid NOT NULL,
  coupon_id       uuid NOT NULL,
  -- Null: all subscriptions of the customer.
  subscription_id uuid,
  -- Order of application among the customer's discounts.
  position        integer NOT NULL CHECK (position > 0),
  name            text NOT NULL,
  percent         numeric CHECK (percent > 0 AND percent <= 100),
  amount          numeric CHECK (amount > 0),
  currency        text CHECK (currency ~ '^[A-Z]{3}$'),
  duration        text NOT NULL CHECK (duration IN ('once', 'periods', 'forever')),
  periods         integer CHECK (periods > 0),
  charges         text[] CHECK (cardinality(charges) > 0),
  -- Local dates of the customer, half open. Ended on its first day: it never applied.
  starts_on       date NOT NULL,
  ends_on         date CHECK (ends_on >= starts_on),
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, customer_id, position),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
  FOREIGN KEY (organization_id, coupon_id) REFERENCES coupons (organization_id, id),
  FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id),
  CHECK (num_nonnulls(percent, amount) = 1),
  CHECK ((amount IS NULL) = (currency IS NULL)),
  CHECK ((duration = 'periods') = (periods IS NOT NULL))
);
CREATE INDEX discounts_by_coupon ON discounts (organization_id, coupon_id);
-- One coupon discounts the same thing once at a time, however often it is asked for.
CREATE UNIQUE INDEX discounts_running ON discounts (organization_id, customer_id, coupon_id, subscription_id) NULLS NOT DISTINCT WHERE ends_on IS NULL;
CALL isolate_by_organization('discounts');
GRANT SELECT, INSERT, UPDATE (ends_on) ON discounts TO tollbook_api;
GRANT SELECT ON discounts TO tollbook_worker;

-- What a document took of a discount, by the period it bills. Voiding the document gives it back.
CREATE TABLE discount_uses (
  organization_id integer NOT NULL,
  discount_id     uuid NOT NULL,
  invoice_id      uuid NOT NULL,
  period_from     date NOT NULL,
  period_to       date NOT NULL CHECK (period_to > period_from),
  amount          numeric NOT NULL CHECK (amount > 0),
  PRIMARY KEY (organization_id, discount_id, invoice_id, period_from, period_to),
  FOREIGN KEY (organization_id, discount_id) REFERENCES discounts (organization_id, id),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX discount_uses_by_invoice ON discount_uses (organization_id, invoice_id);
CALL isolate_by_organization('discount_uses');
GRANT SELECT, INSERT, DELETE ON discount_uses TO tollbook_api, tollbook_worker;

-- What a rate was from a day on. Entries of one key never overlap and are all contained in prices or all added to them: whoever writes
-- here holds the lock on the key.
CREATE TABLE tax_rates (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  key             text NOT NULL,
  name            text NOT NULL,
  percent         numeric NOT NULL CHECK (percent >= 0),
  inclusive       boolean NOT NULL,
  -- Keys of the charges it is for; null: all.
  charges         text[] CHECK (cardinality(charges) > 0),
  valid_from      date NOT NULL,
  -- First day on which it holds no more. The same as valid_from: it was withdrawn and never holds.
  valid_to        date CHECK (valid_to >= valid_from),
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id)
);
CREATE INDEX tax_rates_by_key ON tax_rates (organization_id, key, valid_from);
CALL isolate_by_organization('tax_rates');
GRANT SELECT, INSERT, UPDATE (valid_to) ON tax_rates TO tollbook_api;
GRANT SELECT ON tax_rates TO tollbook_worker;
