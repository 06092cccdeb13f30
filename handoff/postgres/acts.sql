-- lock --
-- Keep a conversation from others until the transaction ends; no row when there is none.
SELECT id
  FROM conversations
 WHERE tenant = $1
   AND id = $2
   FOR UPDATE;

-- place --
-- A conversation with who has it. Read behind the lock by a statement of its own: one that waited
-- for the lock would see the conversation as it is now, and all else as it was before.
SELECT c.id, c.channel, c.owner, c.agent, c.epoch, c.seq, coalesce(p.name, a.name, '') AS name,
       h.id AS handoff, h.state, h.agent AS asked, h.taken_at
  FROM conversations AS c
  LEFT JOIN people AS p
    ON p.tenant = $1
   AND p.id = c.agent
  LEFT JOIN handoff_agents AS a
    ON a.tenant = $1
   AND a.id = c.agent
  LEFT JOIN handoffs AS h
    ON h.conversation = c.id
   AND h.state IN ('requested', 'queued', 'offered', 'active')
 WHERE c.tenant = $1
   AND c.id = $2;

-- said --
-- Whether an agent said this before.
SELECT seq
  FROM messages
 WHERE tenant = $1
   AND conversation = $2
   AND event = $3
   AND author = 'agent';

-- note --
-- A private note; no row when it was written before.
INSERT INTO notes (conversation, id, tenant, seq, author, client_id, text, at)
VALUES ($2, $3, $1, $4, $5, $6, $7, $8)
ON CONFLICT (conversation, author, client_id) DO NOTHING
RETURNING n;

-- noted --
-- A note by who wrote it and their own id of it.
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
   AND n.author = $3
   AND n.client_id = $4;

-- colleague --
-- How somebody is called who can be passed a conversation.
SELECT coalesce(a.name, p.name)
  FROM people AS p
  LEFT JOIN handoff_agents AS a
    ON a.tenant = $1
   AND a.id = p.id
 WHERE p.tenant = $1
   AND p.id = $2
   AND p.disabled_at IS NULL;
