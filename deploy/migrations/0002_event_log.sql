-- The event log: topics of partitions of records, and who has read how far.

-- One counter row per partition. Whoever appends takes the next offset from it as the last thing
-- before the commit: the row's lock makes the order of commits the order of offsets, so a reader
-- behind `off` loses nothing and sees no gap.
CREATE TABLE log_partitions (
  topic text   NOT NULL,
  part  int    NOT NULL,
  next  bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, part)
) WITH (fillfactor = 20);  -- room for a row's many versions on its own page

CREATE TABLE log_records (
  topic   text        NOT NULL,
  part    int         NOT NULL,
  off     bigint      NOT NULL,
  key     bytea       NOT NULL,
  value   bytea       NOT NULL,
  headers jsonb       NOT NULL DEFAULT '{}',
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (topic, part, off)
);

-- A member's number is also the key of an advisory lock that its process holds as long as it is
-- connected; the lease catches a process that is connected and does not move.
CREATE SEQUENCE log_member_numbers AS int CYCLE;

CREATE TABLE log_members (
  member      int         PRIMARY KEY,
  grp         text        NOT NULL,
  topics      text[]      NOT NULL,
  lease_until timestamptz NOT NULL
) WITH (fillfactor = 50);

-- The committed position of each group in each partition. A change of owner raises the epoch,
-- so that what an earlier owner still says changes nothing.
CREATE TABLE log_groups (
  grp   text   NOT NULL,
  topic text   NOT NULL,
  part  int    NOT NULL,
  off   bigint NOT NULL DEFAULT 0,
  owner int,
  epoch bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (grp, topic, part)
) WITH (fillfactor = 20);

-- A queue's table is small and always changing: clean it by count, not by share.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- A tenant's transaction appends what it says; it reads nobody's records.
GRANT SELECT, UPDATE (next) ON log_partitions TO switchboard_tenant;
GRANT INSERT ON log_records TO switchboard_tenant;
