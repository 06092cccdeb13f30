-- truth --
-- Where the conversation stands, what was said and done, and how much is on its way out.
SELECT json_build_object(
         'seq', c.seq,
         'covered', c.covered,
         'messages', coalesce((SELECT json_agg(m ORDER BY m.seq)
                                 FROM (SELECT seq, author, turn, epoch
                                         FROM messages
                                        WHERE conversation = c.id) AS m), '[]'),
         'turns', coalesce((SELECT json_agg(t ORDER BY t.at)
                              FROM (SELECT id, covers, sent, decision, at
                                      FROM turns
                                     WHERE conversation = c.id) AS t), '[]'),
         'outbound', (SELECT count(*)
                        FROM outbox
                       WHERE conversation = c.id
                         AND topic = 'outbound'))
  FROM conversations c
 WHERE c.id = $1;

-- take --
-- An agent takes the conversation.
UPDATE conversations
   SET owner = 'agent',
       agent = gen_random_uuid(),
       epoch = epoch + 1
 WHERE id = $1
RETURNING epoch;

-- give_back --
-- The bot has it again.
UPDATE conversations
   SET owner = 'bot',
       agent = NULL,
       epoch = epoch + 1
 WHERE id = $1;

-- agent_says --
-- Whoever owns the conversation says something.
WITH numbered AS (
  UPDATE conversations
     SET seq = seq + 1
   WHERE id = $1
  RETURNING id, tenant, seq, epoch
)
INSERT INTO messages (conversation, seq, tenant, author, text, epoch)
SELECT id, seq, tenant, 'agent', 'Hello.', epoch
  FROM numbered;
