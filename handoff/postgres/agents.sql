-- put --
-- An agent as they are to be seen from now on; load and presence stay.
INSERT INTO handoff_agents (id, tenant, name, capacity, languages, skills, teams)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE
   SET name = excluded.name,
       capacity = excluded.capacity,
       languages = excluded.languages,
       skills = excluded.skills,
       teams = excluded.teams
 WHERE handoff_agents.tenant = excluded.tenant
RETURNING id;

-- remove --
-- An agent who works here no more; what they have comes back to the queue.
DELETE FROM handoff_agents
 WHERE id = $1
RETURNING id;

-- seen --
-- A sign of life.
UPDATE handoff_agents
   SET seen_at = $2
 WHERE id = $1
RETURNING id;

-- everyone --
-- A tenant's agents.
SELECT id, name, capacity, languages, skills, teams, away, draining, seen_at, free_since
  FROM handoff_agents
 ORDER BY name, id;
