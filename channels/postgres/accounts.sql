-- named --
-- The account of a name.
SELECT channel, name, tenant, native, sealed, options::text
  FROM channel_accounts
 WHERE channel = $1
   AND name = $2;

-- at --
-- The account of a platform's id.
SELECT channel, name, tenant, native, sealed, options::text
  FROM channel_accounts
 WHERE channel = $1
   AND native = $2;

-- every --
-- All of a channel, or all.
SELECT channel, name, tenant, native, sealed, options::text
  FROM channel_accounts
 WHERE $1::text IS NULL
    OR channel = $1
 ORDER BY channel, name;

-- keep --
-- Add it, or change it.
INSERT INTO channel_accounts (channel, name, tenant, native, sealed, options)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)
ON CONFLICT (channel, name) DO UPDATE
   SET tenant = excluded.tenant,
       native = excluded.native,
       sealed = excluded.sealed,
       options = excluded.options,
       changed_at = now();

-- remove --
-- Forget it.
DELETE FROM channel_accounts
 WHERE channel = $1
   AND name = $2
RETURNING name;
