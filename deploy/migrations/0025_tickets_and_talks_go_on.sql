-- Tickets that go on when their customer writes again, and where the answer is wanted; and summaries
-- of talks that are over.
ALTER TABLE tickets
  ADD COLUMN done_at  timestamptz,               -- solved or closed since then
  ADD COLUMN told_seq int,                       -- the message that told the customer so
  ADD COLUMN contact  text NOT NULL DEFAULT '';  -- an e-mail address or a telephone number
UPDATE tickets
   SET done_at = changed_at
 WHERE state IN ('solved', 'closed');

-- As before, but that a summary of a talk that is over may be written when the next one has begun:
-- the last version is that of the latest talk, and the number is the conversation's.
CREATE OR REPLACE VIEW remembered WITH (security_invoker = true) AS
SELECT c.id AS conversation,
       c.resolved AS behind,
       CASE WHEN k.behind = c.resolved THEN k.upto ELSE c.resolved END AS upto,
       a.marks,
       jsonb_build_object(
         'version', coalesce((SELECT max(version) FROM memories WHERE conversation = c.id), 0),
         'upto', CASE WHEN k.behind = c.resolved THEN k.upto ELSE c.resolved END,
         'text', CASE WHEN k.behind = c.resolved THEN k.text ELSE '' END,
         'facts', CASE WHEN k.behind = c.resolved THEN k.facts ELSE '[]' END,
         'stale', CASE WHEN k.behind = c.resolved AND a.marks <> k.amended THEN a.seqs END,
         'customer', ARRAY(
           SELECT f.text
             FROM customer_facts f
             JOIN messages m
               ON m.conversation = f.conversation
              AND m.seq = f.seq
              AND m.edited_at IS NULL
              AND m.deleted_at IS NULL
            WHERE f.tenant = c.tenant
              AND f.channel = c.channel
              AND f.customer = c.customer
              AND f.expires_at > now()
              AND (f.conversation <> c.id OR f.seq <= c.resolved)
            ORDER BY f.expires_at DESC, f.text
            LIMIT 20)
       ) AS memory
  FROM conversations c
  LEFT JOIN LATERAL (
    SELECT *
      FROM memories
     WHERE conversation = c.id
     ORDER BY behind DESC, version DESC
     LIMIT 1
  ) k ON true
 CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(concat_ws(',', seq, edited_at, deleted_at), ' ' ORDER BY seq), '') AS marks,
           array_agg(seq) AS seqs
      FROM messages
     WHERE conversation = c.id
       AND seq <= k.upto
       AND (edited_at IS NOT NULL OR deleted_at IS NOT NULL)
  ) a;

-- What agents' messages read before they were changed or withdrawn, in the order of the changes.
CREATE TABLE message_revisions (
  n            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation uuid        NOT NULL,
  seq          int         NOT NULL,
  tenant       text        NOT NULL,
  text         text        NOT NULL,           -- as it was
  by           text        NOT NULL,
  at           timestamptz NOT NULL,
  FOREIGN KEY (conversation, seq) REFERENCES messages ON DELETE CASCADE
);
CREATE INDEX message_revisions_message ON message_revisions (conversation, seq);
ALTER TABLE message_revisions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON message_revisions TO switchboard_tenant
  USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON message_revisions TO switchboard_tenant;

-- The last change that stands there.
ALTER TABLE deliveries ADD COLUMN revised bigint NOT NULL DEFAULT 0;
