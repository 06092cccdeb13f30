-- put --
-- Add a tenant, or change its name.
INSERT INTO tenants (id, name)
VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- everyone --
-- Every tenant and how much it has.
SELECT t.id AS tenant,
       t.name,
       (SELECT count(*) FROM conversations c WHERE c.tenant = t.id) AS conversations,
       (SELECT count(*) FROM turns r WHERE r.tenant = t.id) AS turns,
       t.created_at::date AS since
  FROM tenants t
 ORDER BY t.id;
