-- open --
-- A thread for each open handoff whose team has a place, where there is none yet.
INSERT INTO desk_threads (handoff, tenant, conversation, at, upto)
SELECT h.id, h.tenant, h.conversation, p.at, greatest(c.seq - $1::int, 0)
  FROM handoffs AS h
  JOIN conversations AS c
    ON c.id = h.conversation
 CROSS JOIN LATERAL (SELECT at
                       FROM desk_places AS p
                      WHERE p.tenant = h.tenant
                        AND p.team IN (h.team, '')
                      ORDER BY p.team DESC
                      LIMIT 1) AS p
 WHERE h.state IN ('requested', 'queued', 'offered', 'active')
   AND NOT EXISTS (SELECT
                     FROM desk_threads AS t
                    WHERE t.handoff = h.id)
ON CONFLICT DO NOTHING;

-- claim --
-- Threads in which something is to be done; nobody else has them until the lease is over.
WITH due AS (
  SELECT t.handoff
    FROM desk_threads AS t
    JOIN handoffs AS h
      ON h.id = t.handoff
    JOIN conversations AS c
      ON c.id = t.conversation
   WHERE NOT t.asleep
     AND t.due_at <= $1
     AND (t.root IS NULL
      OR t.shown <> h.version
      OR h.ended_at IS NOT NULL
      OR t.upto < c.seq
      OR EXISTS (SELECT
                   FROM desk_deeds AS d
                  WHERE d.handoff = t.handoff
                    AND NOT d.done)
      OR EXISTS (SELECT
                   FROM desk_replies AS r
                  WHERE r.handoff = t.handoff
                    AND (r.state = 'new' OR r.shown <> r.state)))
   ORDER BY t.due_at
   LIMIT $2
     FOR UPDATE OF t SKIP LOCKED
)
UPDATE desk_threads AS t
   SET due_at = $3,
       lease = $4
  FROM due
 WHERE t.handoff = due.handoff
RETURNING t.handoff, t.tenant;

-- look --
-- A thread that we have, and its conversation.
SELECT t.handoff, t.tenant, t.conversation, t.at, coalesce(t.root, '') AS root, t.opening,
       t.shown, t.upto, t.trying, t.heard, c.seq, c.owner, c.agent, c.epoch,
       coalesce(p.name, a.name, '') AS agent_name
  FROM desk_threads AS t
  JOIN conversations AS c
    ON c.id = t.conversation
  JOIN handoffs AS h
    ON h.id = t.handoff
  LEFT JOIN people AS p
    ON p.id = h.agent
  LEFT JOIN handoff_agents AS a
    ON a.id = h.agent
 WHERE t.handoff = $1
   AND t.lease = $2;

-- opening --
-- It is being opened; nobody knows any more that it is not open.
UPDATE desk_threads
   SET opening = true
 WHERE handoff = $1;

-- opened --
-- It is open, and its card is of this version.
UPDATE desk_threads
   SET root = $2,
       shown = $3
 WHERE handoff = $1;

-- carded --
-- Its card is of this version.
UPDATE desk_threads
   SET shown = $2
 WHERE handoff = $1;

-- trying --
-- These messages are being shown.
UPDATE desk_threads
   SET trying = $2
 WHERE handoff = $1;

-- upto --
-- Messages up to this one are shown.
UPDATE desk_threads
   SET upto = $2,
       trying = ''
 WHERE handoff = $1;

-- release --
-- Others may have it, after this time; it sleeps where all is over and nothing was heard since.
UPDATE desk_threads AS t
   SET due_at = $3,
       lease = NULL,
       asleep = $5
                AND t.heard = $4
                AND EXISTS (SELECT
                              FROM handoffs AS h
                             WHERE h.id = t.handoff
                               AND h.ended_at IS NOT NULL
                               AND h.version = t.shown)
                AND NOT EXISTS (SELECT
                                  FROM desk_deeds AS d
                                 WHERE d.handoff = t.handoff
                                   AND NOT d.done)
                AND NOT EXISTS (SELECT
                                  FROM desk_replies AS r
                                 WHERE r.handoff = t.handoff
                                   AND (r.state IN ('new', 'held', 'sending')
                                    OR r.shown <> r.state))
 WHERE t.handoff = $1
   AND t.lease = $2;

-- messages --
-- What was said behind a message while the handoff was open, in order.
SELECT m.seq, m.author, m.text, m.event, m.deleted_at IS NOT NULL AS deleted,
       CASE m.author
         WHEN 'customer' THEN customer_name(h.tenant, h.channel, h.customer)
         ELSE coalesce(p.name, '')
       END AS name
  FROM messages AS m
  JOIN handoffs AS h
    ON h.id = $1
   AND h.conversation = m.conversation
  LEFT JOIN people AS p
    ON m.author = 'agent'
   AND p.id::text = split_part(m.event, ':', 2)
 WHERE m.seq > $2
   AND m.seq <= $3
   AND (h.ended_at IS NULL OR m.epoch < h.epoch)
 ORDER BY m.seq
 LIMIT $4;

-- deeds --
-- What was done in a thread and not looked at, in order.
SELECT n, event, by, message, kind, text, about, trigger, files, effect
  FROM desk_deeds
 WHERE handoff = $1
   AND NOT done
 ORDER BY n;

-- deed_done --
-- It was looked at.
UPDATE desk_deeds
   SET done = true,
       trigger = ''
 WHERE n = $1;

-- present --
-- Who did something in a thread.
UPDATE desk_threads
   SET last_by = $2,
       last_at = $3
 WHERE handoff = $1;

-- keep_present --
-- Who talks with a customer in a thread, and did something there since then, is there.
UPDATE handoff_agents AS a
   SET seen_at = greatest(a.seen_at, $1)
  FROM desk_threads AS t
  JOIN handoffs AS h
    ON h.id = t.handoff
 WHERE NOT t.asleep
   AND t.last_at > $2
   AND h.state = 'active'
   AND h.agent = t.last_by
   AND a.id = h.agent
   AND a.tenant = t.tenant;

-- link --
-- Who somebody in the chat is, as it was said here.
SELECT person
  FROM desk_links
 WHERE tenant = $1
   AND native = $2;

-- keep_link --
-- Say who somebody in the chat is.
INSERT INTO desk_links (tenant, native, person)
VALUES ($1, $2, $3)
ON CONFLICT (tenant, native) DO UPDATE
   SET person = excluded.person;

-- forget_link --
-- Say it no more.
DELETE FROM desk_links
 WHERE tenant = $1
   AND native = $2
RETURNING native;

-- links --
-- Who is who.
SELECT l.native, p.email, p.name
  FROM desk_links AS l
  JOIN people AS p
    ON p.id = l.person
 WHERE l.tenant = $1
 ORDER BY l.native;

-- places --
-- Where threads are opened.
SELECT team, at
  FROM desk_places
 WHERE tenant = $1
 ORDER BY team;

-- keep_place --
-- Open a team's threads there.
INSERT INTO desk_places (tenant, team, at)
VALUES ($1, $2, $3)
ON CONFLICT (tenant, team) DO UPDATE
   SET at = excluded.at;

-- forget_place --
-- Open no more threads of a team; those that are open stay.
DELETE FROM desk_places
 WHERE tenant = $1
   AND team = $2
RETURNING at;
