-- enter --
-- Somebody has the console open: the desk knows them from now on.
INSERT INTO handoff_agents (id, tenant, name, seen_at)
VALUES ($2, $1, $3, $4)
ON CONFLICT (id) DO UPDATE
   SET seen_at = greatest(handoff_agents.seen_at, excluded.seen_at)
 WHERE handoff_agents.tenant = excluded.tenant
RETURNING id;

-- seen --
-- Signs of life of several.
UPDATE handoff_agents
   SET seen_at = greatest(seen_at, $3)
 WHERE tenant = $1
   AND id = ANY ($2::uuid[]);

-- set --
-- Whether somebody wants to be asked, and whether they get anything new; null leaves it.
UPDATE handoff_agents
   SET away = coalesce($3, away),
       draining = coalesce($4, draining)
 WHERE tenant = $1
   AND id = $2
RETURNING id;

-- everyone --
-- The agents with what they have; what is put away is not counted.
SELECT a.id, coalesce(p.name, a.name) AS name, a.capacity, a.languages, a.teams, a.away,
       a.draining, a.seen_at, coalesce(t.talks, 0) AS talks
  FROM handoff_agents AS a
  LEFT JOIN people AS p
    ON p.tenant = $1
   AND p.id = a.id
  LEFT JOIN (SELECT c.agent, count(*) AS talks
               FROM conversations AS c
              WHERE c.tenant = $1
                AND c.owner = 'agent'
                AND c.owner <> 'bot'
                AND NOT EXISTS (SELECT
                                  FROM handoffs AS h
                                 WHERE h.conversation = c.id
                                   AND h.state = 'active'
                                   AND h.snoozed_until IS NOT NULL)
              GROUP BY c.agent) AS t
    ON t.agent = a.id
 WHERE a.tenant = $1
   AND p.disabled_at IS NULL
 ORDER BY lower(coalesce(p.name, a.name)), a.id;
