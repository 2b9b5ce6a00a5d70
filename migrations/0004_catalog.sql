-- Up Migration
-- What is sold to whom.

CREATE TABLE customers (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  key             text NOT NULL,
  name            text NOT NULL,
  email           text,
  -- Buyer block printed on documents.
  address_lines   text[] NOT NULL DEFAULT '{}',
  tax_id          text,
  time_zone       text NOT NULL DEFAULT 'UTC',
  tax_treatment   text NOT NULL DEFAULT 'standard' CHECK (tax_treatment IN ('standard', 'reverse_charge', 'exempt', 'out_of_scope')),
  -- What documents print beside an amount without tax.
  tax_treatment_reason text,
  -- Keys of its own tax rates; null: those of the organization.
  tax_rates       text[],
  -- Null: those of the organization.
  grace_minutes   integer CHECK (grace_minutes BETWEEN 0 AND 44640),
  payment_terms_days integer CHECK (payment_terms_days BETWEEN 0 AND 365),
  created_at      timestamptz NOT NULL DEFAULT now(),
  -- When its personal data was removed; see 0013_erasure.sql.
  erased_at       timestamptz,
  -- Tokens of the customer bear the one they were made under; those of an earlier one are revoked.
  token_generation integer NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, key),
  CHECK ((tax_treatment = 'standard') = (tax_treatment_reason IS NULL)),
  CHECK (tax_treatment <> 'reverse_charge' OR tax_id IS NOT NULL)
);
CALL isolate_by_organization('customers');
GRANT SELECT, INSERT, UPDATE ON customers TO tollbook_api;
GRANT SELECT ON customers TO tollbook_worker;

-- Other names under which events name a customer. Never the key of a customer: whoever writes here or makes a customer holds the
-- organization's lock on names.
CREATE TABLE customer_aliases (
  organization_id integer NOT NULL,
  alias           text NOT NULL,
  customer_key    text NOT NULL,
  PRIMARY KEY (organization_id, alias),
  FOREIGN KEY (organization_id, customer_key) REFERENCES customers (organization_id, key)
);
CREATE INDEX customer_aliases_by_customer ON customer_aliases (organization_id, customer_key, alias);
CALL isolate_by_organization('customer_aliases');
GRANT SELECT, INSERT, DELETE ON customer_aliases TO tollbook_api;
GRANT SELECT ON customer_aliases TO tollbook_worker;

CREATE TABLE plans (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  key             text NOT NULL,
  version         integer NOT NULL CHECK (version > 0),
  name            text NOT NULL,
  currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  interval        text NOT NULL DEFAULT 'month' CHECK (interval IN ('day', 'week', 'month', 'quarter', 'year')),
  -- Commitment of each period over all charges, in `currency`.
  minimum_amount  numeric CHECK (minimum_amount >= 0),
  state           text NOT NULL DEFAULT 'active' CHECK (state IN ('draft', 'active', 'archived')),
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, key, version)
);
CALL isolate_by_organization('plans');
GRANT SELECT, INSERT, UPDATE ON plans TO tollbook_api;
GRANT SELECT ON plans TO tollbook_worker;

CREATE TABLE charges (
  organization_id integer NOT NULL,
  plan_id         uuid NOT NULL,
  key             text NOT NULL,
  position        integer NOT NULL,
  -- Null for a fee.
  meter_id        integer,
  -- The charge as it was sent, validated by libs/pricing/charge-schema.ts.
  terms           jsonb NOT NULL,
  PRIMARY KEY (organization_id, plan_id, key),
  FOREIGN KEY (organization_id, plan_id) REFERENCES plans (organization_id, id),
  FOREIGN KEY (organization_id, meter_id) REFERENCES meters (organization_id, id)
);
CALL isolate_by_organization('charges');
GRANT SELECT, INSERT, DELETE ON charges TO tollbook_api;
GRANT SELECT ON charges TO tollbook_worker;

-- A version that is or was active keeps what it says; only its state moves on, to archived.
CREATE FUNCTION keep_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' AND (NEW.state <> 'archived' OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state') THEN
    RAISE EXCEPTION 'version % of plan % is % and never changes', OLD.version, OLD.key, OLD.state
      USING ERRCODE = 'restrict_violation', HINT = 'Make the next version of the plan: POST /v1/plans';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_plan BEFORE UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION keep_plan();
CREATE FUNCTION keep_charges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_being_deleted(OLD.organization_id) THEN RETURN OLD; END IF;
  IF (SELECT state FROM plans WHERE organization_id = OLD.organization_id AND id = OLD.plan_id) <> 'draft' THEN
    RAISE EXCEPTION 'charge % belongs to a plan version that never changes', OLD.key
      USING ERRCODE = 'restrict_violation', HINT = 'Make the next version of the plan: POST /v1/plans';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER keep_charges BEFORE DELETE ON charges FOR EACH ROW EXECUTE FUNCTION keep_charges();

-- What a subscription is billed for follows from its changes: see libs/catalog/segments.ts.
CREATE TABLE subscriptions (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  customer_id     uuid NOT NULL,
  currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Local dates in the pinned time zone, half open.
  starts_on       date NOT NULL,
  -- With its start equal to it: taken back before it began.
  ends_on         date CHECK (ends_on >= starts_on),
  -- The end it was made with: what a cancellation that is taken back leaves.
  agreed_ends_on  date,
  canceled_at     timestamptz,
  time_zone       text NOT NULL,
  -- A local date at which one of its periods begins. Null: they are the calendar's.
  anchor          date,
  trial_days      integer NOT NULL DEFAULT 0 CHECK (trial_days >= 0),
  trial_usage     text NOT NULL DEFAULT 'billed' CHECK (trial_usage IN ('billed', 'free')),
  -- Local date before which nothing is due that is not billed, as far as is known. Null: nothing to come. The schedule looks from here.
  due_from        date,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id)
);
CREATE INDEX subscriptions_by_customer ON subscriptions (organization_id, customer_id);
CREATE INDEX subscriptions_by_due ON subscriptions (organization_id, due_from) WHERE due_from IS NOT NULL;
CALL isolate_by_organization('subscriptions');
GRANT SELECT, INSERT, UPDATE ON subscriptions TO tollbook_api;
GRANT SELECT, UPDATE (due_from) ON subscriptions TO tollbook_worker;

-- Each lasts until the next one begins, so that the times between them can neither overlap nor leave a gap. Rows are added, and taken
-- away only before their day.
CREATE TABLE subscription_changes (
  organization_id integer NOT NULL,
  subscription_id uuid NOT NULL,
  id              uuid NOT NULL,
  -- Local date; the day belongs to what it changes to.
  starts_on       date NOT NULL,
  -- What is null stays as it was.
  plan_id         uuid,
  quantities      jsonb,
  overrides       jsonb,
  paused          boolean,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, subscription_id, id),
  FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id),
  FOREIGN KEY (organization_id, plan_id) REFERENCES plans (organization_id, id)
);
CREATE INDEX subscription_changes_by_plan ON subscription_changes (organization_id, plan_id) WHERE plan_id IS NOT NULL;
CALL isolate_by_organization('subscription_changes');
GRANT SELECT, INSERT, DELETE ON subscription_changes TO tollbook_api;
GRANT SELECT, INSERT ON subscription_changes TO tollbook_worker;

-- Moves the subscriptions on a plan to one of its versions, one after the other; `cursor` is the last one looked at.
CREATE TABLE plan_migrations (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  plan_key        text NOT NULL,
  -- Null: whatever version they are on.
  from_version    integer,
  to_version      integer NOT NULL,
  -- 'now', 'period_end' or a local date, for each subscription in its own zone.
  starts          text NOT NULL,
  state           text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'completed')),
  cursor          uuid,
  -- Subscriptions that were or are to be on the plan when it began, and what has become of them.
  total           integer NOT NULL,
  looked_at       integer NOT NULL DEFAULT 0,
  moved           integer NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT now(),
  finished_at     timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plan_key, to_version) REFERENCES plans (organization_id, key, version)
);
CREATE INDEX plan_migrations_open ON plan_migrations (created_at) WHERE state = 'running';
CALL isolate_by_organization('plan_migrations');
GRANT SELECT, INSERT, UPDATE ON plan_migrations TO tollbook_api;

-- Subscriptions that stayed where they were, and why.
CREATE TABLE plan_migration_failures (
  organization_id integer NOT NULL,
  migration_id    uuid NOT NULL,
  subscription_id uuid NOT NULL,
  code            text NOT NULL,
  detail          text NOT NULL,
  PRIMARY KEY (organization_id, migration_id, subscription_id),
  FOREIGN KEY (organization_id, migration_id) REFERENCES plan_migrations (organization_id, id),
  FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id)
);
CALL isolate_by_organization('plan_migration_failures');
GRANT SELECT, INSERT ON plan_migration_failures TO tollbook_api;

-- Whoever carries them on works within one organization at a time, and must learn first in which there is work.
CREATE FUNCTION open_plan_migrations()
  RETURNS TABLE (organization_id integer, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT m.organization_id, m.id FROM plan_migrations m WHERE m.state = 'running' ORDER BY m.created_at $$;
REVOKE ALL ON FUNCTION open_plan_migrations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_plan_migrations() TO tollbook_api;
