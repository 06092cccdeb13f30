-- move --
-- Bring the oldest rows of every free lane into the log, in one transaction with their removal.
-- The lock of a lane is tried, so lanes are taken whole and one that another relay has is left to
-- it. The records are what the DELETE returned: a row that another relay removed since this
-- statement's snapshot is not moved twice. Rows of a topic that is not there stay. Not waiting
-- for the disk is safe: a crash brings the rows back and takes the records away, together.
WITH quietly AS MATERIALIZED (
  SELECT set_config('synchronous_commit', 'off', true)
), mine AS MATERIALIZED (
  SELECT lane
    FROM generate_series(0, $1 - 1) AS lane, quietly
   WHERE pg_try_advisory_xact_lock($2, lane)
), oldest AS MATERIALIZED (
  SELECT picked.id
    FROM mine
   CROSS JOIN LATERAL (
     SELECT id
       FROM outbox
      WHERE outbox.lane = mine.lane
        AND outbox.topic = ANY (ARRAY(SELECT topic FROM log_partitions WHERE part = 0))
      ORDER BY id
      LIMIT $3
   ) AS picked
), gone AS (
  DELETE FROM outbox
   USING oldest
   WHERE outbox.id = oldest.id
  RETURNING outbox.*
), batch AS MATERIALIZED (
  SELECT topic, lane, coalesce(key, convert_to(conversation::text, 'UTF8')) AS key, value, headers,
         row_number() OVER (PARTITION BY topic, lane ORDER BY id) - 1 AS place
    FROM gone
), wanted AS (
  SELECT topic, lane, count(*) AS records
    FROM batch
   GROUP BY topic, lane
), held AS MATERIALIZED (
  SELECT p.topic, p.part, wanted.records
    FROM log_partitions p
    JOIN wanted
      ON p.topic = wanted.topic
     AND p.part = wanted.lane
   ORDER BY p.topic, p.part
     FOR UPDATE OF p
), slot AS (
  UPDATE log_partitions AS p
     SET next = p.next + held.records
    FROM held
   WHERE p.topic = held.topic
     AND p.part = held.part
  RETURNING p.topic, p.part, p.next - held.records AS first
), logged AS (
  INSERT INTO log_records (topic, part, off, key, value, headers)
  SELECT batch.topic, batch.lane, slot.first + batch.place,
         batch.key, batch.value, batch.headers
    FROM batch
    JOIN slot
      ON slot.topic = batch.topic
     AND slot.part = batch.lane
)
SELECT topic, sum(records)::int AS records, (SELECT count(*) FROM oldest)::int AS seen
  FROM wanted
 GROUP BY topic;

-- strays --
-- Rows of topics that are not there, among the oldest of each lane.
SELECT id, topic, key, value, headers, created_at, clock_timestamp() AS read_at
  FROM unnest($1::int[]) AS each (lane)
 CROSS JOIN LATERAL (
   SELECT id, topic, coalesce(key, convert_to(conversation::text, 'UTF8')) AS key, value, headers,
          created_at
     FROM outbox
    WHERE outbox.lane = each.lane
    ORDER BY id
    LIMIT $2
 ) AS oldest
 WHERE topic <> ALL (ARRAY(SELECT topic FROM log_partitions WHERE part = 0));

-- oldest --
-- The oldest rows of these lanes: so many of each and so many bytes of all at most, but one.
SELECT id, lane, topic, key, value, headers, created_at, clock_timestamp() AS read_at
  FROM (
    SELECT picked.*,
           sum(octet_length(value)) OVER (ORDER BY id) - octet_length(value) AS bytes_before
      FROM unnest($1::int[]) AS mine (lane)
     CROSS JOIN LATERAL (
       SELECT id, lane, topic, coalesce(key, convert_to(conversation::text, 'UTF8')) AS key, value,
              headers, created_at
         FROM outbox
        WHERE outbox.lane = mine.lane
        ORDER BY id
        LIMIT $2
     ) AS picked
  ) AS candidate
 WHERE bytes_before < $3
 ORDER BY id;

-- remove --
-- These are in the log, or put aside. Not waiting for the disk is safe: a crash brings them back,
-- all of a lane from some row on, and they are sent again in their order.
WITH quietly AS MATERIALIZED (
  SELECT set_config('synchronous_commit', 'off', true)
)
DELETE FROM outbox
 USING quietly
 WHERE id = ANY($1::bigint[]);

-- backlog --
-- How much waits, and for how long the oldest of it.
SELECT count(*)::int AS rows,
       coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS oldest_s
  FROM outbox;
