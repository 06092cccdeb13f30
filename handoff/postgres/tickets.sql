-- number --
-- The last number of a tenant's tickets, kept from others until the transaction ends.
INSERT INTO ticket_numbers (tenant, last)
VALUES ($1, 0)
ON CONFLICT (tenant) DO UPDATE
   SET last = ticket_numbers.last
RETURNING last;

-- of_origin --
-- The ticket that was opened for it before.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at, contact,
       customer_name(tenant, channel, customer) AS customer_name
  FROM tickets
 WHERE tenant = $1
   AND origin = $2;

-- open --
-- A ticket, and the work of telling it to every tracker that gets such ones.
WITH opened AS (
  INSERT INTO tickets (id, tenant, number, conversation, turns, channel, customer, origin, title,
                       summary, category, priority, orders, products, emails, language, emotion,
                       steps, team, assignee, opened_by, opened_at, changed_at,
                       contact)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
          $20, $21, $22, $22, $23)
  RETURNING id, tenant, category
), counted AS (
  UPDATE ticket_numbers
     SET last = $3
   WHERE tenant = $2
)
INSERT INTO ticket_links (id, tenant, ticket, connector, due_at)
SELECT gen_random_uuid(), opened.tenant, opened.id, c.id, $22
  FROM opened
  JOIN connectors AS c
    ON c.tenant = opened.tenant
   AND (c.categories = '{}' OR c.categories @> ARRAY[opened.category]);

-- place --
-- The conversation that a ticket comes up in, locked as by everything that says something in it.
SELECT id, channel, customer, language
  FROM conversations
 WHERE id = $1
   FOR UPDATE;

-- email_of --
-- The e-mail address at which a customer is known.
SELECT told->>'email'
  FROM customers
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3;

-- frustration_of --
-- The most that a customer was frustrated in a talk, since the last one there was over.
SELECT max((t.record->>'frustration')::float)
  FROM turns AS t
  JOIN conversations AS c
    ON c.id = t.conversation
 WHERE t.tenant = $1
   AND t.conversation = $2
   AND c.resolved < ANY (t.covers);

-- where_of --
-- The conversation of a ticket.
SELECT conversation
  FROM tickets
 WHERE id = $1;

-- get --
-- One ticket, locked against other changes until the transaction ends.
SELECT id, tenant, number, conversation, turns, channel, customer, origin, state, version, reopened,
       title, summary, category, priority, orders, products, emails, language, emotion, steps, team,
       assignee, duplicate_of, opened_by, opened_at, changed_at, contact,
       customer_name(tenant, channel, customer) AS customer_name
  FROM tickets
 WHERE id = $1
   FOR UPDATE;

-- move --
-- Another state.
UPDATE tickets
   SET state = $2,
       reopened = reopened + CASE WHEN $3 THEN 1 ELSE 0 END,
       done_at = CASE WHEN $2 IN ('solved', 'closed') THEN coalesce(done_at, $4) END,
       told_seq = CASE WHEN $2 IN ('solved', 'closed') THEN told_seq END,
       version = version + 1,
       changed_at = $4
 WHERE id = $1;

-- change --
-- Other values; null leaves one as it is.
UPDATE tickets
   SET title = coalesce($2, title),
       summary = coalesce($3, summary),
       category = coalesce($4, category),
       priority = coalesce($5, priority),
       team = coalesce($6, team),
       assignee = coalesce($7, assignee),
       version = version + 1,
       changed_at = $8
 WHERE id = $1;

-- duplicate --
-- Another ticket is about the same.
UPDATE tickets
   SET duplicate_of = $2,
       version = version + 1,
       changed_at = $3
 WHERE id = $1;

-- comment --
-- Something said about it; no row when it was said before.
INSERT INTO ticket_comments (id, tenant, ticket, author, public, text, source, remote, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING
RETURNING id;

-- send --
-- One more tracker is to be told of it; no row when it is told already, or there is no such one.
INSERT INTO ticket_links (id, tenant, ticket, connector, due_at)
SELECT gen_random_uuid(), tenant, $1, id, $3
  FROM connectors
 WHERE name = $2
ON CONFLICT (ticket, connector) DO NOTHING
RETURNING id;

-- told --
-- The message that told the customer of its state.
UPDATE tickets
   SET told_seq = $2
 WHERE id = $1;

-- said_before --
-- Whether a comment is one of its own.
SELECT EXISTS (SELECT FROM ticket_comments WHERE id = $2 AND ticket = $1);

-- reach --
-- Where the customer wants the answer; no row when that is known.
UPDATE tickets
   SET contact = $2,
       emails = CASE WHEN $3 THEN array_prepend($2, array_remove(emails, $2)) ELSE emails END,
       version = version + 1,
       changed_at = $4
 WHERE id = $1
   AND contact <> $2
RETURNING id;
