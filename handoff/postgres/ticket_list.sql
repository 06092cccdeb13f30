-- look --
-- One ticket.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at
  FROM tickets
 WHERE id = $1;

-- numbered --
-- The ticket of a number.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at
  FROM tickets
 WHERE tenant = $1
   AND number = $2;

-- page --
-- Tickets of some states, newest first, below a number; of one conversation where it is given.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at
  FROM tickets
 WHERE tenant = $1
   AND state = ANY($2::text[])
   AND ($3::bigint IS NULL OR number < $3)
   AND ($4::uuid IS NULL OR conversation = $4)
 ORDER BY number DESC
 LIMIT $5;

-- open_of --
-- A customer's tickets that are not done, newest first.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at
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
