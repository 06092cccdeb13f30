-- What customers can choose below a message, and what they think of a talk with a person.

-- Below a promise: the bot instead. Below the end of a talk: how was it? Of which handoff, too.
ALTER TABLE messages ADD COLUMN choice text CHECK (choice IN ('bot_instead', 'how_was_it'));
ALTER TABLE messages ADD COLUMN handoff uuid;

-- A row is made with the question, by the step that ends the talk; there is none where nobody
-- talked, or nobody is asked. Gone with its conversation.
CREATE TABLE handoff_ratings (
  handoff      uuid        PRIMARY KEY REFERENCES handoffs ON DELETE CASCADE,
  tenant       text        NOT NULL,
  conversation uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,
  agent        uuid        NOT NULL,  -- who ended the talk, hence talked last
  asked_at     timestamptz NOT NULL,
  until        timestamptz NOT NULL,  -- it can be given, and changed, so long
  thumb        text        CHECK (thumb IN ('up', 'down')),  -- null: not answered yet
  reason       text,
  comment      text,                  -- the customer's own words
  at           timestamptz,           -- when it was given, or changed
  CHECK ((thumb IS NULL) = (at IS NULL)),
  CHECK (thumb IS NOT NULL OR (reason IS NULL AND comment IS NULL))
);
CREATE INDEX handoff_ratings_conversation ON handoff_ratings (conversation);
CREATE INDEX handoff_ratings_given ON handoff_ratings (tenant, at DESC) WHERE thumb IS NOT NULL;

ALTER TABLE handoff_ratings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON handoff_ratings TO switchboard_tenant
  USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON handoff_ratings TO switchboard_tenant;
