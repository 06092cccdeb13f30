-- put --
-- Make something due; what is due under this kind and key already stays as it is.
INSERT INTO jobs (tenant, kind, key, due_at, payload)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, kind, key) DO NOTHING;

-- claim --
-- Some that are due, longest first. Each is ours until the lease is over, then it is due again.
WITH due AS (
  SELECT id
    FROM jobs
   WHERE due_at <= $1
     AND stuck_at IS NULL
     AND kind = ANY($5::text[])
   ORDER BY due_at
   LIMIT $2
     FOR UPDATE SKIP LOCKED
)
UPDATE jobs
   SET due_at = $3,
       lease = $4,
       tries = tries + 1
  FROM due
 WHERE jobs.id = due.id
RETURNING jobs.id, tenant, kind, key, payload, tries;

-- done --
-- It was done by who has the lease.
DELETE FROM jobs
 WHERE id = $1
   AND lease = $2;

-- again --
-- It was not done, and is due later.
UPDATE jobs
   SET due_at = $3,
       lease = NULL
 WHERE id = $1
   AND lease = $2;

-- stuck --
-- It was tried too often; it stays for somebody to look at.
UPDATE jobs
   SET stuck_at = $3,
       lease = NULL
 WHERE id = $1
   AND lease = $2;
