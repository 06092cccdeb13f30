-- messages_before --
-- What was said before a message, the latest first, with its way to the channel.
SELECT m.seq, m.author, m.text, m.sources, m.turn, m.at, m.event, m.edited_at, m.deleted_at,
       d.state AS delivery
  FROM messages AS m
  LEFT JOIN deliveries AS d
    ON d.conversation = m.conversation
   AND d.seq = m.seq
 WHERE m.tenant = $1
   AND m.conversation = $2
   AND m.seq < $3
 ORDER BY m.seq DESC
 LIMIT $4;

-- messages_after --
-- What was said behind a message, in order.
SELECT m.seq, m.author, m.text, m.sources, m.turn, m.at, m.event, m.edited_at, m.deleted_at,
       d.state AS delivery
  FROM messages AS m
  LEFT JOIN deliveries AS d
    ON d.conversation = m.conversation
   AND d.seq = m.seq
 WHERE m.tenant = $1
   AND m.conversation = $2
   AND m.seq > $3
 ORDER BY m.seq
 LIMIT $4;

-- notes --
-- Private notes behind a place, in the order in which they were written.
SELECT n.n, n.id, n.seq, n.author, n.client_id, n.text, n.at,
       coalesce(p.name, t.name, '') AS author_name
  FROM notes AS n
  LEFT JOIN api_tokens AS t
    ON t.tenant = $1
   AND n.author = 'token:' || t.id
  LEFT JOIN people AS p
    ON p.tenant = $1
   AND (n.author = 'person:' || p.id OR p.id = t.agent)
 WHERE n.tenant = $1
   AND n.conversation = $2
   AND n.n > $3
   AND n.seq BETWEEN $4 AND $5
 ORDER BY n.n;

-- called --
-- How agents are called.
SELECT a.id, coalesce(p.name, a.name) AS name
  FROM (SELECT id, name
          FROM handoff_agents
         WHERE tenant = $1
           AND id = ANY ($2::uuid[])
         UNION
        SELECT id, name
          FROM people
         WHERE tenant = $1
           AND id = ANY ($2)) AS a
  LEFT JOIN people AS p
    ON p.tenant = $1
   AND p.id = a.id;

-- customer --
-- Everything that a customer had to do with us, the latest first. Two are one person where the
-- tenant says so, by the id that its site signs and its programs name, or where both have the same
-- e-mail address; ids of different platforms that are alike by chance are nobody's.
WITH them AS (
  SELECT $2::text AS channel, $3::text AS customer
   UNION
  SELECT own, $3
    FROM unnest(ARRAY['web', 'api']) AS own
   WHERE $2 IN ('web', 'api')
   UNION
  SELECT other.channel, other.customer
    FROM customers AS me
    JOIN customers AS other
      ON other.tenant = me.tenant
     AND lower(other.told->>'email') = lower(me.told->>'email')
   WHERE me.tenant = $1
     AND me.channel = $2
     AND me.customer = $3
     AND other.told->>'email' <> ''
)
SELECT c.id, c.channel, c.created_at, c.active_at, c.seq, c.language, c.owner,
       (SELECT count(*) FROM handoffs AS h WHERE h.conversation = c.id) AS handoffs,
       coalesce((SELECT left(m.text, 200)
                   FROM messages AS m
                  WHERE m.conversation = c.id
                    AND m.author = 'customer'
                  ORDER BY m.seq DESC
                  LIMIT 1), '') AS last
  FROM conversations AS c
  JOIN them
    ON them.channel = c.channel
   AND them.customer = c.customer
 WHERE c.tenant = $1
 ORDER BY c.created_at DESC
 LIMIT $4;

-- profile --
-- Who a customer is.
SELECT jsonb_build_object('told', told, 'noted', noted)
  FROM customers
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3;

-- draft --
-- What somebody was writing.
SELECT kind, text, at
  FROM drafts
 WHERE tenant = $1
   AND conversation = $2
   AND agent = $3;

-- keep_draft --
-- Keep what somebody is writing; no row where there is no such conversation.
INSERT INTO drafts (conversation, agent, tenant, kind, text, at)
SELECT id, $3, $1, $4, $5, $6
  FROM conversations
 WHERE tenant = $1
   AND id = $2
ON CONFLICT (conversation, agent) DO UPDATE
   SET kind = excluded.kind,
       text = excluded.text,
       at = excluded.at
RETURNING conversation;

-- forget_draft --
-- It was sent, or given up.
DELETE FROM drafts
 WHERE tenant = $1
   AND conversation = $2
   AND agent = $3;

-- viewers --
-- Who has a conversation on the screen.
SELECT v.agent, coalesce(p.name, '') AS name, bool_or(v.typing_until > now()) AS typing
  FROM viewers AS v
  LEFT JOIN people AS p
    ON p.tenant = $1
   AND p.id = v.agent
 WHERE v.tenant = $1
   AND v.conversation = $2
   AND v.until > now()
 GROUP BY v.agent, p.name
 ORDER BY p.name, v.agent;

-- view --
-- A socket shows a conversation, for so many seconds; and somebody types in it for so many.
INSERT INTO viewers (conversation, socket, tenant, agent, until, typing_until)
SELECT id, $3, $1, $4, now() + make_interval(secs => $5), now() + make_interval(secs => $6)
  FROM conversations
 WHERE tenant = $1
   AND id = $2
ON CONFLICT (conversation, socket) DO UPDATE
   SET until = excluded.until,
       typing_until = greatest(viewers.typing_until, excluded.typing_until)
RETURNING conversation;

-- leave --
-- A socket shows a conversation no more; whatever is over goes with it.
DELETE FROM viewers
 WHERE tenant = $1
   AND (conversation = $2 AND socket = $3 OR until < now() - interval '1 hour');
