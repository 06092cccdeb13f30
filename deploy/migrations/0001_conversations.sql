-- The conversation: who talks, what was said, what each turn did.

-- Work on behalf of one tenant runs under this role; row-level security confines it to the rows
-- of the session's app.tenant. Roles belong to the whole server, so another database of it may
-- have made this one at the same moment.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_tenant') THEN
    CREATE ROLE switchboard_tenant NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;
DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'switchboard_tenant', 'MEMBER') THEN
    EXECUTE format('GRANT switchboard_tenant TO %I', current_user);
  END IF;
END
$$;

CREATE TABLE tenants (
  id         text PRIMARY KEY CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE conversations (
  id         uuid PRIMARY KEY,
  tenant     text NOT NULL REFERENCES tenants,
  channel    text NOT NULL,
  customer   text NOT NULL,
  address    text NOT NULL,           -- where on the channel: a thread, a chat, a visitor's talk
  seq        int NOT NULL DEFAULT 0,  -- of the last message; its row lock is the order of all
  -- The seen mark: customers' messages up to this seq have had their turn. Moved by the statement
  -- that stores the turn, and only from where that turn began.
  covered    int NOT NULL DEFAULT 0,
  owner      text NOT NULL DEFAULT 'bot' CHECK (owner IN ('bot', 'queue', 'agent')),
  agent      uuid,
  epoch      int NOT NULL DEFAULT 0,
  language   text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  active_at  timestamptz NOT NULL DEFAULT now(),
  CHECK ((owner = 'agent') = (agent IS NOT NULL)),
  UNIQUE (tenant, channel, address)
) WITH (fillfactor = 70);

-- One row per inbound event, so that a redelivery is a no-op.
CREATE TABLE arrivals (
  conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  event        text NOT NULL,
  tenant       text NOT NULL,
  PRIMARY KEY (conversation, event)
);

CREATE TABLE messages (
  conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  seq          int NOT NULL,
  tenant       text NOT NULL,
  author       text NOT NULL CHECK (author IN ('customer', 'bot', 'agent', 'system')),
  text         text NOT NULL,
  sources      jsonb,
  event        text,               -- of a customer's message
  turn         uuid,               -- of what the bot says
  epoch        int NOT NULL,       -- the conversation's, when it was said
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (conversation, seq)
);

CREATE UNIQUE INDEX messages_event ON messages (conversation, event) WHERE event IS NOT NULL;

CREATE TABLE turns (
  id           uuid PRIMARY KEY,
  tenant       text NOT NULL,
  conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  covers       int[] NOT NULL,
  epoch        int NOT NULL,
  sent         boolean NOT NULL,
  decision     text NOT NULL,
  confidence   real NOT NULL,
  record       jsonb NOT NULL,     -- understanding, passages, scores, writer, versions, timings
  at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX turns_conversation ON turns (conversation, at);

CREATE TABLE ratings (
  turn    uuid PRIMARY KEY REFERENCES turns ON DELETE CASCADE,
  tenant  text NOT NULL,
  thumb   text NOT NULL CHECK (thumb IN ('up', 'down')),
  reason  text,
  comment text,
  at      timestamptz NOT NULL DEFAULT now()
);

-- What is to be published, in the same transaction as what it tells of. `lane` is the partition
-- of the conversation, so that one relay owns whole conversations.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lane         int NOT NULL,
  topic        text NOT NULL,
  conversation uuid NOT NULL,
  value        bytea NOT NULL,
  headers      jsonb NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX outbox_lane ON outbox (lane, id);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['conversations', 'arrivals', 'messages', 'turns', 'ratings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tenants TO switchboard_tenant
  USING (id = current_setting('app.tenant', true));
GRANT SELECT ON tenants TO switchboard_tenant;
GRANT INSERT ON outbox TO switchboard_tenant;   -- may add, may not read

INSERT INTO tenants (id, name) VALUES ('default', 'Default');
