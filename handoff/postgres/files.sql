-- lock --
-- The conversation, held until the file is stored; no row when there is none.
SELECT id
  FROM conversations
 WHERE tenant = $1
   AND id = $2
   FOR NO KEY UPDATE;

-- filled --
-- How many bytes the conversation has already.
SELECT coalesce(sum(size), 0)::bigint
  FROM files
 WHERE conversation = $1;

-- forget --
-- What was added and never sent is forgotten after a day.
DELETE FROM files
 WHERE tenant = $1
   AND conversation = $2
   AND private
   AND event LIKE 'upload:%'
   AND at < $3;

-- add --
-- A file that is not sent yet; only whoever added it can send it, or take it away.
INSERT INTO files (id, tenant, conversation, event, number, name, media_type, size, data, at,
                   private)
VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, true);

-- remove --
-- Take away what is not sent yet.
DELETE FROM files
 WHERE tenant = $1
   AND conversation = $2
   AND id = $3
   AND event = $4
RETURNING id;

-- attach --
-- Files that were added go with what is said or noted under this event, in this order.
UPDATE files AS f
   SET event = $4,
       number = wanted.place,
       private = $6
  FROM unnest($3::uuid[]) WITH ORDINALITY AS wanted (id, place)
 WHERE f.tenant = $1
   AND f.conversation = $2
   AND f.id = wanted.id
   AND f.event = $5 || f.id
RETURNING f.name, wanted.place;

-- with_events --
-- The files of several things that were said.
SELECT id, event, name, media_type, size
  FROM files
 WHERE tenant = $1
   AND conversation = $2
   AND event = ANY ($3::text[])
 ORDER BY event, number;

-- read --
-- One file of a conversation, with its bytes. What is not sent yet is only its agent's.
SELECT name, media_type, size, data
  FROM files
 WHERE tenant = $1
   AND conversation = $2
   AND id = $3
   AND (event NOT LIKE 'upload:%' OR event = $4);
