-- What customers sent along with their words.

CREATE TABLE files (
  id           uuid        PRIMARY KEY,
  tenant       text        NOT NULL,
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  event        text        NOT NULL,  -- of the message that brought it
  number       int         NOT NULL,  -- within that message
  name         text        NOT NULL,
  media_type   text        NOT NULL,  -- what its bytes are, whatever its name says
  size         int         NOT NULL,
  data         bytea       NOT NULL,
  at           timestamptz NOT NULL DEFAULT now(),
  UNIQUE (conversation, event, number)
);
ALTER TABLE files ALTER COLUMN data SET STORAGE EXTERNAL;  -- such files are packed already

ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON files TO switchboard_tenant
 USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON files TO switchboard_tenant;
