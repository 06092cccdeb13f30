-- What is remembered: the rolling summary of a conversation with its facts, by version; and, where
-- tenant and customer want it, facts about a customer for later conversations.

-- Messages up to this seq belong to talks that are over: nothing of them is carried along.
ALTER TABLE conversations ADD COLUMN resolved int NOT NULL DEFAULT 0;

-- Appended, never changed. The last version of a talk is what is remembered of it.
CREATE TABLE memories (
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  version      int         NOT NULL CHECK (version > 0),
  tenant       text        NOT NULL,
  behind       int         NOT NULL,  -- the conversation's `resolved` when it was written: its talk
  upto         int         NOT NULL,  -- messages up to this seq are in it
  text         text        NOT NULL,
  facts        jsonb       NOT NULL DEFAULT '[]',
  amended      text        NOT NULL DEFAULT '',  -- marks of messages that had changed by then
  written_by   text        NOT NULL,
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (conversation, version),
  CHECK (upto >= behind)
);

-- Words that changed after they were said: a memory that was written before must not keep them.
CREATE INDEX messages_amended ON messages (conversation, seq)
 WHERE edited_at IS NOT NULL OR deleted_at IS NOT NULL;

-- Days for which facts about customers are kept; null: none are.
ALTER TABLE tenants ADD COLUMN facts_days int CHECK (facts_days > 0);

CREATE TABLE consents (
  tenant   text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  channel  text        NOT NULL,
  customer text        NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, channel, customer)
);

-- Gone with the consent, with the conversation they come from, and when they expire.
CREATE TABLE customer_facts (
  tenant       text        NOT NULL,
  channel      text        NOT NULL,
  customer     text        NOT NULL,
  text         text        NOT NULL,
  kind         text        NOT NULL,
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  seq          int         NOT NULL,
  consent_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant, channel, customer, text),
  FOREIGN KEY (tenant, channel, customer) REFERENCES consents ON DELETE CASCADE
);
CREATE INDEX customer_facts_conversation ON customer_facts (conversation);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['memories', 'consents', 'customer_facts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
GRANT UPDATE ON customer_facts TO switchboard_tenant;  -- said again, they expire later

-- What a turn knows of what its conversation no longer shows. A memory of a talk that is over gives
-- its version and nothing else. `stale`: messages whose words changed since it was written.
CREATE VIEW remembered WITH (security_invoker = true) AS
SELECT c.id AS conversation,
       c.resolved AS behind,
       CASE WHEN k.behind = c.resolved THEN k.upto ELSE c.resolved END AS upto,
       a.marks,
       jsonb_build_object(
         'version', coalesce(k.version, 0),
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
     ORDER BY version DESC
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
GRANT SELECT ON remembered TO switchboard_tenant;
