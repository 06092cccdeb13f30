-- presence --
-- Hold the shared lock that every process of the service holds.
SELECT pg_advisory_lock_shared($1, 0);

-- processes --
-- How many processes hold it.
SELECT count(*)
  FROM pg_locks
 WHERE locktype = 'advisory'
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND classid = $1::int::oid
   AND objid = 0
   AND objsubid = 2
   AND granted;

-- number --
-- A fresh member number, with its lock.
SELECT number
  FROM (SELECT nextval('log_member_numbers')::int AS number) AS fresh,
       LATERAL pg_advisory_lock($1, number);

-- unlock --
-- Give a member's lock back.
SELECT pg_advisory_unlock($1, $2);

-- notify --
-- Send these payloads, in order.
SELECT count(pg_notify($1, payload))
  FROM unnest($2::text[]) AS payload;
