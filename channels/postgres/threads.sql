-- find --
-- The conversation that had this history last.
SELECT conversation, seq
  FROM threads
 WHERE tenant = $1
   AND history = $2;

-- keep --
-- A conversation has this history now.
INSERT INTO threads (tenant, history, conversation, seq)
VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, history) DO UPDATE
   SET conversation = excluded.conversation,
       seq = excluded.seq;
