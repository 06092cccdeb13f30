-- put_away --
-- Put an active talk away. What the customer writes from now on wakes it, and clocks of their
-- words begin anew when it is back.
WITH put AS (
  UPDATE handoffs AS h
     SET snoozed_until = $3,
         snoozed_seq = c.seq,
         woke_at = NULL,
         clocked = ARRAY (SELECT clock FROM unnest(h.clocked) AS clock WHERE clock NOT LIKE 'next.%')
    FROM conversations AS c
   WHERE h.tenant = $1
     AND h.id = $2
     AND h.state = 'active'
     AND c.id = h.conversation
  RETURNING h.tenant, h.id
)
DELETE FROM jobs AS j
 USING put
 WHERE j.tenant = put.tenant
   AND j.kind = $4
   AND j.key LIKE put.id || '/next.%';

-- bring_back --
-- It is back at its agent's wish; no row when it was not away.
UPDATE handoffs
   SET snoozed_until = NULL,
       woke_at = $3
 WHERE tenant = $1
   AND id = $2
   AND state = 'active'
   AND snoozed_until IS NOT NULL
RETURNING id;
