-- tenants --
-- Who has something at the desk.
SELECT DISTINCT tenant
  FROM (SELECT tenant
          FROM handoffs
         WHERE state IN ('requested', 'queued', 'offered', 'active')
         UNION ALL
        SELECT tenant
          FROM conversations
         WHERE owner = 'queue') AS there;

-- alone --
-- Be the only desk of this tenant until it is left; false when another is at it.
SELECT pg_try_advisory_lock($1, hashtext($2));

-- leave --
-- Let another desk have its turn.
SELECT pg_advisory_unlock($1, hashtext($2));

-- forget --
-- Requests whose conversation went on without them.
UPDATE handoffs AS h
   SET state = 'abandoned',
       agent = NULL,
       until = NULL,
       version = version + 1,
       ended_at = $1,
       cause = 'moved_on'
  FROM conversations AS c
 WHERE c.id = h.conversation
   AND c.epoch <> h.epoch
   AND h.state IN ('requested', 'queued', 'offered', 'active');

-- wake --
-- Talks that come back: their time has come, or the customer has written.
UPDATE handoffs AS h
   SET snoozed_until = NULL,
       woke_at = $1
 WHERE h.state = 'active'
   AND h.snoozed_until IS NOT NULL
   AND (h.snoozed_until <= $1
        OR EXISTS (SELECT
                     FROM messages AS m
                    WHERE m.conversation = h.conversation
                      AND m.seq > h.snoozed_seq
                      AND m.author = 'customer'))
RETURNING h.conversation;

-- find --
-- Conversations that were promised a person and have no place in the queue.
INSERT INTO handoffs (id, tenant, conversation, channel, customer, reason, language, epoch,
                      requested_at)
SELECT gen_random_uuid(), tenant, id, channel, customer, 'asked for a person', language, epoch, $1
  FROM conversations AS c
 WHERE owner = 'queue'
   AND NOT EXISTS (SELECT
                     FROM handoffs AS h
                    WHERE h.conversation = c.id
                      AND h.state IN ('requested', 'queued', 'offered', 'active'))
ON CONFLICT DO NOTHING;

-- open --
-- All that is open, oldest first, with whom the customer had before, and with the first thing that
-- they wrote after the agent's last word. What is put away waits for nobody; when it is back its
-- time begins.
SELECT h.id, h.tenant, h.conversation, h.channel, h.state, h.agent, h.until, h.version, h.epoch,
       h.reason, h.team, h.language, h.skills, h.priority, h.asked_last, h.requested_at,
       h.answered_at, h.clocked, h.contact, h.snoozed_until, h.woke_at, known.agent AS before,
       asked.seq AS asked_seq, greatest(asked.at, h.woke_at) AS asked_at
  FROM handoffs AS h
  LEFT JOIN LATERAL (SELECT agent
                       FROM handoffs AS e
                      WHERE e.tenant = h.tenant
                        AND e.channel = h.channel
                        AND e.customer = h.customer
                        AND e.state IN ('wrapped_up', 'returned')
                      ORDER BY e.ended_at DESC
                      LIMIT 1) AS known ON true
  LEFT JOIN LATERAL (SELECT m.seq, m.at
                       FROM messages AS m
                      WHERE m.conversation = h.conversation
                        AND m.author = 'customer'
                        AND m.seq > (SELECT max(a.seq)
                                       FROM messages AS a
                                      WHERE a.conversation = h.conversation
                                        AND a.author = 'agent')
                      ORDER BY m.seq
                      LIMIT 1) AS asked ON h.answered_at IS NOT NULL AND h.snoozed_until IS NULL
 WHERE h.state IN ('requested', 'queued', 'offered', 'active')
 ORDER BY h.requested_at, h.id;

-- begun --
-- How many talks began since then.
SELECT count(*)
  FROM handoffs
 WHERE taken_at > $1;

-- clock --
-- Set a clock that was not set yet: it is due twice, when it is near and when it is missed.
WITH started AS (
  UPDATE handoffs
     SET clocked = clocked || $2::text
   WHERE id = $1
     AND NOT clocked @> ARRAY[$2]
  RETURNING tenant
)
INSERT INTO jobs (tenant, kind, key, due_at)
SELECT tenant, 'target', key, at
  FROM started
 CROSS JOIN unnest($3::text[], $4::timestamptz[]) AS due (key, at)
ON CONFLICT (tenant, kind, key) DO NOTHING;

-- facts --
-- What clocks are judged by, of one open handoff.
SELECT h.requested_at, h.answered_at, asked.seq AS asked_seq,
       greatest(asked.at, h.woke_at) AS asked_at
  FROM handoffs AS h
  LEFT JOIN LATERAL (SELECT m.seq, m.at
                       FROM messages AS m
                      WHERE m.conversation = h.conversation
                        AND m.author = 'customer'
                        AND m.seq > (SELECT max(a.seq)
                                       FROM messages AS a
                                      WHERE a.conversation = h.conversation
                                        AND a.author = 'agent')
                      ORDER BY m.seq
                      LIMIT 1) AS asked ON h.answered_at IS NOT NULL AND h.snoozed_until IS NULL
 WHERE h.id = $1
   AND h.state IN ('requested', 'queued', 'offered', 'active');

-- mark --
-- A target that is near or missed; no row when it was marked before.
UPDATE handoffs
   SET targets = targets || $2::text
 WHERE id = $1
   AND NOT targets @> ARRAY[$2]
RETURNING id;
