-- hold --
-- The conversation, held until the files are stored: one message's files at a time.
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

-- keep --
-- One file of a message.
INSERT INTO files (id, tenant, conversation, event, number, name, media_type, size, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- of --
-- The files of a message.
SELECT id, conversation, name, media_type, size
  FROM files
 WHERE tenant = $1
   AND conversation = $2
   AND event = $3
 ORDER BY number;

-- with_message --
-- The files of the message with this number, whoever said it.
SELECT f.id, f.conversation, f.name, f.media_type, f.size
  FROM messages AS m
  JOIN files AS f
    ON f.conversation = m.conversation
   AND f.event = m.event
 WHERE m.tenant = $1
   AND m.conversation = $2
   AND m.seq = $3
   AND NOT f.private
 ORDER BY f.number;

-- read --
-- One file that the customer may have, with its bytes.
SELECT id, conversation, name, media_type, size, data
  FROM files
 WHERE tenant = $1
   AND id = $2
   AND NOT private;
