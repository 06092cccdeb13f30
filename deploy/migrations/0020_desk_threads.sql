-- Agents at work in a chat of their own: a thread for each handoff, and what they do in it.

-- Where the threads of a team are opened.
CREATE TABLE desk_places (
  tenant text NOT NULL REFERENCES tenants ON DELETE CASCADE,
  team   text NOT NULL DEFAULT '',             -- '' has what no other place has
  at     text NOT NULL CHECK (at LIKE '%/%'),  -- account/C0123
  PRIMARY KEY (tenant, team)
);

-- Who somebody in the chat is, where their e-mail address does not say it.
CREATE TABLE desk_links (
  tenant text NOT NULL REFERENCES tenants ON DELETE CASCADE,
  native text NOT NULL,                        -- T0123:U0123
  person uuid NOT NULL REFERENCES people ON DELETE CASCADE,
  PRIMARY KEY (tenant, native)
);

CREATE TABLE desk_threads (
  handoff      uuid        PRIMARY KEY REFERENCES handoffs ON DELETE CASCADE,
  tenant       text        NOT NULL,
  conversation uuid        NOT NULL,
  at           text        NOT NULL,
  root         text,                           -- null until it is open
  opening      boolean     NOT NULL DEFAULT false, -- it may be open, and nobody noted it
  shown        int         NOT NULL DEFAULT -1,    -- the handoff's version on its card
  upto         int         NOT NULL,           -- messages up to this one are shown
  trying       text        NOT NULL DEFAULT '',    -- messages that may be shown already: 5-9
  heard        int         NOT NULL DEFAULT 0,
  asleep       boolean     NOT NULL DEFAULT false, -- over, and all is shown
  last_by      uuid,                           -- who did something in it last
  last_at      timestamptz,
  due_at       timestamptz NOT NULL DEFAULT 'epoch',
  lease        uuid,
  UNIQUE (at, root)
);
CREATE INDEX desk_threads_due ON desk_threads (due_at) WHERE NOT asleep;

-- What agents did in a thread, each thing once.
CREATE TABLE desk_deeds (
  n       bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  handoff uuid    NOT NULL REFERENCES desk_threads ON DELETE CASCADE,
  tenant  text    NOT NULL,
  event   text    NOT NULL,
  by      text    NOT NULL,
  message text    NOT NULL,
  kind    text    NOT NULL,
  text    text    NOT NULL DEFAULT '',
  about   text    NOT NULL DEFAULT '',
  trigger text    NOT NULL DEFAULT '',
  files   int     NOT NULL DEFAULT 0,
  effect  text    NOT NULL DEFAULT '',         -- done or late, where it was done when it was heard
  done    boolean NOT NULL DEFAULT false,
  UNIQUE (handoff, event)
);
CREATE INDEX desk_deeds_waiting ON desk_deeds (handoff) WHERE NOT done;

-- What agents wrote for the customer: new until its notice stands there, then held until `due_at`.
CREATE TABLE desk_replies (
  id      uuid        PRIMARY KEY,
  n       bigint      GENERATED ALWAYS AS IDENTITY,
  handoff uuid        NOT NULL REFERENCES desk_threads ON DELETE CASCADE,
  tenant  text        NOT NULL,
  message text        NOT NULL,                -- the chat's id; with ~EVENT it corrects that one
  by      text        NOT NULL,
  agent   uuid,                                -- null until it is known who it was
  epoch   int         NOT NULL,                -- when it was written; good for that one only
  text    text        NOT NULL,
  state   text        NOT NULL DEFAULT 'new' CHECK (state IN
    ('new', 'held', 'sending', 'sent', 'undone', 'noted', 'refused')),
  why     text        NOT NULL DEFAULT '',     -- it was refused
  trying  boolean     NOT NULL DEFAULT false,  -- its notice may stand there
  notice  text        NOT NULL DEFAULT '',
  shown   text        NOT NULL DEFAULT 'new',  -- the state on its notice
  due_at  timestamptz,
  UNIQUE (handoff, message)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY
    ARRAY['desk_places', 'desk_links', 'desk_threads', 'desk_deeds', 'desk_replies'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
