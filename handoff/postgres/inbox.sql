-- counts --
-- What stands on the tabs.
SELECT count(*) FILTER (WHERE c.agent = $2 AND h.id IS NULL) AS mine,
       count(*) FILTER (WHERE c.agent = $2 AND h.id IS NOT NULL) AS snoozed,
       count(*) FILTER (WHERE c.owner = 'queue') AS waiting,
       count(*) AS open
  FROM conversations AS c
  LEFT JOIN handoffs AS h
    ON h.conversation = c.id
   AND h.state = 'active'
   AND h.snoozed_until IS NOT NULL
 WHERE c.tenant = $1
   AND c.owner <> 'bot';

-- with_people --
-- Conversations that wait for a person, the longest first, then those that agents talk in, behind
-- a place; of one agent, with what is on offer to them, or of all. Null filters nothing. OFFSET 0
-- keeps words from being looked for in all messages of everybody, to be put beside these few.
SELECT found.*
  FROM (SELECT c.id, c.owner = 'agent' AS taken, coalesce(h.requested_at, c.active_at) AS since
          FROM conversations AS c
          LEFT JOIN handoffs AS h
            ON h.conversation = c.id
           AND h.state IN ('requested', 'queued', 'offered', 'active')
         WHERE c.tenant = $1
           AND c.owner <> 'bot'
           AND ($2::text IS NULL OR c.owner = $2)
           AND ($3::uuid IS NULL OR c.agent = $3 OR h.state = 'offered' AND h.agent = $3)
           AND ($4::text IS NULL OR c.channel = $4)
           AND ($5::text IS NULL OR c.language = $5)
           AND ($6::uuid IS NULL OR c.agent = $6)
           AND (NOT $7 OR c.agent IS NULL)
           AND ($13::boolean IS NULL
                OR $13 = (h.state IS NOT DISTINCT FROM 'active' AND h.snoozed_until IS NOT NULL))
           AND ($8::text IS NULL
                OR c.customer ILIKE $8
                OR EXISTS (SELECT FROM customers AS w
                            WHERE w.tenant = c.tenant
                              AND w.channel = c.channel
                              AND w.customer = c.customer
                              AND w.name ILIKE $8
                           OFFSET 0)
                OR EXISTS (SELECT FROM messages AS m
                            WHERE m.conversation = c.id
                              AND m.text ILIKE $8
                           OFFSET 0))
       ) AS found
 WHERE $9::boolean IS NULL
    OR (taken, since, id) > ($9, $10::timestamptz, $11::uuid)
 ORDER BY taken, since, id
 LIMIT $12;

-- with_bot --
-- Conversations that nobody but the bot has, the last active first, behind a place.
SELECT c.id, c.active_at
  FROM conversations AS c
 WHERE c.tenant = $1
   AND c.owner = 'bot'
   AND ($2::text IS NULL OR c.channel = $2)
   AND ($3::text IS NULL OR c.language = $3)
   AND c.active_hour <= date_trunc('hour', $4::timestamptz AT TIME ZONE 'UTC')
   AND (c.active_at, c.id) < ($4, $5::uuid)
 ORDER BY c.active_hour DESC, c.active_at DESC, c.id DESC
 LIMIT $6;

-- search_with_bot --
-- The same, looking for words in a number of them: those that have them, and the last one that was
-- looked at.
WITH looked AS (
  SELECT c.id, c.channel, c.customer, c.active_at, c.active_hour
    FROM conversations AS c
   WHERE c.tenant = $1
     AND c.owner = 'bot'
     AND ($2::text IS NULL OR c.channel = $2)
     AND ($3::text IS NULL OR c.language = $3)
     AND c.active_hour <= date_trunc('hour', $4::timestamptz AT TIME ZONE 'UTC')
     AND (c.active_at, c.id) < ($4, $5::uuid)
   ORDER BY c.active_hour DESC, c.active_at DESC, c.id DESC
   LIMIT $7
), found AS (
  SELECT id, active_at
    FROM looked
   WHERE customer ILIKE $8
      OR EXISTS (SELECT FROM customers AS w
                  WHERE w.tenant = $1
                    AND w.channel = looked.channel
                    AND w.customer = looked.customer
                    AND w.name ILIKE $8
               OFFSET 0)
      OR EXISTS (SELECT FROM messages AS m
                  WHERE m.conversation = looked.id
                    AND m.text ILIKE $8
                 OFFSET 0)
   ORDER BY active_at DESC, id DESC
   LIMIT $6
)
SELECT id, active_at, true AS found, 0::bigint AS looked
  FROM found
 UNION ALL
(SELECT id, active_at, false, (SELECT count(*) FROM looked)
   FROM looked
  ORDER BY active_at, id
  LIMIT 1)
 ORDER BY found DESC, active_at DESC, id DESC;

-- rows --
-- Conversations as the list shows them, in the order in which they are asked for; of the words the
-- last that somebody said, not what is said of the talk itself, as a promise of a person is.
SELECT c.id, c.channel, c.customer, c.language, c.owner, c.agent, c.epoch, c.seq, c.active_at,
       c.frustration, coalesce(who.name, '') AS customer_name,
       coalesce(p.name, a.name) AS agent_name,
       m.author AS last_author, m.text AS last_text, m.at AS last_at,
       h.id AS handoff, h.state, h.reason, h.team, h.priority, h.requested_at,
       h.agent AS handoff_agent, h.until, h.targets, h.snoozed_until, h.woke_at,
       CASE WHEN c.owner <> 'bot' THEN w.at END AS waiting_since
  FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
  JOIN conversations AS c
    ON c.tenant = $1
   AND c.id = wanted.id
  LEFT JOIN people AS p
    ON p.tenant = $1
   AND p.id = c.agent
  LEFT JOIN handoff_agents AS a
    ON a.tenant = $1
   AND a.id = c.agent
  LEFT JOIN customers AS who
    ON who.tenant = c.tenant
   AND who.channel = c.channel
   AND who.customer = c.customer
  LEFT JOIN LATERAL (SELECT author, left(text, 200) AS text, at
                       FROM messages
                      WHERE conversation = c.id
                        AND author <> 'system'
                        AND choice IS NULL
                      ORDER BY seq DESC
                      LIMIT 1) AS m ON true
  LEFT JOIN LATERAL (SELECT id, state, reason, team, priority, requested_at, agent, until, targets,
                            snoozed_until, woke_at
                       FROM handoffs
                      WHERE conversation = c.id
                      ORDER BY requested_at DESC
                      LIMIT 1) AS h ON true
  LEFT JOIN LATERAL (SELECT min(at) AS at
                       FROM messages
                      WHERE conversation = c.id
                        AND author = 'customer'
                        AND seq > coalesce((SELECT seq
                                              FROM messages
                                             WHERE conversation = c.id
                                               AND author IN ('bot', 'agent')
                                             ORDER BY seq DESC
                                             LIMIT 1), 0)) AS w ON c.owner <> 'bot'
 ORDER BY wanted.place;

-- active_since --
-- What has changed lately, whoever has it; at most so many.
SELECT id
  FROM conversations
 WHERE tenant = $1
   AND owner <> 'bot'
   AND active_at >= $2
 UNION
(SELECT id
   FROM conversations
  WHERE tenant = $1
    AND owner = 'bot'
    AND active_hour >= date_trunc('hour', $2::timestamptz AT TIME ZONE 'UTC')
    AND active_at >= $2
  ORDER BY active_hour DESC
  LIMIT $3);

-- open_states --
-- How all open requests stand.
SELECT conversation, state, agent, until, snoozed_until, woke_at
  FROM handoffs
 WHERE tenant = $1
   AND state IN ('requested', 'queued', 'offered', 'active');

-- tickets_since --
-- Tickets that were opened or have got on lately.
SELECT id, number, conversation, changed_at
  FROM tickets
 WHERE tenant = $1
   AND changed_at >= $2
 ORDER BY changed_at, id
 LIMIT 1000;
