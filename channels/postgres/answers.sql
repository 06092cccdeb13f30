-- told_by --
-- The answer that has this native id, where the address begins so.
SELECT m.turn, c.address
  FROM deliveries d
  JOIN conversations c
    ON c.id = d.conversation
  JOIN messages m
    ON m.conversation = d.conversation
   AND m.seq = d.seq
 WHERE d.native_ids <> '[]'
   AND d.native_ids @> to_jsonb(ARRAY[$4::text])
   AND d.channel = $2
   AND c.tenant = $1
   AND starts_with(c.address, $3)
   AND m.author = 'bot'
   AND m.turn IS NOT NULL
 LIMIT 1;
