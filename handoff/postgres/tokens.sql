-- make_token --
-- A program's token.
INSERT INTO api_tokens (id, tenant, secret, name, scopes, made_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id, tenant, name, scopes, made_at, expires_at, used_at;

-- token --
-- The token of a secret; that it was used is noted once an hour.
WITH found AS (
  SELECT id, tenant, name, scopes, made_at, expires_at, used_at
    FROM api_tokens
   WHERE tenant = $1
     AND secret = $2
     AND revoked_at IS NULL
     AND coalesce(expires_at > now(), true)
), used AS (
  UPDATE api_tokens
     SET used_at = now()
    FROM found
   WHERE api_tokens.id = found.id
     AND coalesce(found.used_at < now() - interval '1 hour', true)
)
SELECT *
  FROM found;

-- tokens --
-- Those that are worth something.
SELECT id, tenant, name, scopes, made_at, expires_at, used_at
  FROM api_tokens
 WHERE tenant = $1
   AND revoked_at IS NULL
 ORDER BY lower(name), id;

-- revoke --
-- It is worth nothing from now on.
UPDATE api_tokens
   SET revoked_at = now()
 WHERE tenant = $1
   AND id = $2
   AND revoked_at IS NULL
RETURNING name;
