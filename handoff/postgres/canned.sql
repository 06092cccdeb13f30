-- list --
-- What somebody can use: the team's, and their own.
SELECT id, owner, shortcut, title, texts, uses, used_at
  FROM canned_replies
 WHERE tenant = $1
   AND (owner IS NULL OR owner = $2)
 ORDER BY shortcut, owner NULLS FIRST;

-- one --
-- One that somebody can use.
SELECT id, owner, shortcut, title, texts, uses, used_at
  FROM canned_replies
 WHERE tenant = $1
   AND id = $3
   AND (owner IS NULL OR owner = $2);

-- add --
-- A new one; no row when the shortcut is taken.
INSERT INTO canned_replies (id, tenant, owner, shortcut, title, texts)
VALUES ($2, $1, $3, $4, $5, $6::text::jsonb)
ON CONFLICT (tenant, owner, shortcut) DO NOTHING
RETURNING id, owner, shortcut, title, texts, uses, used_at;

-- change --
-- Another wording; no row when there is none of them.
UPDATE canned_replies
   SET owner = $4,
       shortcut = $5,
       title = $6,
       texts = $7::text::jsonb
 WHERE tenant = $1
   AND id = $2
   AND (owner IS NULL OR owner = $3)
RETURNING id, owner, shortcut, title, texts, uses, used_at;

-- remove --
-- It is not used any more.
DELETE FROM canned_replies
 WHERE tenant = $1
   AND id = $2
   AND (owner IS NULL OR owner = $3)
RETURNING id;

-- use --
-- It was used once more; with the wordings.
UPDATE canned_replies
   SET uses = uses + 1,
       used_at = $4
 WHERE tenant = $1
   AND id = $2
   AND (owner IS NULL OR owner = $3)
RETURNING texts;
