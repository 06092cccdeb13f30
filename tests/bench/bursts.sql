-- waiting --
-- Customers' messages that no turn has covered yet.
SELECT count(*)
  FROM messages m
  JOIN conversations c ON c.id = m.conversation
 WHERE m.author = 'customer'
   AND m.seq > c.covered;

-- turns --
-- How many messages each turn covered and what it threw away, by conversation.
SELECT t.conversation, cardinality(t.covers) AS covered,
       coalesce((t.record->>'interruptions')::int, 0) AS interruptions
  FROM turns t
 ORDER BY t.conversation, t.at;
