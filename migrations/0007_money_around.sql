-- Up Migration
-- Money around documents: balances of customers and their journal, exchange rates, payments, and what is given up as uncollectible.

-- What happened is never rewritten, not even by the owner of the tables.
CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_deleted(OLD.organization_id) THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'rows of % never change: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation', HINT = 'Put it right by a further row, such as another transfer or a refund.';
END $$;

-- What a customer has, per currency. Both accounts of a currency are opened together; whoever moves anything of a customer in a currency
-- holds the locks on both, `credit` first.
CREATE TABLE ledger_accounts (
  organization_id integer NOT NULL,
  customer_id     uuid NOT NULL,
  currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  account         text NOT NULL CHECK (account IN ('credit', 'prepaid')),
  balance         numeric NOT NULL CHECK (balance >= 0),
  PRIMARY KEY (organization_id, customer_id, currency, account),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id)
) WITH (fillfactor = 70);
CALL isolate_by_organization('ledger_accounts');
GRANT SELECT, INSERT, UPDATE (balance) ON ledger_accounts TO tollbook_api, tollbook_worker;

CREATE TABLE ledger_transfers (
  organization_id integer NOT NULL,
  -- Order of the transfers of a customer in a currency. Gaps mean nothing.
  position        bigint GENERATED ALWAYS AS IDENTITY,
  kind            text NOT NULL CHECK (kind IN ('adjustment', 'invoice', 'invoice_voided', 'credit_note', 'overpayment')),
  -- From whoever asks for it: the id of the invoice, credit note or payment it is made for, or one of the client's.
  id              uuid NOT NULL,
  customer_id     uuid NOT NULL,
  currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- The invoice or credit note it is made for, which is inserted later in the same transaction.
  document_id     uuid,
  reason          text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, position),
  UNIQUE (organization_id, kind, id),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
  FOREIGN KEY (organization_id, document_id) REFERENCES invoices (organization_id, id) DEFERRABLE INITIALLY DEFERRED,
  CHECK ((kind IN ('invoice', 'invoice_voided', 'credit_note')) = (document_id IS NOT NULL))
);
CREATE INDEX ledger_transfers_by_customer ON ledger_transfers (organization_id, customer_id, position);
CALL isolate_by_organization('ledger_transfers');
GRANT SELECT, INSERT ON ledger_transfers TO tollbook_api, tollbook_worker;

-- What a transfer moves. Those of one transfer are inserted by one statement and add up to zero. Counter accounts (funding, grants,
-- invoices, credit_notes, payments) keep no balance: a row of theirs would be a lock that every transfer of the organization goes through.
CREATE TABLE ledger_entries (
  organization_id integer NOT NULL,
  transfer        bigint NOT NULL,
  account         text NOT NULL CHECK (account IN ('credit', 'prepaid', 'funding', 'grants', 'invoices', 'credit_notes', 'payments')),
  amount          numeric NOT NULL CHECK (amount <> 0),
  -- Of an account of the customer, after this entry.
  balance         numeric CHECK (balance >= 0),
  PRIMARY KEY (organization_id, transfer, account),
  FOREIGN KEY (organization_id, transfer) REFERENCES ledger_transfers (organization_id, position),
  CHECK ((account IN ('credit', 'prepaid')) = (balance IS NOT NULL))
);
CALL isolate_by_organization('ledger_entries');
GRANT SELECT, INSERT ON ledger_entries TO tollbook_api, tollbook_worker;

CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unbalanced bigint;
BEGIN
  SELECT transfer INTO unbalanced FROM added GROUP BY organization_id, transfer HAVING sum(amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the entries of transfer % do not add up to zero', unbalanced USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sums_to_zero AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced();

-- What one unit of a currency cost in another on a day, by whom. A wrong one is withdrawn, never changed.
CREATE TABLE exchange_rates (
  organization_id integer NOT NULL REFERENCES organizations,
  id              uuid NOT NULL,
  from_currency   text NOT NULL CHECK (from_currency ~ '^[A-Z]{3}$'),
  to_currency     text NOT NULL CHECK (to_currency ~ '^[A-Z]{3}$' AND to_currency <> from_currency),
  rate            numeric NOT NULL CHECK (rate > 0),
  date            date NOT NULL,
  source          text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  withdrawn_at    timestamptz,
  PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX exchange_rates_in_force ON exchange_rates (organization_id, from_currency, to_currency, date) WHERE withdrawn_at IS NULL;
CALL isolate_by_organization('exchange_rates');
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON exchange_rates TO tollbook_api;
GRANT SELECT ON exchange_rates TO tollbook_worker;

CREATE FUNCTION keep_exchange_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR to_jsonb(NEW) - 'withdrawn_at' <> to_jsonb(OLD) - 'withdrawn_at' THEN
    RAISE EXCEPTION 'exchange rates never change: % refused', OLD.id
      USING ERRCODE = 'restrict_violation', HINT = 'Withdraw it and enter another: DELETE /v1/exchange-rates/{id}, POST /v1/exchange-rates';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_exchange_rate BEFORE UPDATE ON exchange_rates FOR EACH ROW EXECUTE FUNCTION keep_exchange_rate();
CREATE TRIGGER immutable_rows BEFORE DELETE ON exchange_rates FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER immutable_table BEFORE TRUNCATE ON exchange_rates FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();

-- Money that came in for an invoice. Whoever inserts here, into payment_refunds or into uncollectible_marks holds the lock on the invoice
-- (libs/invoicing/store/lock-invoice.ts).
CREATE TABLE payments (
  organization_id integer NOT NULL,
  id              uuid NOT NULL,
  position        bigint GENERATED ALWAYS AS IDENTITY,
  invoice_id      uuid NOT NULL,
  customer_id     uuid NOT NULL,
  currency        text NOT NULL,
  amount          numeric NOT NULL CHECK (amount > 0),
  -- What was to become of more than is due; null: it was not to be taken.
  overpayment     text CHECK (overpayment = 'credit'),
  -- The part beyond what was due, which went to the customer's credit account.
  credited        numeric NOT NULL CHECK (credited >= 0 AND credited <= amount),
  -- As the seller says.
  received_on     date NOT NULL,
  method          text NOT NULL,
  reference       text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, position),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
  FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
  CHECK (credited = 0 OR overpayment IS NOT NULL)
);
CREATE INDEX payments_by_invoice ON payments (organization_id, invoice_id);
CREATE INDEX payments_by_customer ON payments (organization_id, customer_id, position);
CALL isolate_by_organization('payments');
GRANT SELECT, INSERT ON payments TO tollbook_api, tollbook_worker;

CREATE TABLE payment_refunds (
  organization_id integer NOT NULL,
  id              uuid NOT NULL,
  position        bigint GENERATED ALWAYS AS IDENTITY,
  payment_id      uuid NOT NULL,
  amount          numeric NOT NULL CHECK (amount > 0),
  reason          text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, payment_id) REFERENCES payments (organization_id, id)
);
CREATE INDEX payment_refunds_by_payment ON payment_refunds (organization_id, payment_id);
CALL isolate_by_organization('payment_refunds');
GRANT SELECT, INSERT ON payment_refunds TO tollbook_api, tollbook_worker;

-- The seller does not expect this money any more, or does again: the last row says which.
CREATE TABLE uncollectible_marks (
  organization_id integer NOT NULL,
  invoice_id      uuid NOT NULL,
  -- 1, 2, 3 … of the invoice.
  number          integer NOT NULL CHECK (number > 0),
  uncollectible   boolean NOT NULL,
  reason          text,
  marked_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, invoice_id, number),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id),
  CHECK (uncollectible = (reason IS NOT NULL))
);
CALL isolate_by_organization('uncollectible_marks');
GRANT SELECT, INSERT ON uncollectible_marks TO tollbook_api, tollbook_worker;

DO $$
DECLARE relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['ledger_transfers', 'ledger_entries', 'payments', 'payment_refunds', 'uncollectible_marks'] LOOP
    EXECUTE format('CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()', relation);
    EXECUTE format('CREATE TRIGGER immutable_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()', relation);
  END LOOP;
END $$;

-- What credit notes took off what is to be paid on an invoice: those that are offset against it and those whose amount is refunded. Not
-- those that became customer credit.
CREATE FUNCTION credited_offset(of_organization integer, of_invoice uuid) RETURNS numeric
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(sum(n.offset_amount), 0) FROM invoices n
         WHERE n.organization_id = of_organization AND n.corrects_id = of_invoice $$;

-- What the state of an invoice's payment follows from, one row for each invoice.
CREATE VIEW invoice_sums WITH (security_invoker = true) AS
  SELECT i.organization_id, i.id AS invoice_id, i.due_date,
         i.amount_due,
         coalesce(paid.amount, 0) AS paid,
         coalesce(paid.refunded, 0) AS refunded,
         credited_offset(i.organization_id, i.id) AS credited_offset,
         EXISTS (SELECT FROM invoice_voidings v WHERE v.organization_id = i.organization_id AND v.invoice_id = i.id) AS voided,
         coalesce(mark.uncollectible, false) AS uncollectible
    FROM invoices i
    LEFT JOIN LATERAL (SELECT sum(p.amount - p.credited) AS amount,
                              sum((SELECT sum(r.amount) FROM payment_refunds r
                                    WHERE r.organization_id = p.organization_id AND r.payment_id = p.id)) AS refunded
                         FROM payments p WHERE p.organization_id = i.organization_id AND p.invoice_id = i.id) paid ON true
    LEFT JOIN LATERAL (SELECT m.uncollectible FROM uncollectible_marks m
                        WHERE m.organization_id = i.organization_id AND m.invoice_id = i.id ORDER BY m.number DESC LIMIT 1) mark ON true
   WHERE i.kind = 'invoice';
GRANT SELECT ON invoice_sums TO tollbook_api, tollbook_worker;

-- The same as libs/payments/payment-state.ts says, for lists that are filtered by it; a law compares the two.
CREATE FUNCTION payment_status(sums invoice_sums, today date) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT CASE
      WHEN sums.voided THEN 'voided'
      WHEN sums.amount_due - sums.credited_offset - sums.paid + sums.refunded <= 0 THEN 'paid'
      WHEN sums.uncollectible THEN 'uncollectible'
      WHEN sums.due_date < today THEN 'overdue'
      WHEN sums.paid > sums.refunded THEN 'partially_paid'
      ELSE 'open' END $$;

-- By which lists find invoices whose payment stands in a way: an index, no more. What is shown is derived from the sums. `state` is the
-- status before anything is overdue, which depends on the day. Kept by triggers on everything that the sums are made from; whoever writes
-- there holds the lock on the invoice.
CREATE TABLE payment_standings (
  organization_id integer NOT NULL,
  invoice_id      uuid NOT NULL,
  due_date        date NOT NULL,
  state           text NOT NULL CHECK (state IN ('open', 'partially_paid', 'paid', 'uncollectible', 'voided')),
  PRIMARY KEY (organization_id, invoice_id),
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id)
);
CREATE INDEX payment_standings_by_state ON payment_standings (organization_id, state, invoice_id) INCLUDE (due_date);
CREATE INDEX payment_standings_unpaid ON payment_standings (organization_id, state, due_date, invoice_id)
  WHERE state IN ('open', 'partially_paid');
CALL isolate_by_organization('payment_standings');
GRANT SELECT, INSERT, UPDATE (state) ON payment_standings TO tollbook_api, tollbook_worker;

CREATE PROCEDURE stand_again(of_organization integer, of_invoice uuid) LANGUAGE plpgsql AS $$
DECLARE sums invoice_sums;
BEGIN
  SELECT * INTO sums FROM invoice_sums s WHERE s.organization_id = of_organization AND s.invoice_id = of_invoice;
  UPDATE payment_standings p SET state = payment_status(sums, '-infinity')
   WHERE p.organization_id = of_organization AND p.invoice_id = of_invoice AND p.state <> payment_status(sums, '-infinity');
END $$;

CREATE FUNCTION stand_with_documents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE corrected record;
BEGIN
  INSERT INTO payment_standings (organization_id, invoice_id, due_date, state)
    SELECT organization_id, id, due_date, CASE WHEN amount_due > 0 THEN 'open' ELSE 'paid' END FROM added WHERE kind = 'invoice';
  FOR corrected IN SELECT DISTINCT organization_id, corrects_id FROM added WHERE corrects_id IS NOT NULL LOOP
    CALL stand_again(corrected.organization_id, corrected.corrects_id);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER stand_with_documents AFTER INSERT ON invoices REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION stand_with_documents();

CREATE FUNCTION stand_with_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CALL stand_again(NEW.organization_id, NEW.invoice_id);
  RETURN NULL;
END $$;
CREATE TRIGGER stand_with_invoice AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION stand_with_invoice();
CREATE TRIGGER stand_with_invoice AFTER INSERT ON uncollectible_marks FOR EACH ROW EXECUTE FUNCTION stand_with_invoice();
CREATE TRIGGER stand_with_invoice AFTER INSERT ON invoice_voidings FOR EACH ROW EXECUTE FUNCTION stand_with_invoice();

CREATE FUNCTION stand_with_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid uuid;
BEGIN
  SELECT invoice_id INTO STRICT paid FROM payments WHERE organization_id = NEW.organization_id AND id = NEW.payment_id;
  CALL stand_again(NEW.organization_id, paid);
  RETURN NULL;
END $$;
CREATE TRIGGER stand_with_payment AFTER INSERT ON payment_refunds FOR EACH ROW EXECUTE FUNCTION stand_with_payment();
