-- of --
-- The tenant's file; no row when it has none.
SELECT source
  FROM handoff_practices
 WHERE tenant = $1;

-- put --
-- A file in the place of what was there.
INSERT INTO handoff_practices (tenant, source)
VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE
   SET source = excluded.source,
       at = now();

-- remove --
-- Work as it is written in the file that ships.
DELETE FROM handoff_practices
 WHERE tenant = $1;
