-- begun --
-- Begin an attempt. An earlier one that is still under way keeps its place as long as its holder
-- lives, which is to say, is connected and has moved within its lease. One that is not connected
-- may only have been cut off, and be sending: it keeps its place for as long as a call may take.
-- One's own is known to be over. No row: delivered or refused before, in other hands, or erased.
INSERT INTO deliveries AS d (tenant, conversation, seq, channel, attempts, holder, lease_until)
SELECT $1, m.conversation, m.seq, $4, 1, $5, now() + $6::interval
  FROM messages m
 WHERE m.conversation = $2
   AND m.seq = $3
ON CONFLICT (conversation, seq, channel) DO UPDATE
   SET state = 'begun',
       attempts = d.attempts + 1,
       holder = excluded.holder,
       lease_until = excluded.lease_until,
       at = clock_timestamp()
 WHERE d.state IN ('waiting', 'unknown')
    OR d.state = 'begun'
   AND (d.holder IS NULL OR d.holder = $5 OR d.lease_until < now() OR d.at < now() - $8::interval
        AND NOT EXISTS (
         SELECT FROM pg_locks
          WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid = $7::int::oid
            AND objid = d.holder::oid
            AND objsubid = 2
            AND granted
       ))
RETURNING attempts, native_ids::text, coalesce(old.state IN ('begun', 'unknown'), false) AS unknown;

-- unsettled --
-- Whether it is still to be brought there, by whomever: an attempt that has just ended is begun
-- again by the one who made it.
SELECT FROM deliveries
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND state IN ('begun', 'waiting', 'unknown');

-- noted --
-- What stands there, unless a later attempt has begun.
UPDATE deliveries
   SET native_ids = $5::text::jsonb,
       lease_until = now() + $6::interval,
       at = clock_timestamp()
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND attempts = $4
   AND state = 'begun'
RETURNING attempts;

-- repeats --
-- One more segment that may stand there twice, unless a later attempt has begun.
UPDATE deliveries
   SET unknown = unknown + 1
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND attempts = $4
   AND state = 'begun'
RETURNING attempts;

-- ended --
-- The attempt is over, unless a later one has begun.
UPDATE deliveries
   SET state = $5,
       at = clock_timestamp()
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND attempts = $4
   AND state = 'begun';

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

-- standing --
-- What stands there of a message that is to be changed; no row when it reads so already.
SELECT native_ids::text
  FROM deliveries
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND state = 'delivered'
   AND revised < $4;

-- revised --
-- It reads so now.
UPDATE deliveries
   SET native_ids = $5::text::jsonb,
       revised = greatest(revised, $4)
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND state = 'delivered';

-- refused --
-- It is not tried again; what was unknown stays so. One that was never begun is marked as well, so
-- that a second record of it does nothing.
INSERT INTO deliveries AS d (tenant, conversation, seq, channel, state)
SELECT $1, m.conversation, m.seq, $4, 'refused'
  FROM messages m
 WHERE m.conversation = $2
   AND m.seq = $3
ON CONFLICT (conversation, seq, channel) DO UPDATE
   SET state = CASE WHEN d.state IN ('begun', 'unknown') THEN 'abandoned' ELSE 'refused' END,
       at = clock_timestamp()
 WHERE d.state IN ('begun', 'waiting', 'unknown');

-- reopened --
-- It may be tried again.
UPDATE deliveries
   SET state = CASE state WHEN 'abandoned' THEN 'unknown' ELSE 'waiting' END,
       at = clock_timestamp()
 WHERE conversation = $1
   AND seq = $2
   AND channel = $3
   AND state IN ('refused', 'abandoned');

-- all_out --
-- Whether each of the last messages to the customer is there, or will never be.
SELECT NOT EXISTS (
  SELECT FROM conversations c
    JOIN messages m
      ON m.conversation = c.id
     AND m.seq > c.seq - 20
    LEFT JOIN deliveries d
      ON d.conversation = m.conversation
     AND d.seq = m.seq
     AND d.channel = c.channel
   WHERE c.id = $1
     AND m.author <> 'customer'
     AND coalesce(d.state, 'waiting') IN ('begun', 'waiting', 'unknown')
);
