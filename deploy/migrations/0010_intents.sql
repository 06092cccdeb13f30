-- What customers want, as each tenant names it, and the head that was trained on its examples.

CREATE TABLE intents (
  tenant     text        PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  source     text        NOT NULL,  -- intents.toml, as it was imported
  at         timestamptz NOT NULL DEFAULT now(),
  head       bytea,                 -- null until it is trained
  trained_on text,                  -- the digest of the head's examples
  report     jsonb,                 -- what the head was worth when it was trained
  trained_at timestamptz,
  CHECK ((head IS NULL) = (trained_on IS NULL))
);
ALTER TABLE intents ALTER COLUMN head SET STORAGE EXTERNAL;  -- it is packed already

ALTER TABLE intents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON intents TO switchboard_tenant
 USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON intents TO switchboard_tenant;
