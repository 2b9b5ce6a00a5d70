-- Up Migration
-- Daily aggregates that were sent on (POST /aggregates/commit, docs/api/compat.md). Without Kafka these tables are the topic.

-- One row for each day that was ever committed: the lock of all that is done for it.
CREATE TABLE daily_commits (
  organization_id integer NOT NULL REFERENCES organizations,
  date            date NOT NULL,
  -- How many records there are, and how many of them are known to be in the topic.
  records         integer NOT NULL DEFAULT 0 CHECK (records >= 0),
  sent            integer NOT NULL DEFAULT 0 CHECK (sent BETWEEN 0 AND records),
  -- Where the topic ended before the others began to be sent; null: nobody began. What died on the way is looked for from there.
  begun_at_offset bigint,
  PRIMARY KEY (organization_id, date)
);
CALL isolate_by_organization('daily_commits');
GRANT SELECT, INSERT, UPDATE ON daily_commits TO tollbook_api, tollbook_worker;

-- What a commit added to what was committed before; the sum over a day is what was used.
CREATE TABLE daily_commit_records (
  organization_id integer NOT NULL,
  date            date NOT NULL,
  -- 1, 2, 3 … of the day.
  position        integer NOT NULL CHECK (position > 0),
  customer        text NOT NULL,
  product_sku     text NOT NULL,
  use_unit        text NOT NULL,
  -- Below zero where events were taken back.
  amount          numeric NOT NULL CHECK (amount <> 0),
  committed_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, date, position),
  FOREIGN KEY (organization_id, date) REFERENCES daily_commits (organization_id, date)
);
CALL isolate_by_organization('daily_commit_records');
GRANT SELECT, INSERT ON daily_commit_records TO tollbook_api, tollbook_worker;
CREATE TRIGGER immutable_rows BEFORE UPDATE OR DELETE ON daily_commit_records FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER immutable_table BEFORE TRUNCATE ON daily_commit_records FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
