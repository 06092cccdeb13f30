-- keep --
-- Add it, or change it; what waits for it is told there.
INSERT INTO event_endpoints (id, tenant, name, url, private, sealed)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, name) DO UPDATE
   SET url = excluded.url,
       private = excluded.private,
       sealed = excluded.sealed,
       rest_until = 'epoch',
       changed_at = now()
RETURNING id;

-- everyone --
-- All of a tenant, with what waits for each.
SELECT p.id, p.tenant, p.name, p.url, p.private, p.sealed, p.told_at,
       count(e.n) AS waiting,
       count(e.n) FILTER (WHERE e.stuck_at IS NOT NULL) AS parked,
       coalesce((array_agg(e.trouble ORDER BY e.n) FILTER (WHERE e.trouble <> ''))[1], '')
         AS trouble
  FROM event_endpoints AS p
  LEFT JOIN handoff_events AS e
    ON e.endpoint = p.id
 WHERE p.tenant = $1
 GROUP BY p.id
 ORDER BY p.name;

-- one --
-- One of any tenant.
SELECT id, tenant, name, url, private, sealed
  FROM event_endpoints
 WHERE id = $1;

-- remove --
-- Forget it, its secret, and what waits for it.
DELETE FROM event_endpoints
 WHERE tenant = $1
   AND name = $2
RETURNING id;

-- replay --
-- Try again at once what waits for it, also what was given up.
WITH wanted AS (
  UPDATE event_endpoints
     SET rest_until = 'epoch'
   WHERE tenant = $1
     AND name = $2
  RETURNING id
), again AS (
  UPDATE handoff_events AS e
     SET due_at = 'epoch',
         stuck_at = NULL,
         tries = 0
    FROM wanted
   WHERE e.endpoint = wanted.id
     AND e.lease IS NULL
  RETURNING e.n
)
SELECT (SELECT count(*) FROM again) AS again
  FROM wanted;
