-- look --
-- One ticket.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at, contact,
       customer_name(tenant, channel, customer) AS customer_name
  FROM tickets
 WHERE id = $1;

-- numbered --
-- The ticket of a number.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at, contact,
       customer_name(tenant, channel, customer) AS customer_name
  FROM tickets
 WHERE tenant = $1
   AND number = $2;

-- page --
-- Tickets of some states, newest first, below a number: of one conversation, of somebody or of
-- nobody, at one tracker; null filters nothing. Words are looked for in a number of them: in what
-- they say, in how trackers call them, and they are their number. How many were looked at, and the
-- last of those, comes with every row, and in a row of its own where nothing was found.
WITH looked AS (
  SELECT *
    FROM tickets AS t
   WHERE tenant = $1
     AND state = ANY($2::text[])
     AND ($3::bigint IS NULL OR number < $3)
     AND ($4::uuid IS NULL OR conversation = $4)
     AND ($5::uuid IS NULL OR assignee = $5)
     AND (NOT $6::boolean OR assignee IS NULL)
     AND ($7::text IS NULL
          OR EXISTS (SELECT
                       FROM ticket_links AS l
                       JOIN connectors AS c
                         ON c.id = l.connector
                      WHERE l.ticket = t.id
                        AND c.name = $7))
   ORDER BY number DESC
   LIMIT $8
), found AS (
  SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version,
         reopened, title, summary, category, priority, orders, products, emails, language, emotion,
         steps, team, assignee, duplicate_of, opened_by, opened_at, changed_at, contact,
         customer_name(tenant, channel, customer) AS customer_name
    FROM looked
   WHERE $9::text IS NULL
      OR number::text = $10
      OR title ILIKE $9
      OR summary ILIKE $9
      OR customer ILIKE $9
      OR customer_name(tenant, channel, customer) ILIKE $9
      OR array_to_string(orders || emails || products, ' ') ILIKE $9
      OR EXISTS (SELECT FROM ticket_links AS l WHERE l.ticket = looked.id AND l.label ILIKE $9)
   ORDER BY number DESC
   LIMIT $11
)
SELECT whole.looked, whole.lowest, found.*
  FROM (SELECT count(*) AS looked, min(number) AS lowest FROM looked) AS whole
  LEFT JOIN found
    ON true
 ORDER BY found.number DESC;

-- duplicates_of --
-- Tickets that are about the same as this one, oldest first.
SELECT number, title, state
  FROM tickets
 WHERE tenant = $1
   AND duplicate_of = $2
 ORDER BY number
 LIMIT 50;

-- trackers --
-- How a tenant's trackers are called.
SELECT name
  FROM connectors
 WHERE tenant = $1
 ORDER BY name;

-- open_of --
-- A customer's tickets that are not done, newest first.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at, contact,
       customer_name(tenant, channel, customer) AS customer_name
  FROM tickets
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3
   AND state IN ('new', 'open', 'pending')
 ORDER BY number DESC
 LIMIT 50;

-- comments --
-- What was said about it, in order.
SELECT id, author, public, text, at
  FROM ticket_comments
 WHERE ticket = $1
 ORDER BY at, id;

-- concerned --
-- Tickets of a conversation that are not done, or only since a moment, newest first; and whether
-- a comment that opened one again is there.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at, contact, told_seq,
       customer_name(tenant, channel, customer) AS customer_name,
       EXISTS (SELECT FROM ticket_comments AS c WHERE c.id = $3 AND c.ticket = tickets.id) AS again
  FROM tickets
 WHERE conversation = $1
   AND duplicate_of IS NULL
   AND (done_at IS NULL OR done_at >= $2)
 ORDER BY number DESC
 LIMIT 20;

-- of_origin --
-- The ticket that was opened for it.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at, contact,
       customer_name(tenant, channel, customer) AS customer_name
  FROM tickets
 WHERE tenant = $1
   AND origin = $2;
