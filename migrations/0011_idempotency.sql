-- Up Migration
-- What requests with an Idempotency-Key were answered. Written in the transaction of their effect, see libs/http/idempotency/answer-once.ts.

CREATE TABLE idempotency_keys (
  organization_id integer NOT NULL REFERENCES organizations,
  -- SHA-256 of the key as it was sent.
  digest          bytea NOT NULL CHECK (octet_length(digest) = 32),
  -- SHA-256 of method, path, query and body: the same key with another one is refused.
  fingerprint     bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  status          integer NOT NULL CHECK (status BETWEEN 200 AND 499),
  headers         jsonb NOT NULL,
  -- As it was sent; null: the answer had none, or it went with the personal data in it.
  body            text,
  erased          boolean NOT NULL DEFAULT false CHECK (NOT erased OR body IS NULL),
  expires_at      timestamptz NOT NULL,
  PRIMARY KEY (organization_id, digest)
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
CALL isolate_by_organization('idempotency_keys');
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO tollbook_api;
GRANT SELECT, DELETE ON idempotency_keys TO tollbook_worker;
