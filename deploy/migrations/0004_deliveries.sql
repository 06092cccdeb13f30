-- The channels: who holds which token, what was brought where, which history is which conversation.

-- Only the SHA-256 of a token is kept: who reads this table can be nobody.
CREATE TABLE visitors (
  tenant     text NOT NULL REFERENCES tenants,
  token      bytea NOT NULL,
  customer   text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, token)
);

-- Clients that send their history with each request are recognised by its digest.
CREATE TABLE threads (
  tenant       text NOT NULL REFERENCES tenants,
  history      bytea NOT NULL,
  conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  seq          int NOT NULL,          -- of the last message of that history
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, history)
);
CREATE INDEX threads_conversation ON threads (conversation);

-- One row per message and channel, written before and after each sending, so that a restart
-- continues what stands there instead of sending it again.
CREATE TABLE deliveries (
  conversation uuid NOT NULL,
  seq          int NOT NULL,
  channel      text NOT NULL,
  tenant       text NOT NULL,
  state        text NOT NULL DEFAULT 'begun' CHECK (state IN ('begun', 'delivered', 'refused')),
  attempts     int NOT NULL DEFAULT 0,
  native_ids   jsonb NOT NULL DEFAULT '[]',
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (conversation, seq, channel),
  FOREIGN KEY (conversation, seq) REFERENCES messages ON DELETE CASCADE
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['visitors', 'threads', 'deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
