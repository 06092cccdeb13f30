-- keep --
-- Add it, or change it; its tickets stay.
INSERT INTO connectors (id, tenant, name, source, categories, sealed)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, name) DO UPDATE
   SET source = excluded.source,
       categories = excluded.categories,
       sealed = excluded.sealed,
       rest_until = 'epoch',
       changed_at = now()
RETURNING id;

-- everyone --
-- All of a tenant.
SELECT id, tenant, name, source, sealed
  FROM connectors
 WHERE tenant = $1
 ORDER BY name;

-- one --
-- One of any tenant.
SELECT id, tenant, name, source, sealed
  FROM connectors
 WHERE id = $1;

-- remove --
-- Forget it and its secrets; what it was told stays there.
DELETE FROM connectors
 WHERE tenant = $1
   AND name = $2
RETURNING id;

-- rest --
-- Leave the tracker alone until then.
UPDATE connectors
   SET rest_until = greatest(rest_until, $2)
 WHERE id = $1;

-- state --
-- How it gets on: tickets there, work that is due, and the last trouble.
SELECT count(l.remote) AS tickets,
       count(*) FILTER (WHERE l.wanted > l.done) AS waiting,
       coalesce(max(l.trouble) FILTER (WHERE l.trouble <> ''), '') AS trouble
  FROM ticket_links AS l
 WHERE l.connector = $1;
