-- open --
-- All that is open, the longest waiting first, with what clocks are judged by and who has it.
SELECT h.id, h.tenant, h.conversation, h.channel, h.state, h.agent, h.until, h.version, h.epoch,
       h.reason, h.team, h.language, h.skills, h.priority, h.asked_last, h.requested_at, h.contact,
       h.snoozed_until, h.woke_at, h.taken_at, h.answered_at, asked.seq AS asked_seq, asked.at AS asked_at,
       h.customer, coalesce(c.name, '') AS customer_name,
       coalesce(p.name, a.name) AS agent_name
  FROM handoffs AS h
  LEFT JOIN customers AS c
    ON c.tenant = $1
   AND c.channel = h.channel
   AND c.customer = h.customer
  LEFT JOIN people AS p
    ON p.tenant = $1
   AND p.id = h.agent
  LEFT JOIN handoff_agents AS a
    ON a.tenant = $1
   AND a.id = h.agent
  LEFT JOIN LATERAL (SELECT m.seq, m.at
                       FROM messages AS m
                      WHERE m.conversation = h.conversation
                        AND m.author = 'customer'
                        AND m.seq > (SELECT max(s.seq)
                                       FROM messages AS s
                                      WHERE s.conversation = h.conversation
                                        AND s.author = 'agent')
                      ORDER BY m.seq
                      LIMIT 1) AS asked ON h.answered_at IS NOT NULL
 WHERE h.tenant = $1
   AND h.state IN ('requested', 'queued', 'offered', 'active')
 ORDER BY h.requested_at, h.id;

-- begun --
-- How many talks began since then.
SELECT count(*)
  FROM handoffs
 WHERE tenant = $1
   AND taken_at > $2;

-- day --
-- The requests for a person of a span of time: how many there are in each slice, how long those
-- waited that were taken, and one slice of them, the latest first, behind a place. A number and
-- the list behind it come from the same rows. What an agent took unasked was requested by nobody.
WITH requests AS (
  SELECT h.id, h.conversation, h.channel, h.customer, h.agent, h.reason, h.team, o.outcome,
         h.priority, h.requested_at, h.taken_at, h.ended_at, r.thumb, r.reason AS why, r.comment,
         extract(epoch FROM h.taken_at - h.requested_at)::float8 AS wait_s,
         array_remove(ARRAY[
           'requested',
           CASE WHEN h.taken_at IS NOT NULL THEN 'accepted' END,
           o.outcome,
           CASE WHEN EXISTS (SELECT
                               FROM unnest(h.targets) AS target
                              WHERE target LIKE '%.missed') THEN 'missed' END,
           CASE WHEN o.outcome <> 'completed' THEN NULL
                WHEN r.thumb = 'up' THEN 'rated_up'
                WHEN r.thumb = 'down' THEN 'rated_down'
                ELSE 'unrated' END], NULL) AS slices
    FROM handoffs AS h
   CROSS JOIN LATERAL (
     SELECT CASE WHEN h.state IN ('requested', 'queued', 'offered') THEN 'waiting'
                 WHEN h.state = 'active' THEN 'talking'
                 WHEN h.state IN ('wrapped_up', 'returned') THEN 'completed'
                 WHEN h.state = 'abandoned' THEN 'abandoned'
                 WHEN h.cause = 'out_of_hours' THEN 'out_of_hours'
                 ELSE 'nobody_free' END AS outcome) AS o
    LEFT JOIN handoff_ratings AS r
      ON r.tenant = $1
     AND r.handoff = h.id
   WHERE h.tenant = $1
     AND h.requested_at >= $2
     AND h.requested_at < $3
     AND h.reason <> $4
), numbers AS (
  SELECT slice, count(*) AS n
    FROM requests
   CROSS JOIN unnest(slices) AS slice
   GROUP BY slice
), behind AS (
  SELECT q.id AS handoff, q.conversation, q.channel, q.outcome, q.reason, q.team, q.priority,
         q.customer, coalesce(c.name, '') AS customer_name,
         coalesce(p.name, a.name) AS agent,
         q.requested_at, q.taken_at, q.ended_at, q.wait_s, q.thumb, q.why, q.comment
    FROM (SELECT *
            FROM requests
           WHERE $5::text = ANY (slices)
             AND ($6::timestamptz IS NULL OR (requested_at, id) < ($6, $7::uuid))
           ORDER BY requested_at DESC, id DESC
           LIMIT $8) AS q
    LEFT JOIN customers AS c
      ON c.tenant = $1
     AND c.channel = q.channel
     AND c.customer = q.customer
    LEFT JOIN people AS p
      ON p.tenant = $1
     AND p.id = q.agent
    LEFT JOIN handoff_agents AS a
      ON a.tenant = $1
     AND a.id = q.agent
)
SELECT (SELECT coalesce(jsonb_object_agg(slice, n), '{}') FROM numbers) AS numbers,
       (SELECT percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY wait_s)
          FROM requests
         WHERE wait_s IS NOT NULL) AS waits,
       (SELECT coalesce(jsonb_agg(to_jsonb(behind) ORDER BY requested_at DESC, handoff DESC), '[]')
          FROM behind) AS behind;

-- teams --
-- The teams that somebody is in.
SELECT DISTINCT unnest(teams) AS team
  FROM handoff_agents
 WHERE tenant = $1
 ORDER BY team;
