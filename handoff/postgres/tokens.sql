-- make_token --
-- A program's token; no row when nobody works here as whom it is to act.
WITH made AS (
  INSERT INTO api_tokens (id, tenant, secret, name, scopes, made_by, expires_at, agent)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8::uuid
   WHERE $8 IS NULL
      OR EXISTS (SELECT
                   FROM people
                  WHERE tenant = $2
                    AND id = $8
                    AND disabled_at IS NULL)
  RETURNING id, tenant, name, scopes, made_at, expires_at, used_at, agent
)
SELECT m.id, m.tenant, m.name, m.scopes, m.made_at, m.expires_at, m.used_at, m.agent,
       p.email AS agent_email, p.name AS agent_name, p.role AS agent_role
  FROM made AS m
  LEFT JOIN people AS p
    ON p.id = m.agent;

-- token --
-- The token of a secret; that it was used is noted once an hour. Whom it acts as is there until
-- $3, as if they had the console open.
WITH found AS (
  SELECT t.id, t.tenant, t.name, t.scopes, t.made_at, t.expires_at, t.used_at, t.agent,
         p.email AS agent_email, p.name AS agent_name, p.role AS agent_role
    FROM api_tokens AS t
    LEFT JOIN people AS p
      ON p.id = t.agent
     AND p.tenant = t.tenant
   WHERE t.tenant = $1
     AND t.secret = $2
     AND t.revoked_at IS NULL
     AND coalesce(t.expires_at > now(), true)
     AND (t.agent IS NULL OR p.disabled_at IS NULL)
), used AS (
  UPDATE api_tokens
     SET used_at = now()
    FROM found
   WHERE api_tokens.id = found.id
     AND coalesce(found.used_at < now() - interval '1 hour', true)
), there AS (
  INSERT INTO handoff_agents (id, tenant, name, seen_at)
  SELECT agent, tenant, agent_name, $3
    FROM found
   WHERE agent IS NOT NULL
  ON CONFLICT (id) DO UPDATE
     SET seen_at = excluded.seen_at
   WHERE handoff_agents.tenant = excluded.tenant
     AND handoff_agents.seen_at < excluded.seen_at - interval '10 seconds'
)
SELECT *
  FROM found;

-- tokens --
-- Those that are worth something.
SELECT t.id, t.tenant, t.name, t.scopes, t.made_at, t.expires_at, t.used_at, t.agent,
       p.email AS agent_email, p.name AS agent_name, p.role AS agent_role
  FROM api_tokens AS t
  LEFT JOIN people AS p
    ON p.id = t.agent
   AND p.tenant = t.tenant
 WHERE t.tenant = $1
   AND t.revoked_at IS NULL
 ORDER BY lower(t.name), t.id;

-- revoke --
-- It is worth nothing from now on.
UPDATE api_tokens
   SET revoked_at = now()
 WHERE tenant = $1
   AND id = $2
   AND revoked_at IS NULL
RETURNING name;
