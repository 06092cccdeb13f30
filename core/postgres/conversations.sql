-- open --
-- The conversation at an address; no row when another session is making it at this moment.
WITH made AS (
  INSERT INTO conversations (id, tenant, channel, customer, address, language)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (tenant, channel, address) DO NOTHING
  RETURNING *
)
SELECT id, tenant, channel, customer, owner, agent, epoch, seq, covered, language, frustration,
       unknowns, offers
  FROM made
 UNION ALL
SELECT id, tenant, channel, customer, owner, agent, epoch, seq, covered, language, frustration,
       unknowns, offers
  FROM conversations
 WHERE tenant = $2
   AND channel = $3
   AND address = $5;

-- accept --
-- Mark the event, number the message under the conversation's row lock, store it and append its
-- arrival to the log. The counter row of the log's partition is taken last: its lock makes the
-- order of commits the order of offsets. What the channel says of the customer is stored where it
-- is not what it said before ($9; null says nothing). No row: the event was here before, or there
-- is no such conversation.
WITH fresh AS (
  INSERT INTO arrivals (conversation, event, tenant)
  SELECT id, $2, tenant
    FROM conversations
   WHERE id = $1
  ON CONFLICT DO NOTHING
  RETURNING conversation
), numbered AS (
  UPDATE conversations
     SET seq = seq + 1,
         active_at = clock_timestamp()
   WHERE id = (SELECT conversation FROM fresh)
  RETURNING id, seq, epoch, tenant, channel, customer
), stored AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, event, epoch, at)
  SELECT id, seq, tenant, 'customer', $3, $2, epoch, $4
    FROM numbered
), slot AS (
  UPDATE log_partitions
     SET next = next + 1
   WHERE topic = $5
     AND part = $6
     AND EXISTS (SELECT FROM numbered)
  RETURNING next - 1 AS off
), logged AS (
  INSERT INTO log_records (topic, part, off, key, value)
  SELECT $5, $6, off, $7, $8
    FROM slot
), known AS (
  INSERT INTO customers (tenant, channel, customer, told)
  SELECT numbered.tenant, numbered.channel, numbered.customer, $9::jsonb
    FROM numbered
    LEFT JOIN customers AS before
      ON before.tenant = numbered.tenant
     AND before.channel = numbered.channel
     AND before.customer = numbered.customer
   WHERE coalesce(before.told, '{}') <> $9::jsonb
  ON CONFLICT (tenant, channel, customer) DO UPDATE
     SET told = excluded.told,
         changed_at = now()
)
SELECT seq, (SELECT off FROM slot) AS off
  FROM numbered;

-- accept_queued --
-- The same where the log is elsewhere: the arrival waits in the outbox. Its row is numbered
-- under the conversation's row lock, so that the order of ids is the order of messages.
WITH fresh AS (
  INSERT INTO arrivals (conversation, event, tenant)
  SELECT id, $2, tenant
    FROM conversations
   WHERE id = $1
  ON CONFLICT DO NOTHING
  RETURNING conversation
), numbered AS (
  UPDATE conversations
     SET seq = seq + 1,
         active_at = clock_timestamp()
   WHERE id = (SELECT conversation FROM fresh)
  RETURNING id, seq, epoch, tenant, channel, customer
), stored AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, event, epoch, at)
  SELECT id, seq, tenant, 'customer', $3, $2, epoch, $4
    FROM numbered
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value)
  SELECT $6, $5, id, $7
    FROM numbered
), known AS (
  INSERT INTO customers (tenant, channel, customer, told)
  SELECT numbered.tenant, numbered.channel, numbered.customer, $8::jsonb
    FROM numbered
    LEFT JOIN customers AS before
      ON before.tenant = numbered.tenant
     AND before.channel = numbered.channel
     AND before.customer = numbered.customer
   WHERE coalesce(before.told, '{}') <> $8::jsonb
  ON CONFLICT (tenant, channel, customer) DO UPDATE
     SET told = excluded.told,
         changed_at = now()
)
SELECT seq
  FROM numbered;

-- accepted --
-- The place of an event that was accepted before.
SELECT seq
  FROM messages
 WHERE conversation = $1
   AND event = $2;

-- amend --
-- Other words in the place of a customer's, or none: those are forgotten, too, with every summary
-- that may have them. No row: there is no such conversation.
WITH amended AS (
  UPDATE messages
     SET text = coalesce($3::text, ''),
         edited_at = CASE WHEN $3::text IS NULL THEN edited_at ELSE $4 END,
         deleted_at = CASE WHEN $3::text IS NULL THEN $4::timestamptz END
   WHERE conversation = $1
     AND event = $2
     AND deleted_at IS NULL
     AND ($3::text IS NULL OR text <> $3 AND coalesce(edited_at < $4, true))
  RETURNING seq
), unremembered AS (
  DELETE FROM memories
   WHERE conversation = $1
     AND $3::text IS NULL
     AND upto >= (SELECT seq FROM amended)
), unknown AS (
  DELETE FROM customer_facts
   WHERE conversation = $1
     AND $3::text IS NULL
     AND seq = (SELECT seq FROM amended)
)
SELECT (SELECT seq FROM amended) AS seq
  FROM conversations
 WHERE id = $1;

-- load --
-- A conversation, its last messages and every message that waits for its turn, oldest first; with
-- the first of them what is remembered. At least $2 of those before are read, and all that the
-- memory does not have yet, unless they are very many; none of a talk that is over.
SELECT c.id, c.tenant, c.channel, c.customer, c.owner, c.agent, c.epoch, c.seq AS last_seq,
       c.covered, c.language, c.frustration, c.unknowns, c.offers, m.seq, m.author, m.text,
       m.sources, m.event, m.turn, m.at,
       CASE WHEN row_number() OVER (ORDER BY m.seq) = 1 THEN k.memory END AS memory,
       CASE WHEN row_number() OVER (ORDER BY m.seq) = 1
            THEN jsonb_build_object('told', w.told, 'noted', w.noted) END AS profile
  FROM conversations c
  JOIN remembered k
    ON k.conversation = c.id
  LEFT JOIN customers w
    ON w.tenant = c.tenant
   AND w.channel = c.channel
   AND w.customer = c.customer
  LEFT JOIN LATERAL (
    SELECT *
      FROM messages
     WHERE conversation = c.id
       AND seq > least(c.covered, greatest(k.behind, least(c.seq - $2::int,
                                                           greatest(k.upto, c.seq - 200))))
       AND (seq > k.behind OR author = 'customer')
     ORDER BY seq
  ) m ON true
 WHERE c.id = $1
 ORDER BY m.seq;

-- load_again --
-- The same from the first message on that was only apologised for, with those before it.
SELECT c.id, c.tenant, c.channel, c.customer, c.owner, c.agent, c.epoch, c.seq AS last_seq,
       c.covered, c.language, c.frustration, c.unknowns, c.offers, c.apologised, m.seq, m.author,
       m.text, m.sources, m.event, m.turn, m.at,
       CASE WHEN row_number() OVER (ORDER BY m.seq) = 1 THEN k.memory END AS memory,
       CASE WHEN row_number() OVER (ORDER BY m.seq) = 1
            THEN jsonb_build_object('told', w.told, 'noted', w.noted) END AS profile
  FROM conversations c
  JOIN remembered k
    ON k.conversation = c.id
  LEFT JOIN customers w
    ON w.tenant = c.tenant
   AND w.channel = c.channel
   AND w.customer = c.customer
  LEFT JOIN LATERAL (
    SELECT *
      FROM messages
     WHERE conversation = c.id
       AND seq > least(c.covered, greatest(k.behind, least(c.seq - $2::int,
                                                           greatest(k.upto, c.seq - 200))),
                       (SELECT min(a) - 1 - $2 FROM unnest(c.apologised) AS a))
     ORDER BY seq
  ) m ON true
 WHERE c.id = $1
 ORDER BY m.seq;

-- standing --
-- How far a conversation has got.
SELECT seq, epoch
  FROM conversations
 WHERE id = $1;

-- remember --
-- The whole effect of a turn. It begins with the seen mark: the row moves only from where the
-- turn found it, so of two workers one moves it and the other stores nothing. An epoch that has
-- moved on keeps the record and says nothing. Where nothing may have been said meanwhile ($22),
-- the row moves only while it is still the last word; all of this is compared under the row's
-- lock. A row of nulls: not the last word, or no longer ours; whoever reads again sees which.
-- An apology ($24) leaves its messages to a replay, which covers them once more ($23) and once.
-- Who is promised a person ($28, by the team $29, before others by $31, with the skills $32) is in
-- the queue by the same statement, and who lets go of it is not any more. A ticket that is promised
-- (its category, $30) is a job of it, too.
WITH moved AS (
  UPDATE conversations
     SET covered = greatest(covered, $4),
         apologised = CASE
           WHEN $24 THEN apologised || $17::int[]
           WHEN $23::int[] <> '{}'
           THEN ARRAY(SELECT a FROM unnest(apologised) AS a WHERE a <> ALL ($23))
           ELSE apologised
         END,
         seq = seq + CASE WHEN epoch = $5 THEN cardinality($6::text[]) ELSE 0 END,
         owner = CASE WHEN epoch = $5 THEN coalesce($9, owner) ELSE owner END,
         agent = CASE WHEN epoch = $5 AND $9::text IS NOT NULL THEN $10 ELSE agent END,
         epoch = epoch + CASE WHEN epoch = $5 AND $9::text IS NOT NULL THEN 1 ELSE 0 END,
         language = coalesce(nullif($11, ''), language),
         frustration = $25,
         unknowns = $26,
         offers = $27,
         active_at = clock_timestamp()
   WHERE id = $2
     AND covered = $3
     AND ($22::int IS NULL OR seq = $22)
     AND apologised @> $23
  RETURNING id, tenant, channel, customer, language, old.seq AS before, seq, epoch,
            old.epoch = $5 AS sent
), promised AS (
  INSERT INTO handoffs (id, tenant, conversation, channel, customer, reason, team, language, epoch,
                        requested_at, priority, skills)
  SELECT $1, tenant, id, channel, customer, $28, $29, language, epoch, $21, $31, $32
    FROM moved
   WHERE sent
     AND $28::text IS NOT NULL
  ON CONFLICT DO NOTHING
), noted AS (
  INSERT INTO jobs (tenant, kind, key, due_at, payload)
  SELECT tenant, 'wanted-ticket', $1::text, $21,
         jsonb_build_object('conversation', id, 'category', $30::text)
    FROM moved
   WHERE sent
     AND $30 <> ''
  ON CONFLICT DO NOTHING
), taken_back AS (
  UPDATE handoffs AS h
     SET state = 'abandoned',
         agent = NULL,
         until = NULL,
         version = version + 1,
         epoch = moved.epoch,
         ended_at = $21
    FROM moved
   WHERE h.conversation = moved.id
     AND h.state IN ('requested', 'queued', 'offered', 'active')
     AND moved.sent
     AND $9::text = 'bot'
), said AS (
  INSERT INTO messages (conversation, seq, tenant, author, text, sources, turn, epoch, at, choice,
                        handoff)
  SELECT moved.id, moved.before + n, moved.tenant, author, text, sources::jsonb, $1, moved.epoch,
         $21::timestamptz, promise.choice, promise.handoff
    FROM moved
   CROSS JOIN unnest($6::text[], $7::text[], $8::text[]) WITH ORDINALITY
         AS saying (author, text, sources, n)
    LEFT JOIN (SELECT 'bot_instead' AS choice, $1 AS handoff
                WHERE $28::text IS NOT NULL) AS promise
      ON n = cardinality($6)
   WHERE moved.sent
), queued AS (
  INSERT INTO outbox (lane, topic, conversation, value, headers)
  SELECT $12::int, $13::text, moved.id, $14::bytea, jsonb_build_object('seq', (moved.before + n)::text)
    FROM moved
   CROSS JOIN generate_series(1, cardinality($6::text[])) AS n
   WHERE moved.sent
   UNION ALL
  SELECT $12, $15::text, moved.id, event, '{}'::jsonb
    FROM moved
   CROSS JOIN unnest($16::bytea[]) AS event
   WHERE moved.sent
), kept AS (
  INSERT INTO turns (id, tenant, conversation, covers, epoch, sent, decision, confidence, record)
  SELECT $1, tenant, id, $17, $5, sent, $18, $19, $20
    FROM moved
)
SELECT seq, sent
  FROM moved
 UNION ALL
SELECT NULL, NULL
  FROM conversations
 WHERE id = $2
   AND covered = $3
   AND $22 IS NOT NULL
   AND NOT EXISTS (SELECT FROM moved);

-- conversation --
-- One conversation as it is now.
SELECT id, tenant, channel, customer, owner, agent, epoch, seq, covered, language, frustration,
       unknowns, offers
  FROM conversations
 WHERE id = $1;

-- since --
-- Messages behind a cursor, in order. The event of an agent's words is `agent:ID:CLIENT_ID`; names
-- are looked up for agents' words alone.
SELECT conversation, seq, author, text, sources, turn, at, choice, handoff,
       CASE WHEN author = 'agent'
            THEN (SELECT coalesce(a.name, p.name)
                    FROM (SELECT CASE WHEN pg_input_is_valid(split_part(event, ':', 2), 'uuid')
                                      THEN split_part(event, ':', 2)::uuid END AS id) AS who
                    LEFT JOIN handoff_agents AS a
                      ON a.tenant = messages.tenant
                     AND a.id = who.id
                    LEFT JOIN people AS p
                      ON p.tenant = messages.tenant
                     AND p.id = who.id)
        END AS name
  FROM messages
 WHERE conversation = $1
   AND seq > $2
 ORDER BY seq
 LIMIT $3;

-- turn --
-- One turn by its id.
SELECT id, conversation, covers, sent, decision, confidence, record
  FROM turns
 WHERE id = $1;

-- turn_of --
-- The turn that covered a customer's message.
SELECT id, conversation, covers, sent, decision, confidence, record
  FROM turns
 WHERE conversation = $1
   AND covers @> ARRAY[$2::int]
 ORDER BY at
 LIMIT 1;

-- said --
-- What a turn said, in order.
SELECT conversation, seq, author, text, sources, turn, at, choice, handoff
  FROM messages
 WHERE conversation = $1
   AND turn = $2
 ORDER BY seq;
