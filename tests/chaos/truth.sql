-- open --
-- What is still on its way: messages without a turn, rows to be published, messages whose delivery
-- has not come to an end.
SELECT (SELECT count(*)
          FROM conversations c
         WHERE EXISTS (SELECT FROM messages m
                        WHERE m.conversation = c.id AND m.author = 'customer' AND m.seq > c.covered)
       ) AS conversations_waiting,
       (SELECT count(*) FROM outbox) AS outbox,
       (SELECT count(*)
          FROM messages m
         WHERE m.author <> 'customer'
           AND NOT EXISTS (SELECT FROM deliveries d
                            WHERE d.conversation = m.conversation
                              AND d.seq = m.seq
                              AND d.state IN ('delivered', 'refused'))
       ) AS undelivered;

-- turns --
-- All turns, in the order in which they were stored.
SELECT id, conversation, covers, epoch, sent, decision
  FROM turns
 ORDER BY at;

-- messages --
-- All messages.
SELECT conversation, seq, author, text, turn, at
  FROM messages
 ORDER BY conversation, seq;

-- unknown --
-- Sendings that may stand on the platform although nobody said so, by message.
SELECT conversation, seq, unknown AS times
  FROM deliveries
 WHERE unknown > 0;

-- put_aside --
-- Records that could not be handled, by what went wrong.
SELECT topic || ' ' || error_class AS what, count(*) AS times
  FROM dead_letters
 GROUP BY what
 ORDER BY what;
