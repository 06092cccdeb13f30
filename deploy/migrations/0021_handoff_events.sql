-- Other desks join: they hear of every handoff by signed calls, and act with a token as an agent.

ALTER TABLE api_tokens ADD COLUMN agent uuid REFERENCES people ON DELETE CASCADE; -- as whom it acts
ALTER TABLE handoffs ADD COLUMN cause text NOT NULL DEFAULT '';  -- of the last step: out_of_hours

-- Where a tenant's handoffs are told.
CREATE TABLE event_endpoints (
  id         uuid        PRIMARY KEY,
  tenant     text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name       text        NOT NULL CHECK (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  url        text        NOT NULL,
  private    boolean     NOT NULL DEFAULT false,  -- it may lie in a network of one's own
  sealed     bytea       NOT NULL,             -- what calls are signed with; the key is elsewhere
  rest_until timestamptz NOT NULL DEFAULT 'epoch', -- it asked to be left alone
  told_at    timestamptz,
  changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant, name)
);

-- What an endpoint was not told yet. Those of one handoff are told in the order of its versions.
CREATE TABLE handoff_events (
  n        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id       uuid        NOT NULL,               -- the same at every endpoint, and each time
  tenant   text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  endpoint uuid        NOT NULL REFERENCES event_endpoints ON DELETE CASCADE,
  handoff  uuid        NOT NULL,               -- which may be erased already
  version  int         NOT NULL,
  kind     text        NOT NULL CHECK (kind IN
    ('handoff.requested', 'handoff.accepted', 'handoff.failed', 'handoff.completed')),
  facts    jsonb       NOT NULL,               -- as they were at that moment
  body     bytea,                              -- what was sent first, word by word
  due_at   timestamptz NOT NULL DEFAULT 'epoch',
  lease    uuid,
  tries    smallint    NOT NULL DEFAULT 0,
  trouble  text        NOT NULL DEFAULT '',    -- why it was not taken, without anybody's words
  stuck_at timestamptz,                        -- tried too often; somebody must look
  UNIQUE (endpoint, handoff, version)
);
CREATE INDEX handoff_events_due ON handoff_events (endpoint, due_at) WHERE stuck_at IS NULL;
CREATE INDEX handoff_events_handoff ON handoff_events (handoff);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['event_endpoints', 'handoff_events'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;

-- Note what a step means to other desks, for each endpoint. It is a trigger so that no statement
-- that moves a handoff, now or later, can leave it out.
CREATE FUNCTION note_handoff_event(h handoffs, kind text, cause text, version int)
  RETURNS void LANGUAGE sql AS $$
INSERT INTO handoff_events (id, tenant, endpoint, handoff, version, kind, facts)
SELECT md5(h.id || '/' || version)::uuid, h.tenant, e.id, h.id, version, kind,
       jsonb_build_object(
         'at', clock_timestamp(), 'cause', cause, 'state', h.state, 'epoch', h.epoch,
         'conversation', h.conversation, 'channel', h.channel, 'customer', h.customer,
         'reason', h.reason, 'team', h.team, 'language', h.language, 'skills', h.skills,
         'priority', h.priority, 'requested_at', h.requested_at, 'taken_at', h.taken_at,
         'ended_at', h.ended_at, 'agent', h.agent,
         'agent_name', coalesce((SELECT p.name FROM people AS p WHERE p.id = h.agent),
                                (SELECT a.name FROM handoff_agents AS a WHERE a.id = h.agent)))
  FROM event_endpoints AS e
 WHERE e.tenant = h.tenant
$$;

CREATE FUNCTION handoff_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was_open boolean := OLD.state IN ('requested', 'queued', 'offered', 'active');
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF was_open THEN
      PERFORM note_handoff_event(OLD, 'handoff.failed', 'erased', OLD.version + 1);
    END IF;
    -- whoever is forgotten is not told of later
    UPDATE handoff_events
       SET body = NULL,
           facts = facts - 'customer'
     WHERE handoff = OLD.id;
  ELSIF NEW.state = 'active' AND OLD.state IS DISTINCT FROM 'active' THEN
    PERFORM note_handoff_event(NEW, 'handoff.accepted', '', NEW.version);
  ELSIF NEW.state IN ('requested', 'queued', 'offered')
        AND (OLD.state IS NULL OR OLD.state = 'active') THEN
    PERFORM note_handoff_event(NEW, 'handoff.requested', NEW.cause, NEW.version);
  ELSIF NEW.state IN ('wrapped_up', 'returned') AND was_open THEN
    PERFORM note_handoff_event(
      NEW, 'handoff.completed', CASE NEW.state WHEN 'returned' THEN 'returned' ELSE 'closed' END,
      NEW.version);
  ELSIF NEW.state IN ('expired', 'abandoned') AND was_open THEN
    -- a turn of the bot's that takes it back names no cause, and may find one of an earlier step
    PERFORM note_handoff_event(
      NEW, 'handoff.failed',
      CASE WHEN NEW.cause IN ('nobody_free', 'out_of_hours', 'customer_left', 'moved_on')
           THEN NEW.cause
           WHEN NEW.state = 'expired' THEN 'nobody_free'
           ELSE 'taken_back' END,
      NEW.version);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER handoff_moved AFTER INSERT OR DELETE OR UPDATE OF state ON handoffs
   FOR EACH ROW EXECUTE FUNCTION handoff_moved();
