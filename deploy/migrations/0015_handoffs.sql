-- People take over: who they are, what they have, and what is due.

-- Agents as the desk sees them. Their accounts are elsewhere.
CREATE TABLE handoff_agents (
  id         uuid        PRIMARY KEY,
  tenant     text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name       text        NOT NULL CHECK (name <> ''),  -- as customers read it
  capacity   smallint    NOT NULL DEFAULT 4 CHECK (capacity >= 0),
  languages  text[]      NOT NULL DEFAULT '{}',        -- none is any
  skills     text[]      NOT NULL DEFAULT '{}',
  teams      text[]      NOT NULL DEFAULT '{}',
  away       boolean     NOT NULL DEFAULT false,       -- chosen
  draining   boolean     NOT NULL DEFAULT false,       -- gets nothing new
  seen_at    timestamptz NOT NULL DEFAULT 'epoch',     -- the last sign of life
  free_since timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX handoff_agents_tenant ON handoff_agents (tenant);

-- One request for a person, and what became of it. While it is open it decides who owns the
-- conversation: `epoch` is the conversation's since this handoff last changed its owner, and a
-- step is good for one `version` only.
CREATE TABLE handoffs (
  id           uuid        PRIMARY KEY,  -- of the turn that asked, if one did
  tenant       text        NOT NULL REFERENCES tenants,
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  channel      text        NOT NULL,
  customer     text        NOT NULL,
  state        text        NOT NULL DEFAULT 'requested' CHECK (state IN
    ('requested', 'queued', 'offered', 'active', 'wrapped_up', 'returned', 'abandoned', 'expired')),
  agent        uuid,                     -- asked, in talk, or who ended it
  until        timestamptz,              -- of an offer
  version      int         NOT NULL DEFAULT 0,
  epoch        int         NOT NULL,
  reason       text        NOT NULL,
  team         text        NOT NULL DEFAULT '',
  language     text        NOT NULL DEFAULT '',
  skills       text[]      NOT NULL DEFAULT '{}',
  priority     smallint    NOT NULL DEFAULT 0,
  asked_last   uuid,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  taken_at     timestamptz,              -- the first time that an agent took it
  answered_at  timestamptz,              -- the first word of an agent
  ended_at     timestamptz,
  clocked      text[]      NOT NULL DEFAULT '{}', -- clocks that were set: next.17
  targets      text[]      NOT NULL DEFAULT '{}', -- those that are near or missed: first.near
  contact      text,                     -- where the customer wants the answer, if not here
  CHECK ((state = 'offered') = (until IS NOT NULL)),
  CHECK ((state IN ('offered', 'active', 'wrapped_up', 'returned')) = (agent IS NOT NULL)),
  CHECK ((state IN ('wrapped_up', 'returned', 'abandoned', 'expired')) = (ended_at IS NOT NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX handoffs_open ON handoffs (conversation)
 WHERE state IN ('requested', 'queued', 'offered', 'active');
CREATE INDEX handoffs_at_desk ON handoffs (tenant)
 WHERE state IN ('requested', 'queued', 'offered', 'active');
CREATE INDEX handoffs_taken ON handoffs (tenant, taken_at) WHERE taken_at IS NOT NULL;
CREATE INDEX handoffs_customer ON handoffs (tenant, channel, customer, ended_at DESC)
 WHERE state IN ('wrapped_up', 'returned');
CREATE INDEX handoffs_conversation ON handoffs (conversation, requested_at);

-- What the desk looks at now and then: conversations that nobody but a person may answer.
CREATE INDEX conversations_waiting ON conversations (tenant) WHERE owner = 'queue';

-- How a tenant's people work: handoff.toml, as it was imported.
CREATE TABLE handoff_practices (
  tenant text        PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  source text        NOT NULL,
  at     timestamptz NOT NULL DEFAULT now()
);

-- What is due at some time. Whoever claims a job moves `due_at` on by a lease: if it is not done
-- by then, it is due again.
CREATE TABLE jobs (
  id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant   text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  kind     text        NOT NULL,
  key      text        NOT NULL,             -- of a kind and key there is one at a time
  due_at   timestamptz NOT NULL,
  payload  jsonb       NOT NULL DEFAULT '{}',
  tries    smallint    NOT NULL DEFAULT 0,
  lease    uuid,                             -- of whoever is at it
  stuck_at timestamptz,                      -- tried too often; somebody must look
  UNIQUE (tenant, kind, key)
);
CREATE INDEX jobs_due ON jobs (due_at) WHERE stuck_at IS NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['handoff_agents', 'handoffs', 'handoff_practices', 'jobs'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;

-- Whoever was promised a person before there was a queue.
INSERT INTO handoffs (id, tenant, conversation, channel, customer, reason, language, epoch)
SELECT gen_random_uuid(), tenant, id, channel, customer, 'asked for a person', language, epoch
  FROM conversations
 WHERE owner = 'queue';
