-- Sign-ins by way of an issuer that have come back, so that none comes back twice.
CREATE TABLE sign_in_flows (
  tenant  text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  state   bytea       NOT NULL,  -- its digest
  ends_at timestamptz NOT NULL,  -- after which nobody would take it anyway
  PRIMARY KEY (tenant, state)
);
ALTER TABLE sign_in_flows ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON sign_in_flows TO switchboard_tenant
 USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, DELETE ON sign_in_flows TO switchboard_tenant;
