-- Up Migration
-- From records in the log to hourly usage. All of it is written by the aggregator, in one transaction per batch.

-- Moves whenever a meter changes. Read under the shared catalogue lock by every batch, moved under the exclusive one.
CREATE TABLE catalog_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version  bigint NOT NULL
);
INSERT INTO catalog_version (version) VALUES (1);
GRANT SELECT, UPDATE ON catalog_version TO tollbook_api;
GRANT SELECT ON catalog_version TO tollbook_worker;

CREATE TABLE meters (
  organization_id integer NOT NULL REFERENCES organizations,
  id              integer GENERATED ALWAYS AS IDENTITY,
  key             text NOT NULL,
  name            text NOT NULL,
  event_type      text NOT NULL,
  aggregation     text NOT NULL CHECK (aggregation IN ('count', 'sum')),
  value_property  text,
  group_by        text[] NOT NULL DEFAULT '{}',
  -- Events whose own time lies before this are not metered. Null: no bound.
  effective_from  timestamptz CHECK (effective_from BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T00:00:00Z'),
  created_at      timestamptz NOT NULL DEFAULT now(),
  archived_at     timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, key),
  CHECK ((aggregation = 'sum') = (value_property IS NOT NULL))
);
CALL isolate_by_organization('meters');
GRANT SELECT, INSERT, UPDATE ON meters TO tollbook_api;
GRANT SELECT ON meters TO tollbook_worker;

-- How far each partition of the log is applied. This row, not the consumer group, decides what counts.
CREATE TABLE log_offsets (
  partition        smallint PRIMARY KEY,
  epoch            integer NOT NULL DEFAULT 1,
  next_offset      bigint NOT NULL DEFAULT 0,
  -- SHA-256 of the last applied record: a log that was replaced shows itself here.
  last_record_hash bytea
);
GRANT SELECT ON log_offsets TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON log_offsets TO tollbook_worker;

-- One row per identity (organization, source, id) ever counted. The primary key is what makes counting exactly-once.
-- The hot tables below carry no foreign keys: ingest takes the organization from the key that authenticated the request.
CREATE TABLE event_keys (
  organization_id integer NOT NULL,
  event_key       uuid NOT NULL,
  payload_hash    uuid NOT NULL,
  log_partition   smallint NOT NULL,
  log_offset      bigint NOT NULL,
  received_on     date NOT NULL,
  PRIMARY KEY (organization_id, event_key)
);
CALL isolate_by_organization('event_keys');
GRANT SELECT ON event_keys TO tollbook_api;
GRANT SELECT, INSERT ON event_keys TO tollbook_worker;

CREATE TABLE usage_events (
  organization_id integer NOT NULL,
  event_key       uuid NOT NULL,
  log_epoch       integer NOT NULL,
  log_partition   smallint NOT NULL,
  log_offset      bigint NOT NULL,
  received_at     timestamptz NOT NULL,
  id              text NOT NULL,
  source          text NOT NULL,
  type            text NOT NULL,
  customer        text NOT NULL,
  time            timestamptz NOT NULL,
  -- False when the sender left the time out: then it is the arrival time and no part of the hash.
  time_given      boolean NOT NULL,
  properties      jsonb NOT NULL,
  event_hash      bytea NOT NULL
) PARTITION BY RANGE (received_at);
CALL isolate_by_organization('usage_events');
GRANT SELECT ON usage_events TO tollbook_api;
GRANT SELECT ON usage_events TO tollbook_worker;

-- Attaching takes SHARE UPDATE EXCLUSIVE only, so readers and writers of other days go on. The workers may write into a day
-- directly: COPY refuses a table with row-level security, and the day itself has none. The API role has no right on a day; it reads
-- through usage_events and its policy.
CREATE FUNCTION ensure_usage_events_day(day date) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE child text := 'usage_events_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF to_regclass(child) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tollbook:usage_events', 0));
  IF to_regclass(child) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE usage_events INCLUDING ALL)', child);
  EXECUTE format('ALTER TABLE usage_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 child, (day::timestamp AT TIME ZONE 'UTC'), ((day + 1)::timestamp AT TIME ZONE 'UTC'));
  EXECUTE format('GRANT INSERT ON %I TO tollbook_worker', child);
END $$;
REVOKE ALL ON FUNCTION ensure_usage_events_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_usage_events_day(date) TO tollbook_worker;

CREATE TABLE usage_hourly (
  organization_id integer NOT NULL,
  meter_id        integer NOT NULL,
  customer        text NOT NULL,
  hour            timestamptz NOT NULL,
  -- Canonical JSON of the group-by values, '' for a meter without group-by.
  group_key       text NOT NULL,
  event_count     bigint NOT NULL,
  total           numeric NOT NULL,
  -- Sum of the events' hashes mod 2^256: the same for any order, different for any other set of events.
  digest          numeric(78, 0) NOT NULL,
  version         bigint NOT NULL,
  PRIMARY KEY (organization_id, meter_id, customer, hour, group_key)
) WITH (fillfactor = 70);
CALL isolate_by_organization('usage_hourly');
GRANT SELECT ON usage_hourly TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON usage_hourly TO tollbook_worker;

-- Same identity, other payload: the first counts, the others are kept here to be looked at.
CREATE TABLE event_conflicts (
  organization_id integer NOT NULL,
  event_key       uuid NOT NULL,
  log_epoch       integer NOT NULL,
  log_partition   smallint NOT NULL,
  log_offset      bigint NOT NULL,
  received_at     timestamptz NOT NULL,
  record          jsonb NOT NULL,
  PRIMARY KEY (organization_id, log_epoch, log_partition, log_offset)
);
CALL isolate_by_organization('event_conflicts');
GRANT SELECT ON event_conflicts TO tollbook_api;
GRANT SELECT, INSERT ON event_conflicts TO tollbook_worker;

-- Records that could not be applied. Organization 0 where the record does not even say whose it is.
CREATE TABLE dead_letters (
  organization_id integer NOT NULL,
  log_epoch       integer NOT NULL,
  log_partition   smallint NOT NULL,
  log_offset      bigint NOT NULL,
  received_at     timestamptz NOT NULL,
  reason          text NOT NULL,
  detail          text NOT NULL,
  record          bytea NOT NULL,
  PRIMARY KEY (organization_id, log_epoch, log_partition, log_offset)
);
CALL isolate_by_organization('dead_letters');
GRANT SELECT ON dead_letters TO tollbook_api;
GRANT SELECT, INSERT ON dead_letters TO tollbook_worker;

-- What became of every record, by day of arrival. records in the log = the sum of all outcomes.
CREATE TABLE record_counts (
  organization_id integer NOT NULL,
  received_on     date NOT NULL,
  outcome         text NOT NULL CHECK (outcome IN ('counted', 'unassigned', 'duplicate', 'conflict', 'dead_letter')),
  records         bigint NOT NULL,
  PRIMARY KEY (organization_id, received_on, outcome)
) WITH (fillfactor = 70);
CALL isolate_by_organization('record_counts');
GRANT SELECT ON record_counts TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON record_counts TO tollbook_worker;
