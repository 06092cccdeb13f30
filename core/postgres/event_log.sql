-- topics --
-- How many partitions each topic has.
SELECT topic, count(*)::int AS partitions
  FROM log_partitions
 WHERE topic = ANY($1::text[])
 GROUP BY topic;

-- make --
-- The partitions of topics that have none.
INSERT INTO log_partitions (topic, part)
SELECT topic, part
  FROM unnest($1::text[]) AS topic
 CROSS JOIN generate_series(0, $2 - 1) AS part
ON CONFLICT DO NOTHING;

-- append_one --
-- One record. The counter row's lock, held until the commit, makes the order of commits the
-- order of offsets; in a longer transaction this is the last statement.
WITH slot AS (
  UPDATE log_partitions
     SET next = next + 1
   WHERE topic = $1
     AND part = $2
  RETURNING next - 1 AS off
)
INSERT INTO log_records (topic, part, off, key, value, headers)
SELECT $1, $2, off, $3, $4, $5::text::jsonb
  FROM slot;

-- append --
-- Many records, in the order given. Counter rows are locked in partition order, or two batches
-- would wait for each other.
WITH batch AS MATERIALIZED (
  SELECT topic, part, key, value, headers::jsonb AS headers, n,
         row_number() OVER (PARTITION BY topic, part ORDER BY n) - 1 AS place
    FROM unnest($1::text[], $2::int[], $3::bytea[], $4::bytea[], $5::text[])
         WITH ORDINALITY AS record (topic, part, key, value, headers, n)
), wanted AS (
  SELECT topic, part, count(*) AS records
    FROM batch
   GROUP BY topic, part
), held AS MATERIALIZED (
  SELECT p.topic, p.part, wanted.records
    FROM log_partitions p
    JOIN wanted
   USING (topic, part)
   ORDER BY p.topic, p.part
     FOR UPDATE OF p
), slot AS (
  UPDATE log_partitions AS p
     SET next = p.next + held.records
    FROM held
   WHERE p.topic = held.topic
     AND p.part = held.part
  RETURNING p.topic, p.part, p.next - held.records AS first
)
INSERT INTO log_records (topic, part, off, key, value, headers)
SELECT topic, part, first + place, key, value, headers
  FROM batch
  JOIN slot
 USING (topic, part);

-- trim --
-- Remove old records of one partition, oldest first: what every group has read and is older than
-- $3, and what is older than $4 whoever has read it. A group that is overtaken goes on behind it.
WITH floor AS (
  SELECT min(off) AS off
    FROM log_groups
   WHERE topic = $1
     AND part = $2
), gone AS (
  DELETE FROM log_records
   WHERE topic = $1
     AND part = $2
     AND off IN (
       SELECT off
         FROM (
           SELECT off, at
             FROM log_records
            WHERE topic = $1
              AND part = $2
            ORDER BY off
            LIMIT $5
         ) AS oldest
        WHERE at < now() - $3::interval AND off < coalesce((SELECT off FROM floor), off + 1)
           OR at < now() - $4::interval
     )
  RETURNING off
), moved AS (
  UPDATE log_groups
     SET off = (SELECT max(off) + 1 FROM gone)
   WHERE topic = $1
     AND part = $2
     AND off <= (SELECT max(off) FROM gone)
)
SELECT count(*)
  FROM gone;
