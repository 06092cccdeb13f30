-- get --
-- One handoff.
SELECT id, tenant, conversation, channel, state, agent, until, version, epoch, reason, team,
       language, skills, priority, asked_last, requested_at, answered_at, contact,
       snoozed_until, woke_at
  FROM handoffs
 WHERE id = $1;

-- open_in --
-- The open handoff of a conversation.
SELECT id, tenant, conversation, channel, state, agent, until, version, epoch, reason, team,
       language, skills, priority, asked_last, requested_at, answered_at, contact,
       snoozed_until, woke_at
  FROM handoffs
 WHERE conversation = $1
   AND state IN ('requested', 'queued', 'offered', 'active');

-- conversation --
-- What a request is made in.
SELECT channel, epoch, language
  FROM conversations
 WHERE id = $1;

-- request --
-- The queue entry, its owner and what the customer hears, if the bot still owns the conversation
-- as it did. No row: somebody was first.
WITH moved AS (
  UPDATE conversations
     SET owner = 'queue',
         epoch = epoch + 1,
         seq = seq + 1,
         active_at = clock_timestamp()
   WHERE id = $2
     AND owner = 'bot'
     AND epoch = $3
  RETURNING id, tenant, channel, customer, language, seq, epoch
), promised AS (
  INSERT INTO handoffs (id, tenant, conversation, channel, customer, reason, team, language, skills,
                        priority, epoch, requested_at)
  SELECT $1, tenant, id, channel, customer, $4, $5, coalesce(nullif($6, ''), language), $7, $8,
         epoch, $9
    FROM moved
), said AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, epoch, at, choice, handoff)
  SELECT id, seq, tenant, 'system', $10, epoch, $9, 'bot_instead', $1
    FROM moved
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value, headers)
  SELECT $11::int, 'outbound', id, $12::bytea, jsonb_build_object('seq', seq::text)
    FROM moved
   UNION ALL
  SELECT $11, 'events', id, $13::bytea, '{}'::jsonb
    FROM moved
)
SELECT seq
  FROM moved;

-- move --
-- The whole effect of a step. The conversation's row is locked first, as by everything that says
-- something in it; the step counts only from the version and the epoch that it was made from.
-- What was closed is over: the bot begins afresh, what was said is not carried along, and its last
-- summary is due. Where the customer is asked how it was, there is a row for the answer. No row: somebody was first.
WITH locked AS (
  SELECT id
    FROM conversations
   WHERE id = $3
     AND epoch = $4
     FOR UPDATE
), stepped AS (
  UPDATE handoffs AS h
     SET state = $5,
         agent = $6,
         until = $7,
         epoch = $8,
         version = version + 1,
         team = $9,
         priority = $22,
         asked_last = $10,
         taken_at = CASE WHEN $5 = 'active' THEN coalesce(taken_at, $11) ELSE taken_at END,
         ended_at = CASE WHEN $12 THEN $11 END,
         snoozed_until = NULL,
         woke_at = NULL,
         cause = $21
    FROM locked
   WHERE h.id = $1
     AND h.version = $2
     AND h.conversation = locked.id
  RETURNING h.conversation
), owned AS (
  UPDATE conversations AS c
     SET owner = $13,
         agent = $14,
         epoch = $8,
         seq = seq + cardinality($15::text[]),
         resolved = CASE WHEN $5 = 'wrapped_up' THEN seq + cardinality($15::text[])
                         ELSE resolved END,
         frustration = CASE WHEN $13 = 'bot' THEN 0 ELSE frustration END,
         unknowns = CASE WHEN $13 = 'bot' THEN 0 ELSE unknowns END,
         offers = CASE WHEN $13 = 'bot' THEN 0 ELSE offers END,
         active_at = clock_timestamp()
    FROM stepped
   WHERE c.id = stepped.conversation
  RETURNING c.id, c.tenant, old.seq AS before, old.resolved AS behind, c.resolved, c.seq, c.epoch
), said AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, epoch, at, choice, handoff)
  SELECT id, before + n, tenant, 'system', text, epoch, $11, choice,
         CASE WHEN choice IS NOT NULL THEN $1 END
    FROM owned
   CROSS JOIN unnest($15::text[], $23::text[]) WITH ORDINALITY AS saying (text, choice, n)
), asked AS (
  INSERT INTO handoff_ratings (handoff, tenant, conversation, agent, asked_at, until)
  SELECT $1, tenant, id, $6, $11, $24::timestamptz
    FROM owned
   WHERE 'how_was_it' = ANY ($23)
  ON CONFLICT DO NOTHING
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value, headers)
  SELECT $16::int, 'outbound', id, $17::bytea, jsonb_build_object('seq', (before + n)::text)
    FROM owned
   CROSS JOIN generate_series(1, cardinality($15::text[])) AS n
   UNION ALL
  SELECT $16, 'events', id, $18::bytea, '{}'::jsonb
    FROM owned
), freed AS (
  UPDATE handoff_agents
     SET free_since = $11
   WHERE id = $19::uuid
     AND EXISTS (SELECT FROM owned)
), due AS (
  INSERT INTO jobs (tenant, kind, key, due_at)
  SELECT tenant, kind, $1::text, $11
    FROM owned
   CROSS JOIN unnest($20::text[]) AS kind
  ON CONFLICT (tenant, kind, key) DO NOTHING
), summed_up AS (
  INSERT INTO jobs (tenant, kind, key, due_at, payload)
  SELECT tenant, 'ended-talk', id || '/' || resolved, $11,
         jsonb_build_object('conversation', id::text, 'behind', behind::text,
                            'upto', resolved::text)
    FROM owned
   WHERE resolved > behind
  ON CONFLICT (tenant, kind, key) DO NOTHING
)
SELECT seq
  FROM owned;

-- say --
-- What an agent says, if the conversation is still theirs as it was, and if it was not said
-- before. No row otherwise.
WITH locked AS (
  SELECT id, tenant
    FROM conversations
   WHERE id = $1
     AND owner = 'agent'
     AND agent = $2
     AND epoch = $3
     FOR UPDATE
), fresh AS (
  INSERT INTO arrivals (conversation, event, tenant)
  SELECT id, $4, tenant
    FROM locked
  ON CONFLICT DO NOTHING
  RETURNING conversation
), numbered AS (
  UPDATE conversations AS c
     SET seq = seq + 1,
         active_at = clock_timestamp()
    FROM fresh
   WHERE c.id = fresh.conversation
  RETURNING c.id, c.tenant, c.seq, c.epoch
), stored AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, event, epoch, at)
  SELECT id, seq, tenant, 'agent', $5, $4, epoch, $6
    FROM numbered
), answered AS (
  UPDATE handoffs AS h
     SET answered_at = coalesce(answered_at, $6),
         woke_at = NULL
    FROM numbered
   WHERE h.conversation = numbered.id
     AND h.state = 'active'
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value, headers)
  SELECT $7::int, 'outbound', id, $8::bytea, jsonb_build_object('seq', seq::text)
    FROM numbered
)
SELECT seq
  FROM numbered;

-- said --
-- The place of what an agent said before.
SELECT seq
  FROM messages
 WHERE conversation = $1
   AND event = $2
   AND author = 'agent';

-- untaken --
-- The latest request of a conversation, if nobody took it, and where its answer should go; null
-- until the customer has said so.
SELECT id, contact
  FROM (SELECT id, state, contact
          FROM handoffs
         WHERE conversation = $1
         ORDER BY requested_at DESC
         LIMIT 1) AS latest
 WHERE state = 'expired';

-- choose --
-- Where the customer wants the answer, that this is noted, and that its ticket is to say so. No row: it was said before, or is
-- not asked.
WITH chosen AS (
  UPDATE handoffs
     SET contact = $2
   WHERE id = $1
     AND state = 'expired'
     AND contact IS NULL
  RETURNING tenant, conversation
), due AS (
  INSERT INTO jobs (tenant, kind, key, due_at)
  SELECT tenant, $7, $1::text, $4
    FROM chosen
  ON CONFLICT (tenant, kind, key) DO NOTHING
), numbered AS (
  UPDATE conversations AS c
     SET seq = seq + 1,
         active_at = clock_timestamp()
    FROM chosen
   WHERE c.id = chosen.conversation
  RETURNING c.id, c.tenant, c.seq, c.epoch
), said AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, epoch, at)
  SELECT id, seq, tenant, 'system', $3, epoch, $4
    FROM numbered
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value, headers)
  SELECT $5::int, 'outbound', id, $6::bytea, jsonb_build_object('seq', seq::text)
    FROM numbered
)
SELECT seq
  FROM numbered;
