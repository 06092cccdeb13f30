-- latest --
-- The last request for a person in a conversation, and who has it, as customers read the name.
SELECT h.id, h.state, h.ended_at, coalesce(a.name, p.name, '') AS name
  FROM handoffs AS h
  LEFT JOIN handoff_agents AS a
    ON a.tenant = h.tenant
   AND a.id = h.agent
  LEFT JOIN people AS p
    ON p.tenant = h.tenant
   AND p.id = h.agent
 WHERE h.conversation = $1
 ORDER BY h.requested_at DESC, h.id DESC
 LIMIT 1;
