-- candidate --
-- Somebody who can be asked: how they are called, and whether they are there.
SELECT a.name, a.away, a.seen_at
  FROM people AS p
  JOIN handoff_agents AS a
    ON a.tenant = $1
   AND a.id = p.id
 WHERE p.tenant = $1
   AND p.id = $2
   AND p.disabled_at IS NULL;

-- is_team --
-- Whether anybody is in a team.
SELECT true
  FROM handoff_agents
 WHERE tenant = $1
   AND $2::text = ANY (teams)
 LIMIT 1;
