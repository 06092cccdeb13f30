-- What the bot called over HTTP. A change is made on a customer's yes to one question, and at most
-- once for it, whoever takes the turn again: the row is there before the call.

CREATE TABLE tool_calls (
  id           uuid        PRIMARY KEY,   -- what was sent as Idempotency-Key
  tenant       text        NOT NULL,
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  seq          int         NOT NULL,      -- the customer's message that it was made for
  asked_by     uuid,                      -- the turn whose question was answered with yes
  tool         text        NOT NULL,
  arguments    text        NOT NULL,      -- their digest
  state        text        NOT NULL DEFAULT 'begun'
               CHECK (state IN ('begun', 'done', 'failed', 'unknown')),
  status       smallint,                  -- of the response
  lines        text[]      NOT NULL DEFAULT '{}',  -- what may be told of it
  begun_at     timestamptz NOT NULL DEFAULT now(),
  lease_until  timestamptz NOT NULL,      -- by when its caller has surely ended
  ended_at     timestamptz,
  CHECK ((state = 'begun') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX tool_calls_asked_by ON tool_calls (tenant, asked_by)
 WHERE asked_by IS NOT NULL;
CREATE INDEX tool_calls_conversation ON tool_calls (conversation, begun_at);

ALTER TABLE tool_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tool_calls TO switchboard_tenant
 USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON tool_calls TO switchboard_tenant;
