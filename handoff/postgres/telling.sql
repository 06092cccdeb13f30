-- want --
-- Its trackers are to be told. What somebody is at already is due when they are done with it.
UPDATE ticket_links
   SET wanted = wanted + 1,
       due_at = CASE WHEN lease IS NULL THEN $2 ELSE due_at END
 WHERE ticket = $1;

-- say --
-- What the customer hears, at the end of their conversation.
WITH numbered AS (
  UPDATE conversations
     SET seq = seq + 1,
         active_at = clock_timestamp()
   WHERE id = $1
  RETURNING id, tenant, seq, epoch
), said AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, epoch, at)
  SELECT id, seq, tenant, 'system', $2, epoch, $3
    FROM numbered
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value, headers)
  SELECT $4::int, 'outbound', id, $5::bytea, jsonb_build_object('seq', seq::text)
    FROM numbered
)
SELECT seq
  FROM numbered;

-- tell --
-- What other parts of the service hear.
INSERT INTO outbox (lane, topic, conversation, value)
VALUES ($1, 'events', $2, $3);
