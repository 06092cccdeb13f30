-- Files that lie on a platform, by the message that names them, until they are fetched.
CREATE TABLE wanted_files (
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  event        text        NOT NULL,
  tenant       text        NOT NULL,
  channel      text        NOT NULL,
  account      text        NOT NULL,
  files        jsonb       NOT NULL,
  tries        int         NOT NULL DEFAULT 0,
  due_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (conversation, event)
);
CREATE INDEX wanted_files_due ON wanted_files (due_at);

ALTER TABLE wanted_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON wanted_files TO switchboard_tenant
 USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON wanted_files TO switchboard_tenant;
