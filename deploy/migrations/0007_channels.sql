-- Platforms: through which accounts we are there, where each conversation is, what is shown of an
-- answer that is not stored yet; and what customers did to their words afterwards.

CREATE TABLE channel_accounts (
  channel    text        NOT NULL CHECK (channel IN ('slack', 'telegram')),
  name       text        NOT NULL CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  tenant     text        NOT NULL REFERENCES tenants,
  native     text        NOT NULL,  -- the platform's own id
  sealed     bytea       NOT NULL,  -- its secrets; the key is not in the database
  options    jsonb       NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (channel, name),
  UNIQUE (channel, native)
);

CREATE TABLE places (
  conversation uuid        PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
  tenant       text        NOT NULL,
  reachable    boolean     NOT NULL DEFAULT true,
  language     text        NOT NULL DEFAULT '',  -- of the customer, as the platform knows it
  route        jsonb       NOT NULL DEFAULT '{}',
  at           timestamptz NOT NULL DEFAULT now()
);

-- At most one answer grows in a conversation at a time.
CREATE TABLE streams (
  conversation uuid        PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
  tenant       text        NOT NULL,
  turn         uuid        NOT NULL,
  native_ids   jsonb       NOT NULL DEFAULT '[]',
  unknown      boolean     NOT NULL DEFAULT true,  -- one was begun, and its id is not noted
  at           timestamptz NOT NULL DEFAULT now()
);

-- A customer's words as they stand on the platform now; taken back, they are empty.
ALTER TABLE messages ADD COLUMN edited_at timestamptz;
ALTER TABLE messages ADD COLUMN deleted_at timestamptz;

-- Which of our messages a platform's own id is, for reactions to it.
CREATE INDEX deliveries_native ON deliveries USING gin (native_ids jsonb_path_ops)
 WHERE native_ids <> '[]';

ALTER TABLE channel_accounts ENABLE ROW LEVEL SECURITY;  -- no tenant may read it
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['places', 'streams'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
