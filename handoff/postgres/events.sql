-- due --
-- Endpoints that something waits for, and that may be called.
SELECT id
  FROM event_endpoints AS p
 WHERE p.rest_until <= $1
   AND EXISTS (SELECT
                 FROM handoff_events AS e
                WHERE e.endpoint = p.id
                  AND e.due_at <= $1
                  AND e.stuck_at IS NULL);

-- claim --
-- Some events for an endpoint, of each handoff only the first that it does not know. Nobody else
-- has them until the lease is over.
WITH due AS (
  SELECT e.n
    FROM handoff_events AS e
   WHERE e.endpoint = $1
     AND e.due_at <= $2
     AND e.stuck_at IS NULL
     AND NOT EXISTS (SELECT
                       FROM handoff_events AS earlier
                      WHERE earlier.endpoint = e.endpoint
                        AND earlier.handoff = e.handoff
                        AND earlier.version < e.version)
   ORDER BY e.due_at, e.n
   LIMIT $3
     FOR UPDATE SKIP LOCKED
)
UPDATE handoff_events AS e
   SET due_at = $4,
       lease = $5,
       tries = tries + 1
  FROM due
 WHERE e.n = due.n
RETURNING e.n, e.id, e.tenant, e.handoff, e.version, e.kind, e.facts, e.body, e.tries;

-- written --
-- What is sent from now on, word by word; no row when the lease is lost, or the talk is erased.
UPDATE handoff_events AS e
   SET body = $3
 WHERE n = $1
   AND lease = $2
   AND (facts ? 'customer') = $4
RETURNING n;

-- told --
-- The endpoint has it.
WITH gone AS (
  DELETE FROM handoff_events
   WHERE n = $1
     AND lease = $2
  RETURNING endpoint
)
UPDATE event_endpoints AS p
   SET told_at = $3
  FROM gone
 WHERE p.id = gone.endpoint;

-- later --
-- It was not taken; it is due later, or stays for somebody to look at.
UPDATE handoff_events
   SET due_at = $3,
       lease = NULL,
       trouble = $4,
       stuck_at = $5
 WHERE n = $1
   AND lease = $2;

-- rest --
-- Leave an endpoint alone until then.
UPDATE event_endpoints
   SET rest_until = greatest(rest_until, $2)
 WHERE id = $1;
