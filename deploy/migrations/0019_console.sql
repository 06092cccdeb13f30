-- The console: what people note, keep and have ready, and how the list finds its rows.

-- Private: nothing that is shown to a customer reads this table.
CREATE TABLE notes (
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  n            bigint      GENERATED ALWAYS AS IDENTITY, -- drawn under the conversation's row lock
  id           uuid        NOT NULL UNIQUE,
  tenant       text        NOT NULL,
  seq          int         NOT NULL,           -- it stands behind this message
  author       text        NOT NULL,           -- person:ID or token:ID
  client_id    text        NOT NULL,
  text         text        NOT NULL CHECK (text <> ''),
  at           timestamptz NOT NULL,
  PRIMARY KEY (conversation, n),
  UNIQUE (conversation, author, client_id)
);

-- What somebody was writing, one per agent and conversation.
CREATE TABLE drafts (
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  agent        uuid        NOT NULL REFERENCES people ON DELETE CASCADE,
  tenant       text        NOT NULL,
  kind         text        NOT NULL CHECK (kind IN ('reply', 'note')),
  text         text        NOT NULL,
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (conversation, agent)
);

CREATE TABLE canned_replies (
  id       uuid        PRIMARY KEY,
  tenant   text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  owner    uuid        REFERENCES people ON DELETE CASCADE, -- null: the team's
  shortcut text        NOT NULL CHECK (shortcut ~ '^[^\s/]{1,40}$'),
  title    text        NOT NULL,
  texts    jsonb       NOT NULL,               -- by language; '' is for every other one
  uses     int         NOT NULL DEFAULT 0,
  used_at  timestamptz,
  UNIQUE NULLS NOT DISTINCT (tenant, owner, shortcut)
);

-- Who has a conversation on the screen; a socket that is gone is not any more when `until` is over.
CREATE UNLOGGED TABLE viewers (
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  socket       uuid        NOT NULL,
  tenant       text        NOT NULL,
  agent        uuid        NOT NULL,
  until        timestamptz NOT NULL,
  typing_until timestamptz NOT NULL DEFAULT 'epoch',
  PRIMARY KEY (conversation, socket)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['notes', 'drafts', 'canned_replies', 'viewers'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;

-- Conversations that people have or should have: few, whatever is stored.
CREATE INDEX conversations_with_people ON conversations (tenant, owner, agent) WHERE owner <> 'bot';

-- All others, the last active first. An index on the moment itself would be written with every
-- message; the hour changes once in an hour, and in between a message changes no index at all.
ALTER TABLE conversations ADD COLUMN active_hour timestamp
  GENERATED ALWAYS AS (date_trunc('hour', active_at AT TIME ZONE 'UTC')) STORED;
CREATE INDEX conversations_active ON conversations (tenant, active_hour DESC, channel, language)
 WHERE owner = 'bot';

-- What a customer had to do with us before, on whatever channel knows them by the same name.
CREATE INDEX conversations_customer ON conversations (tenant, customer, created_at DESC);

-- Tickets that have got on, for pages that show them.
CREATE INDEX tickets_changed ON tickets (tenant, changed_at);
