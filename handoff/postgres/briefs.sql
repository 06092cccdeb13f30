-- turns --
-- What the bot did last, the latest first.
SELECT t.id, t.at, t.decision, t.confidence, t.record,
       ARRAY(SELECT m.sources::text
               FROM messages AS m
              WHERE m.conversation = t.conversation
                AND m.turn = t.id
                AND m.sources IS NOT NULL
              ORDER BY m.seq) AS sources
  FROM turns AS t
 WHERE t.tenant = $1
   AND t.conversation = $2
 ORDER BY t.at DESC
 LIMIT $3;

-- memory --
-- What is remembered of the talk.
SELECT r.memory
  FROM remembered AS r
  JOIN conversations AS c
    ON c.id = r.conversation
 WHERE c.tenant = $1
   AND c.id = $2;

-- mood --
-- How the talk with the bot has gone.
SELECT frustration, unknowns
  FROM conversations
 WHERE tenant = $1
   AND id = $2;

-- words --
-- The last words of a talk, the latest first.
SELECT seq, author, text, sources, turn, at
  FROM messages
 WHERE tenant = $1
   AND conversation = $2
   AND deleted_at IS NULL
 ORDER BY seq DESC
 LIMIT $3;

-- first --
-- What a customer began with, since the last talk was over.
SELECT m.text
  FROM messages AS m
  JOIN conversations AS c
    ON c.id = m.conversation
 WHERE m.tenant = $1
   AND m.conversation = $2
   AND m.author = 'customer'
   AND m.deleted_at IS NULL
   AND m.seq > c.resolved
 ORDER BY m.seq
 LIMIT 1;

-- approved --
-- An answer that leads have approved, while it is good.
SELECT answer
  FROM approved_answers
 WHERE tenant = $1
   AND id = $2
   AND enabled
   AND (expires_at IS NULL OR expires_at > $3);
