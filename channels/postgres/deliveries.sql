-- begun --
-- Count an attempt; no row when it was delivered or refused before.
INSERT INTO deliveries AS d (tenant, conversation, seq, channel, attempts)
VALUES ($1, $2, $3, $4, 1)
ON CONFLICT (conversation, seq, channel) DO UPDATE
   SET attempts = d.attempts + 1,
       at = clock_timestamp()
 WHERE d.state = 'begun'
RETURNING native_ids::text;

-- delivered --
-- They are there. A conversation that was erased meanwhile leaves no row.
INSERT INTO deliveries (tenant, conversation, seq, channel, attempts, state, native_ids)
SELECT DISTINCT ON (d.conversation, d.seq, d.channel)
       $1, d.conversation, d.seq, d.channel, 1, 'delivered', d.native_ids::jsonb
  FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[])
       AS d (conversation, seq, channel, native_ids)
  JOIN messages m
    ON m.conversation = d.conversation
   AND m.seq = d.seq
ON CONFLICT (conversation, seq, channel) DO UPDATE
   SET state = 'delivered',
       native_ids = excluded.native_ids,
       at = clock_timestamp()
 WHERE deliveries.state <> 'delivered';

-- refused --
-- The channel will never take it.
UPDATE deliveries
   SET state = 'refused',
       at = clock_timestamp()
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND state = 'begun';
