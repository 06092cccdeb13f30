-- revise --
-- Other words in the place of an agent's, or none, with what they were; none are forgotten with
-- every summary that may have them. No row: it was never said, was withdrawn, or reads so already.
WITH before AS (
  SELECT conversation, seq, tenant, text
    FROM messages
   WHERE conversation = $1
     AND event = $2
     AND author = 'agent'
     AND deleted_at IS NULL
     AND text <> coalesce($3::text, '')
), kept AS (
  INSERT INTO message_revisions (conversation, seq, tenant, text, by, at)
  SELECT conversation, seq, tenant, text, $5, $4
    FROM before
  RETURNING n, conversation, seq
), changed AS (
  UPDATE messages AS m
     SET text = coalesce($3, ''),
         edited_at = CASE WHEN $3 IS NULL THEN edited_at ELSE $4 END,
         deleted_at = CASE WHEN $3 IS NULL THEN $4::timestamptz END
    FROM before
   WHERE m.conversation = before.conversation
     AND m.seq = before.seq
), unremembered AS (
  DELETE FROM memories
   WHERE conversation = $1
     AND $3 IS NULL
     AND upto >= (SELECT seq FROM before)
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value, headers)
  SELECT $6::int, 'outbound', conversation, $7::bytea,
         jsonb_build_object('seq', seq::text, 'revision', n::text)
    FROM kept
)
SELECT seq
  FROM kept;

-- said --
-- Whether it was ever said.
SELECT EXISTS (SELECT FROM messages WHERE conversation = $1 AND event = $2 AND author = 'agent');
