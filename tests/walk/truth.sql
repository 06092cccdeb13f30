-- conversation --
-- Where the conversation stands.
SELECT seq, covered, epoch
  FROM conversations
 WHERE id = $1;

-- messages --
-- What was said, in order.
SELECT seq, author, turn, epoch
  FROM messages
 WHERE conversation = $1
 ORDER BY seq;

-- turns --
-- What was done about it.
SELECT id, covers, epoch, sent, decision
  FROM turns
 WHERE conversation = $1
 ORDER BY at;

-- outbound --
-- How many messages are on their way out.
SELECT count(*)
  FROM outbox
 WHERE conversation = $1
   AND topic = 'outbound';

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
