-- Up Migration
-- The event log in Postgres (embedded mode). Kafka takes its place in the distributed mode.
--
-- An offset is taken from the partition's row by UPDATE … RETURNING and that row stays locked until commit: offsets become
-- visible in order and without gaps, so a reader can never pass over one that commits later.

CREATE TABLE log_partitions (
  partition   smallint PRIMARY KEY,
  next_offset bigint NOT NULL DEFAULT 0
);
INSERT INTO log_partitions (partition) SELECT generate_series(0, 3);

CREATE TABLE log_records (
  partition   smallint NOT NULL,
  "offset"    bigint NOT NULL,
  appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  value       bytea NOT NULL,
  PRIMARY KEY (partition, "offset")
);

GRANT SELECT, UPDATE ON log_partitions TO tollbook_api, tollbook_worker;
-- Records of all organizations lie side by side here, so the API role may add to them and not read them.
GRANT INSERT ON log_records TO tollbook_api;
GRANT SELECT, INSERT, DELETE ON log_records TO tollbook_worker;
