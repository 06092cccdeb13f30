-- marks --
-- Of the last messages those that are not as they were stored: changed, taken back, on their way to
-- the channel, or with files, which may have come later than their message.
SELECT m.seq, m.edited_at IS NOT NULL AS edited, m.deleted_at IS NOT NULL AS deleted,
       CASE WHEN m.edited_at IS NOT NULL OR m.deleted_at IS NOT NULL THEN m.text END AS text,
       d.state AS delivery, f.event
  FROM (SELECT conversation, seq, edited_at, deleted_at, text, author, event
          FROM messages
         WHERE tenant = $1
           AND conversation = $2
           AND seq <= $3
         ORDER BY seq DESC
         LIMIT $4) AS m
  LEFT JOIN deliveries AS d
    ON d.conversation = m.conversation
   AND d.seq = m.seq
  LEFT JOIN LATERAL (SELECT event
                       FROM files
                      WHERE conversation = m.conversation
                        AND event = m.event
                      LIMIT 1) AS f ON m.author = 'customer' AND m.deleted_at IS NULL
 WHERE m.edited_at IS NOT NULL
    OR m.deleted_at IS NOT NULL
    OR d.state IS NOT NULL
    OR f.event IS NOT NULL
 ORDER BY m.seq;

-- letters --
-- Why messages of a conversation are tried no more, the latest reason first: each is a record that
-- was put aside and waits for a decision.
SELECT id, (headers ->> 'seq')::int AS seq, error
  FROM dead_letters
 WHERE state = 'open'
   AND key = convert_to($1::uuid::text, 'UTF8')
   AND headers ->> 'seq' ~ '^[0-9]{1,9}$'
 ORDER BY last_at DESC, id DESC;

-- holder --
-- Who has a conversation; nobody changes that until the transaction ends.
SELECT agent
  FROM conversations
 WHERE tenant = $1
   AND id = $2
   FOR UPDATE;

-- reopened --
-- A message that was given up is on its way again.
UPDATE deliveries
   SET state = CASE state WHEN 'abandoned' THEN 'unknown' ELSE 'waiting' END,
       at = clock_timestamp()
 WHERE tenant = $1
   AND conversation = $2
   AND seq = $3
   AND state IN ('refused', 'abandoned');
