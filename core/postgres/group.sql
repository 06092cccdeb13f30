-- lock_group --
-- One change of a group's members or partitions at a time, until the transaction ends. A
-- statement of its own: what follows must see what the holder before has committed.
SELECT pg_advisory_xact_lock($1, hashtext($2));

-- enter --
-- A new member; its number is locked already.
INSERT INTO log_members (grp, member, topics, lease_until)
VALUES ($1, $2, $3, now() + $4::interval);

-- place --
-- Give the group a position in every partition; a new one starts at the oldest record.
INSERT INTO log_groups (grp, topic, part, off)
SELECT $1, topic, part,
       coalesce((SELECT min(off) FROM log_records r WHERE r.topic = p.topic AND r.part = p.part),
                next)
  FROM log_partitions p
 WHERE topic = ANY($2::text[])
ON CONFLICT DO NOTHING;

-- beat --
-- Renew the lease when a fifth of it is over, and see all members. Without a row of one's own:
-- declared dead by another.
WITH me AS (
  UPDATE log_members
     SET lease_until = now() + $3::interval
   WHERE member = $2
     AND grp = $1
     AND lease_until < now() + $3::interval * 0.8
)
SELECT member, topics,
       member = $2 OR lease_until > now() AND EXISTS (
         SELECT FROM pg_locks
          WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid = $4::int::oid
            AND objid = member::oid
            AND objsubid = 2
            AND granted
       ) AS alive
  FROM log_members
 WHERE grp = $1
 ORDER BY member;

-- bury --
-- Strike out the members whose lease is over or whose lock is gone.
DELETE FROM log_members
 WHERE grp = $1
   AND member <> $2
   AND (lease_until < now() OR NOT EXISTS (
         SELECT FROM pg_locks
          WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid = $3::int::oid
            AND objid = member::oid
            AND objsubid = 2
            AND granted
       ))
RETURNING member;

-- sizes --
-- How many partitions each topic has.
SELECT topic, count(*)::int AS partitions
  FROM log_groups
 WHERE grp = $1
   AND topic = ANY($2::text[])
 GROUP BY topic;

-- claim --
-- Take up to this many partitions that no member has.
UPDATE log_groups AS g
   SET owner = $2,
       epoch = g.epoch + 1
  FROM (
    SELECT topic, part
      FROM log_groups AS lost
     WHERE grp = $1
       AND topic = $3
       AND NOT EXISTS (SELECT FROM log_members WHERE member = lost.owner)
     ORDER BY part
     LIMIT $4
  ) AS free
 WHERE g.grp = $1
   AND g.topic = free.topic
   AND g.part = free.part
RETURNING g.part, g.off, g.epoch;

-- release --
-- Let go of these partitions.
UPDATE log_groups AS g
   SET owner = NULL
  FROM unnest($3::text[], $4::int[]) AS given (topic, part)
 WHERE g.grp = $1
   AND g.owner = $2
   AND g.topic = given.topic
   AND g.part = given.part;

-- leave --
-- Strike oneself out; the partitions are free with that.
DELETE FROM log_members
 WHERE grp = $1
   AND member = $2;

-- commit --
-- Remember positions, fenced: a late owner and a step back change nothing. Not waiting for the
-- disk is safe here: a crash of the server takes back positions, never records, and the WAL's
-- order takes back first whatever was written after a lost position.
WITH quietly AS MATERIALIZED (
  SELECT set_config('synchronous_commit', 'off', true)
)
UPDATE log_groups AS g
   SET off = done.off
  FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[]) AS done (topic, part, off, epoch),
       quietly
 WHERE g.grp = $1
   AND g.owner = $2
   AND g.topic = done.topic
   AND g.part = done.part
   AND g.epoch = done.epoch
   AND g.off < done.off;

-- lag --
-- Records behind the committed positions.
SELECT g.topic, g.part, p.next - g.off AS behind
  FROM log_groups g
  JOIN log_partitions p
 USING (topic, part)
 WHERE g.grp = $1
   AND g.owner = $2;
