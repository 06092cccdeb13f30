-- claim --
-- Some tickets whose trackers are to be told or asked, longest due first, none of a tracker that
-- rests. Each is ours until the lease is over.
WITH due AS (
  SELECT l.id
    FROM ticket_links AS l
    JOIN connectors AS c
      ON c.id = l.connector
   WHERE l.due_at <= $1
     AND c.rest_until <= $1
   ORDER BY l.due_at
   LIMIT $2
     FOR UPDATE OF l SKIP LOCKED
)
UPDATE ticket_links AS l
   SET due_at = $3,
       lease = $4
  FROM due
 WHERE l.id = due.id
RETURNING l.id, l.tenant, l.ticket, l.connector, l.remote, l.state, l.begun_at, l.wanted, l.look_at,
          l.tries;

-- begin --
-- Creating begins; no row when the lease is lost.
UPDATE ticket_links
   SET begun_at = $3
 WHERE id = $1
   AND lease = $2
RETURNING id;

-- created --
-- It is there.
UPDATE ticket_links
   SET remote = $3,
       label = $4,
       url = $5,
       begun_at = NULL
 WHERE id = $1
   AND lease = $2
RETURNING id;

-- became --
-- The tracker's state as it is known now; where we have made it so, what it told of itself until
-- that moment is over.
UPDATE ticket_links
   SET state = $2,
       heard_at = greatest(heard_at, $3::timestamptz)
 WHERE id = $1;

-- finish --
-- All that was wanted then is done; what came since is due at once.
UPDATE ticket_links
   SET lease = NULL,
       done = $3,
       tries = 0,
       trouble = '',
       look_at = CASE WHEN wanted > $3 THEN least(look_at, $5) ELSE $5 END,
       due_at = CASE WHEN wanted > $3 THEN $4 ELSE $5 END
 WHERE id = $1
   AND lease = $2;

-- later --
-- It was not done, and is due later.
UPDATE ticket_links
   SET lease = NULL,
       due_at = $3,
       tries = least(tries + $4, 100),
       trouble = $5
 WHERE id = $1
   AND lease = $2;

-- wake --
-- The tracker says that something happened to it.
UPDATE ticket_links
   SET wanted = wanted + 1,
       look_at = $3,
       due_at = CASE WHEN lease IS NULL THEN $3 ELSE due_at END
 WHERE connector = $1
   AND remote = $2
RETURNING id;

-- at --
-- The ticket that an issue of a tracker is.
SELECT id, ticket, state, heard_at
  FROM ticket_links
 WHERE connector = $1
   AND remote = $2;

-- heard --
-- The tracker said this state, of this moment.
UPDATE ticket_links
   SET state = $2,
       heard_at = $3
 WHERE id = $1
   AND heard_at < $3;

-- unsent --
-- Comments that a tracker was not told, in order; not those that came from it.
SELECT c.id, c.author, c.public, c.text, c.at, s.begun_at
  FROM ticket_comments AS c
  LEFT JOIN ticket_sendings AS s
    ON s.comment = c.id
   AND s.link = $1
 WHERE c.ticket = $2
   AND c.source <> $3
   AND s.sent_at IS NULL
 ORDER BY c.at, c.id;

-- sending --
-- Telling a comment begins; no row when the lease is lost.
INSERT INTO ticket_sendings (comment, link, tenant, begun_at)
SELECT $3, id, tenant, $4
  FROM ticket_links
 WHERE id = $1
   AND lease = $2
ON CONFLICT (comment, link) DO UPDATE
   SET begun_at = excluded.begun_at
RETURNING comment;

-- unbegun --
-- It was certainly not told.
DELETE FROM ticket_sendings
 WHERE comment = $1
   AND link = $2
   AND sent_at IS NULL;

-- sent --
-- It is there.
UPDATE ticket_sendings
   SET sent_at = $3
 WHERE comment = $1
   AND link = $2;

-- of --
-- Where tickets are.
SELECT l.ticket, c.name, l.label, l.url, l.state, l.trouble, l.wanted > l.done AS waiting
  FROM ticket_links AS l
  JOIN connectors AS c
    ON c.id = l.connector
 WHERE l.ticket = ANY($1::uuid[])
 ORDER BY c.name;
