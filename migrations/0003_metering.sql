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
  -- Versions of a key follow each other without a gap: each ends where the next one begins.
  version         integer NOT NULL DEFAULT 1 CHECK (version > 0),
  name            text NOT NULL,
  event_type      text NOT NULL,
  aggregation     text NOT NULL CHECK (aggregation IN ('count', 'sum', 'min', 'max', 'avg', 'latest', 'unique', 'weighted_sum')),
  value_property  text,
  group_by        text[] NOT NULL DEFAULT '{}',
  -- Conditions on properties, all of which must hold: [{ property, operator, value }].
  filter          jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(filter) = 'array'),
  -- Events whose own time lies in [effective_from, effective_until) are metered. Null: no bound.
  effective_from  timestamptz CHECK (effective_from BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T00:00:00Z'),
  effective_until timestamptz CHECK (effective_until > effective_from),
  created_at      timestamptz NOT NULL DEFAULT now(),
  archived_at     timestamptz,
  -- Where the log was when the meter came and went: { epoch, offsets: { partition: next offset } }. Records from `started_at_log` on
  -- and before `ended_at_log` are counted as they are applied; earlier ones only by a backfill.
  started_at_log  jsonb NOT NULL,
  ended_at_log    jsonb,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, key, version),
  CHECK ((aggregation = 'count') = (value_property IS NULL)),
  CHECK ((archived_at IS NULL) = (ended_at_log IS NULL))
);
CALL isolate_by_organization('meters');
GRANT SELECT, INSERT, UPDATE ON meters TO tollbook_api;
GRANT SELECT ON meters TO tollbook_worker;

-- Counting what arrived before a meter was made, chunk by chunk. Raw events up to the cursor are counted.
CREATE TABLE meter_backfills (
  organization_id integer NOT NULL,
  meter_id        integer NOT NULL,
  requested_at    timestamptz NOT NULL DEFAULT now(),
  finished_at     timestamptz,
  -- Null before the first chunk. Order: day of arrival, then place in the log.
  cursor_day      date,
  cursor_epoch    integer,
  cursor_partition smallint,
  cursor_offset   bigint,
  rows_seen       bigint NOT NULL DEFAULT 0,
  events_counted  bigint NOT NULL DEFAULT 0,
  -- Estimate of all rows, for progress.
  rows_total      bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, meter_id),
  FOREIGN KEY (organization_id, meter_id) REFERENCES meters
);
CALL isolate_by_organization('meter_backfills');
GRANT SELECT, INSERT ON meter_backfills TO tollbook_api;
GRANT SELECT, UPDATE ON meter_backfills TO tollbook_worker;

-- How far each partition of the log is applied. This row, not the consumer group, decides what counts.
CREATE TABLE log_offsets (
  partition        smallint PRIMARY KEY,
  -- Rises when an operator declares that the log was replaced. Places in the log compare by epoch, then offset.
  epoch            integer NOT NULL DEFAULT 1,
  next_offset      bigint NOT NULL DEFAULT 0,
  -- Where this epoch began: next_offset - first_offset records of it were applied.
  first_offset     bigint NOT NULL DEFAULT 0,
  -- SHA-256 of the last applied record: a log that was replaced shows itself here.
  last_record_hash bytea
);
GRANT SELECT ON log_offsets TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON log_offsets TO tollbook_worker;

-- Epochs that ended, with what was applied of each partition.
CREATE TABLE log_epochs (
  partition    smallint NOT NULL,
  epoch        integer NOT NULL,
  first_offset bigint NOT NULL,
  next_offset  bigint NOT NULL,
  ended_at     timestamptz NOT NULL DEFAULT now(),
  reason       text NOT NULL,
  PRIMARY KEY (partition, epoch)
);
GRANT SELECT ON log_epochs TO tollbook_api, tollbook_worker;

-- One row per identity (organization, source, id) ever counted. The primary key of each generation, and a look into the older ones,
-- make counting exactly-once. New keys go into the current generation; older ones are only read, and are dropped whole.
-- The hot tables below carry no foreign keys: ingest takes the organization from the key that authenticated the request.
CREATE TABLE event_keys (
  event_key       uuid NOT NULL,
  -- First 64 bits of the payload's hash.
  payload_hash    bigint NOT NULL,
  -- Place of the raw event. Offset -1: a correction came first, its original is still awaited.
  log_offset      bigint NOT NULL,
  organization_id integer NOT NULL,
  log_epoch       integer NOT NULL,
  received_on     date NOT NULL,
  log_partition   smallint NOT NULL,
  generation      smallint NOT NULL
) PARTITION BY LIST (generation);
CALL isolate_by_organization('event_keys');
GRANT SELECT ON event_keys TO tollbook_api;
GRANT SELECT, UPDATE ON event_keys TO tollbook_worker;

CREATE TABLE event_key_generations (
  generation smallint PRIMARY KEY,
  opened_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Null: the current one.
  sealed_at  timestamptz,
  dropped_at timestamptz CHECK (dropped_at IS NULL OR sealed_at IS NOT NULL)
);
CREATE UNIQUE INDEX one_current_generation ON event_key_generations ((true)) WHERE sealed_at IS NULL;
GRANT SELECT ON event_key_generations TO tollbook_api, tollbook_worker;

-- Records of events older than the floor are not counted any more: their keys may be gone. Null: no key was ever dropped.
CREATE TABLE dedupe_floor (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  floor    timestamptz
);
INSERT INTO dedupe_floor DEFAULT VALUES;
GRANT SELECT ON dedupe_floor TO tollbook_api, tollbook_worker;

CREATE FUNCTION open_event_key_generation() RETURNS smallint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE opened smallint := coalesce((SELECT max(generation) FROM event_key_generations), 0) + 1;
DECLARE child text := 'event_keys_g' || opened;
BEGIN
  UPDATE event_key_generations SET sealed_at = clock_timestamp() WHERE sealed_at IS NULL;
  EXECUTE format('CREATE TABLE %I (LIKE event_keys INCLUDING ALL, PRIMARY KEY (organization_id, event_key))', child);
  EXECUTE format('ALTER TABLE event_keys ATTACH PARTITION %I FOR VALUES IN (%L)', child, opened);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO tollbook_worker', child);
  INSERT INTO event_key_generations (generation) VALUES (opened);
  UPDATE catalog_version SET version = version + 1;
  RETURN opened;
END $$;

-- Only under the exclusive catalogue lock. The floor is the time at which the last of its keys can have arrived.
CREATE FUNCTION drop_event_key_generation(wanted smallint) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sealed timestamptz := (SELECT sealed_at FROM event_key_generations WHERE generation = wanted AND dropped_at IS NULL);
BEGIN
  IF sealed IS NULL THEN RAISE EXCEPTION 'generation % is not sealed, or dropped before', wanted; END IF;
  EXECUTE format('DROP TABLE %I', 'event_keys_g' || wanted);
  UPDATE event_key_generations SET dropped_at = clock_timestamp() WHERE generation = wanted;
  UPDATE dedupe_floor SET floor = greatest(floor, sealed);
  UPDATE catalog_version SET version = version + 1;
END $$;
REVOKE ALL ON FUNCTION open_event_key_generation(), drop_event_key_generation(smallint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_event_key_generation(), drop_event_key_generation(smallint) TO tollbook_worker;
SELECT open_event_key_generation();

-- Which names of sources an organization uses, to find an id without its source.
CREATE TABLE event_sources (
  organization_id integer NOT NULL,
  source          text NOT NULL,
  PRIMARY KEY (organization_id, source)
);
CALL isolate_by_organization('event_sources');
GRANT SELECT ON event_sources TO tollbook_api;
GRANT SELECT, INSERT ON event_sources TO tollbook_worker;

-- Raw events, append-only. A row of sign 1 is an event, or what an amendment made of it; a row of sign -1 takes one back that a void or
-- an amendment ended. Whatever is summed over rows with their sign, up to a place in the log, is what was counted up to there.
CREATE TABLE usage_events (
  log_offset      bigint NOT NULL,
  organization_id integer NOT NULL,
  log_epoch       integer NOT NULL,
  -- The place from which on the row counts: the record that brought it, or its original if that came later.
  log_partition   smallint NOT NULL,
  sign            smallint NOT NULL CHECK (sign IN (1, -1)),
  -- 0: as first sent; n: after the n-th amendment. A row of sign -1 bears the number of the row it takes back.
  revision        integer NOT NULL,
  event_key       uuid NOT NULL,
  received_at     timestamptz NOT NULL,
  time            timestamptz NOT NULL,
  -- False when the sender left the time out: then it is the arrival time and no part of the hash.
  time_given      boolean NOT NULL,
  id              text NOT NULL,
  source          text NOT NULL,
  type            text NOT NULL,
  customer        text NOT NULL,
  subscription    text NOT NULL,
  properties      jsonb NOT NULL,
  event_hash      bytea NOT NULL
) PARTITION BY RANGE (received_at);
CREATE INDEX usage_events_place ON usage_events (log_epoch, log_partition, log_offset);
CREATE INDEX usage_events_customer ON usage_events (organization_id, customer, time);
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
  -- Not to_regclass: what it remembers may be older than the lock.
  IF EXISTS (SELECT FROM pg_class WHERE relname = child AND relnamespace = 'public'::regnamespace) THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE usage_events INCLUDING ALL)', child);
  EXECUTE format('ALTER TABLE usage_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 child, (day::timestamp AT TIME ZONE 'UTC'), ((day + 1)::timestamp AT TIME ZONE 'UTC'));
  EXECUTE format('GRANT SELECT, INSERT ON %I TO tollbook_worker', child);
END $$;

-- Retention of raw events: drops whole days that ended before `day`; tells how many.
CREATE FUNCTION drop_usage_events_before(day date) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE child text;
DECLARE dropped integer := 0;
BEGIN
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'usage_events'::regclass AND c.relname < 'usage_events_' || to_char(day, 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE %I', child);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION ensure_usage_events_day(date), drop_usage_events_before(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_usage_events_day(date), drop_usage_events_before(date) TO tollbook_worker;

CREATE TABLE usage_hourly (
  organization_id integer NOT NULL,
  meter_id        integer NOT NULL,
  customer        text NOT NULL,
  hour            timestamptz NOT NULL,
  -- '' for events that name no subscription.
  subscription    text NOT NULL,
  -- Canonical JSON of the group-by values, '' for a meter without group-by.
  group_key       text NOT NULL,
  event_count     bigint NOT NULL,
  -- Sum of the values; of a count, the number of events.
  total           numeric NOT NULL,
  -- Sum of the events' hashes mod 2^256: the same for any order, different for any other set of events.
  digest          numeric(78, 0) NOT NULL,
  version         bigint NOT NULL,
  -- weighted_sum: sum of value times the milliseconds that were left of the hour.
  weighted        numeric,
  minimum         numeric,
  maximum         numeric,
  latest          numeric,
  latest_time     timestamptz,
  latest_id       text COLLATE "C",
  PRIMARY KEY (organization_id, meter_id, customer, hour, subscription, group_key)
) WITH (fillfactor = 70);
CALL isolate_by_organization('usage_hourly');
GRANT SELECT ON usage_hourly TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON usage_hourly TO tollbook_worker;

-- The different values a `unique` meter saw in an hour, and how often. Rows whose count came back to zero stay.
CREATE TABLE usage_unique (
  organization_id integer NOT NULL,
  meter_id        integer NOT NULL,
  customer        text NOT NULL,
  hour            timestamptz NOT NULL,
  subscription    text NOT NULL,
  group_key       text NOT NULL,
  -- First half of the SHA-256 of the value.
  value_hash      uuid NOT NULL,
  event_count     bigint NOT NULL,
  PRIMARY KEY (organization_id, meter_id, customer, hour, subscription, group_key, value_hash)
) WITH (fillfactor = 70);
CALL isolate_by_organization('usage_unique');
GRANT SELECT ON usage_unique TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON usage_unique TO tollbook_worker;

-- Voids and amendments, each with who and why.
CREATE TABLE event_corrections (
  organization_id  integer NOT NULL,
  event_key        uuid NOT NULL,
  -- Of the sender's correction id, or of the content where there is none.
  correction_key   uuid NOT NULL,
  payload_hash     bigint NOT NULL,
  correction_id    text NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('void', 'amend')),
  -- waiting: its original did not arrive yet. refused: see detail.
  state            text NOT NULL CHECK (state IN ('waiting', 'applied', 'refused')),
  detail           text,
  reason           text NOT NULL,
  actor            text NOT NULL,
  -- What an amendment changes: { type?, customer?, subscription?, time?, properties? }.
  changes          jsonb NOT NULL,
  log_epoch        integer NOT NULL,
  log_partition    smallint NOT NULL,
  log_offset       bigint NOT NULL,
  received_at      timestamptz NOT NULL,
  -- Revision of the event after it, and place and day of the raw rows it made. Null unless applied.
  revision         integer,
  applied_epoch    integer,
  applied_partition smallint,
  applied_offset   bigint,
  applied_on       date,
  PRIMARY KEY (organization_id, event_key, correction_key)
);
CALL isolate_by_organization('event_corrections');
GRANT SELECT ON event_corrections TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON event_corrections TO tollbook_worker;

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
CREATE INDEX event_conflicts_of_event ON event_conflicts (organization_id, event_key);
CALL isolate_by_organization('event_conflicts');
GRANT SELECT ON event_conflicts TO tollbook_api;
GRANT SELECT, INSERT ON event_conflicts TO tollbook_worker;

-- Records that could not be applied. Organization 0 where the record does not even say whose it is.
CREATE TABLE dead_letters (
  organization_id integer NOT NULL,
  id              uuid NOT NULL DEFAULT gen_random_uuid(),
  log_epoch       integer NOT NULL,
  log_partition   smallint NOT NULL,
  log_offset      bigint NOT NULL,
  received_at     timestamptz NOT NULL,
  -- Of the usage; null where it cannot be read.
  event_time      timestamptz,
  reason          text NOT NULL,
  detail          text NOT NULL,
  record          bytea NOT NULL,
  -- When it was copied to the dead-letter topic (Kafka only), when it was put into the log again, and when it was given up.
  published_at    timestamptz,
  replayed_at     timestamptz,
  discarded_at    timestamptz,
  PRIMARY KEY (organization_id, log_epoch, log_partition, log_offset)
);
CREATE UNIQUE INDEX dead_letters_by_id ON dead_letters (organization_id, id);
CREATE INDEX dead_letters_by_time ON dead_letters (organization_id, coalesce(event_time, received_at));
CREATE INDEX dead_letters_to_publish ON dead_letters (log_epoch, log_partition, log_offset) WHERE published_at IS NULL;
CALL isolate_by_organization('dead_letters');
GRANT SELECT, UPDATE (replayed_at, discarded_at) ON dead_letters TO tollbook_api;
GRANT SELECT, INSERT, UPDATE (published_at) ON dead_letters TO tollbook_worker;

-- Events that a meter ought to count and cannot read: they were taken before it was made. Other meters may have counted them.
CREATE TABLE unread_events (
  organization_id integer NOT NULL,
  meter_id        integer NOT NULL,
  event_key       uuid NOT NULL,
  log_epoch       integer NOT NULL,
  log_partition   smallint NOT NULL,
  log_offset      bigint NOT NULL,
  received_at     timestamptz NOT NULL,
  detail          text NOT NULL,
  PRIMARY KEY (organization_id, meter_id, event_key)
);
CALL isolate_by_organization('unread_events');
GRANT SELECT ON unread_events TO tollbook_api;
GRANT SELECT, INSERT ON unread_events TO tollbook_worker;

-- What became of every record, by day of arrival; of organizations that were deleted since, 'deleted' of organization 0. Per partition and epoch, the sum of all outcomes is the number of records applied. A
-- row belongs to one partition, so that writers who hold different partitions never wait for each other here.
CREATE TABLE record_counts (
  organization_id integer NOT NULL,
  received_on     date NOT NULL,
  log_epoch       integer NOT NULL,
  log_partition   smallint NOT NULL,
  outcome         text NOT NULL CHECK (outcome IN ('counted', 'unassigned', 'duplicate', 'conflict', 'dead_letter', 'correction', 'deleted')),
  records         bigint NOT NULL,
  PRIMARY KEY (organization_id, received_on, log_epoch, log_partition, outcome)
) WITH (fillfactor = 70);
CALL isolate_by_organization('record_counts');
GRANT SELECT ON record_counts TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON record_counts TO tollbook_worker;

-- Events a meter counted less those taken back, by day of arrival. Kept beside usage_hourly so that the two can be compared.
CREATE TABLE meter_counts (
  organization_id integer NOT NULL,
  meter_id        integer NOT NULL,
  received_on     date NOT NULL,
  log_partition   smallint NOT NULL,
  event_count     bigint NOT NULL,
  PRIMARY KEY (organization_id, meter_id, received_on, log_partition)
) WITH (fillfactor = 70);
CALL isolate_by_organization('meter_counts');
GRANT SELECT ON meter_counts TO tollbook_api;
GRANT SELECT, INSERT, UPDATE ON meter_counts TO tollbook_worker;
