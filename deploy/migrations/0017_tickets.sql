-- Work that outlives the talk, and the trackers of others that it is told to.

CREATE TABLE ticket_numbers (
  tenant text   PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  last   bigint NOT NULL
);

CREATE TABLE tickets (
  id           uuid        PRIMARY KEY,
  tenant       text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  number       bigint      NOT NULL,             -- as customers read it
  -- Whoever forgets a customer's talk forgets what was written down of it.
  conversation uuid        REFERENCES conversations ON DELETE CASCADE,
  turns        uuid[]      NOT NULL DEFAULT '{}', -- in which it came up
  channel      text        NOT NULL DEFAULT '',
  customer     text        NOT NULL DEFAULT '',
  origin       text        NOT NULL,             -- what asked for it: handoff:ID, turn:ID, api:KEY
  state        text        NOT NULL DEFAULT 'new'
    CHECK (state IN ('new', 'open', 'pending', 'solved', 'closed')),
  version      int         NOT NULL DEFAULT 0,
  reopened     int         NOT NULL DEFAULT 0,
  title        text        NOT NULL CHECK (title <> ''),
  summary      text        NOT NULL,
  category     text        NOT NULL,
  priority     text        NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  orders       text[]      NOT NULL DEFAULT '{}',
  products     text[]      NOT NULL DEFAULT '{}',
  emails       text[]      NOT NULL DEFAULT '{}',
  language     text        NOT NULL DEFAULT '',
  emotion      text        NOT NULL DEFAULT '',
  steps        text[]      NOT NULL DEFAULT '{}',
  team         text        NOT NULL DEFAULT '',
  assignee     uuid,
  duplicate_of uuid        REFERENCES tickets ON DELETE SET NULL CHECK (duplicate_of <> id),
  opened_by    text        NOT NULL,
  opened_at    timestamptz NOT NULL,
  changed_at   timestamptz NOT NULL,
  UNIQUE (tenant, number),
  UNIQUE (tenant, origin)
);
CREATE INDEX tickets_conversation ON tickets (conversation);
CREATE INDEX tickets_customer ON tickets (tenant, channel, customer)
 WHERE state IN ('new', 'open', 'pending');
CREATE INDEX tickets_duplicates ON tickets (duplicate_of) WHERE duplicate_of IS NOT NULL;

CREATE TABLE ticket_comments (
  id     uuid        PRIMARY KEY,
  tenant text        NOT NULL,
  ticket uuid        NOT NULL REFERENCES tickets ON DELETE CASCADE,
  author text        NOT NULL,
  public boolean     NOT NULL,
  text   text        NOT NULL CHECK (text <> ''),
  source text        NOT NULL DEFAULT '',  -- the connector that it came from, and its id there
  remote text        NOT NULL DEFAULT '',
  at     timestamptz NOT NULL,
  CHECK ((source = '') = (remote = ''))
);
CREATE INDEX ticket_comments_ticket ON ticket_comments (ticket, at);
CREATE UNIQUE INDEX ticket_comments_remote ON ticket_comments (ticket, source, remote)
 WHERE source <> '';

-- Trackers that tickets are told to.
CREATE TABLE connectors (
  id         uuid        PRIMARY KEY,
  tenant     text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name       text        NOT NULL CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  source     text        NOT NULL,             -- its file, as it was added
  categories text[]      NOT NULL DEFAULT '{}', -- of the tickets it gets; none is all
  sealed     bytea       NOT NULL,             -- its secrets; the key is not in the database
  rest_until timestamptz NOT NULL DEFAULT 'epoch', -- it asked to be left alone
  changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant, name)
);

-- A ticket at a tracker. The row is the work that is due there: `wanted` counts what happened,
-- `done` how much of it the tracker was told. Whoever works on it has the lease.
CREATE TABLE ticket_links (
  id        uuid        PRIMARY KEY,           -- also the marker that it is found by over there
  tenant    text        NOT NULL,
  ticket    uuid        NOT NULL REFERENCES tickets ON DELETE CASCADE,
  connector uuid        NOT NULL REFERENCES connectors ON DELETE CASCADE,
  remote    text,                              -- the tracker's own id
  label     text        NOT NULL DEFAULT '',   -- as people call it there
  url       text        NOT NULL DEFAULT '',
  state     text        NOT NULL DEFAULT 'new', -- ours that the tracker's was last known to be
  heard_at  timestamptz NOT NULL DEFAULT 'epoch', -- moment of the last state that it told us
  begun_at  timestamptz,                       -- creating was begun; how it ended is not known
  wanted    int         NOT NULL DEFAULT 1,
  done      int         NOT NULL DEFAULT 0,
  due_at    timestamptz,                       -- of the next work; with a lease, when that ends
  look_at   timestamptz,                       -- when to ask how it is
  lease     uuid,
  tries     smallint    NOT NULL DEFAULT 0,
  trouble   text        NOT NULL DEFAULT '',   -- why it does not get on, without anybody's words
  UNIQUE (ticket, connector)
) WITH (fillfactor = 70);
CREATE INDEX ticket_links_due ON ticket_links (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ticket_links_remote ON ticket_links (connector, remote);

-- Comments on their way to a tracker.
CREATE TABLE ticket_sendings (
  comment  uuid        NOT NULL REFERENCES ticket_comments ON DELETE CASCADE,
  link     uuid        NOT NULL REFERENCES ticket_links ON DELETE CASCADE,
  tenant   text        NOT NULL,
  begun_at timestamptz NOT NULL,
  sent_at  timestamptz,
  PRIMARY KEY (comment, link)
);
CREATE INDEX ticket_sendings_link ON ticket_sendings (link);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['ticket_numbers', 'tickets', 'ticket_comments', 'connectors',
                              'ticket_links', 'ticket_sendings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
