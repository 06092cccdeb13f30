-- of --
-- Where a conversation is.
SELECT c.id, c.tenant, c.channel, c.address, c.customer,
       coalesce(nullif(c.language, ''), p.language, '') AS language,
       coalesce(p.reachable, true) AS reachable,
       coalesce(p.route, '{}')::text AS route
  FROM conversations c
  LEFT JOIN places p
    ON p.conversation = c.id
 WHERE c.id = $1;

-- at --
-- The one at an address.
SELECT c.id, c.tenant, c.channel, c.address, c.customer,
       coalesce(nullif(c.language, ''), p.language, '') AS language,
       coalesce(p.reachable, true) AS reachable,
       coalesce(p.route, '{}')::text AS route
  FROM conversations c
  LEFT JOIN places p
    ON p.conversation = c.id
 WHERE c.tenant = $1
   AND c.channel = $2
   AND c.address = $3;

-- note --
-- What the latest message said; most say the same as the one before. Of a conversation that was
-- erased nothing is noted.
INSERT INTO places AS p (conversation, tenant, language, route)
SELECT id, tenant, $2, $3::text::jsonb
  FROM conversations
 WHERE id = $1
ON CONFLICT (conversation) DO UPDATE
   SET language = coalesce(nullif(excluded.language, ''), p.language),
       route = excluded.route,
       reachable = true,
       at = now()
 WHERE p.route <> excluded.route
    OR NOT p.reachable
    OR excluded.language NOT IN ('', p.language);

-- reach --
-- Mark one address, or all that begin so.
INSERT INTO places AS p (conversation, tenant, reachable)
SELECT id, tenant, $4
  FROM conversations
 WHERE tenant = $1
   AND channel = $2
   AND (address = $3 OR right($3, 1) = '/' AND starts_with(address, $3))
ON CONFLICT (conversation) DO UPDATE
   SET reachable = excluded.reachable,
       at = now()
 WHERE p.reachable <> excluded.reachable;

-- move --
-- Other addresses for all that begin so; one that is taken already stays as it is.
UPDATE conversations c
   SET address = $4 || substr(c.address, length($3) + 1)
 WHERE c.tenant = $1
   AND c.channel = $2
   AND starts_with(c.address, $3)
   AND NOT EXISTS (
         SELECT FROM conversations other
          WHERE other.tenant = $1
            AND other.channel = $2
            AND other.address = $4 || substr(c.address, length($3) + 1)
       );
