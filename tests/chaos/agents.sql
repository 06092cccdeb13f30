-- take --
-- Give a conversation that the bot has, one of those with most recent talk, to this agent; the one
-- that the agent has, if an answer of ours was lost.
WITH held AS (
  SELECT id, seq
    FROM conversations
   WHERE agent = $1
), fresh AS (
  UPDATE conversations
     SET owner = 'agent',
         agent = $1,
         epoch = epoch + 1
   WHERE id = (SELECT id
                 FROM (SELECT id
                         FROM conversations
                        WHERE owner = 'bot'
                        ORDER BY active_at DESC
                        LIMIT 10) AS lately
                ORDER BY random()
                LIMIT 1)
     AND NOT EXISTS (SELECT FROM held)
  RETURNING id, seq
)
SELECT id, seq
  FROM held
 UNION ALL
SELECT id, seq
  FROM fresh;

-- give_back --
-- Let the bot answer again; no row when it does already.
UPDATE conversations
   SET owner = 'bot',
       agent = NULL,
       epoch = epoch + 1
 WHERE agent = $1
RETURNING seq;
