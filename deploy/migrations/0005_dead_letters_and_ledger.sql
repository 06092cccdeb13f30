-- What could not be handled, kept until somebody decides; and what is known of each sending.

-- A record's key may be anything: rows that go back to a topic carry it as it was.
ALTER TABLE outbox ADD COLUMN key bytea;   -- null: the conversation's id
ALTER TABLE outbox ALTER COLUMN conversation DROP NOT NULL;
ALTER TABLE outbox ADD CHECK (conversation IS NOT NULL OR key IS NOT NULL);

-- One row per record that was put aside. Part -1 is the outbox, for rows that the log refused:
-- `off` is their number there. `at` is when the record was made, so that one at the same place of
-- a topic that was made anew is another.
CREATE TABLE dead_letters (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic       text        NOT NULL,
  part        int         NOT NULL,
  off         bigint      NOT NULL,
  at          timestamptz NOT NULL,
  key         bytea       NOT NULL,
  value       bytea       NOT NULL,
  headers     jsonb       NOT NULL DEFAULT '{}',
  error_class text        NOT NULL,
  error       text        NOT NULL,    -- our own sentence, never a customer's word
  attempts    int         NOT NULL,
  first_at    timestamptz NOT NULL,
  last_at     timestamptz NOT NULL,
  state       text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
  closed_at   timestamptz,
  CHECK ((state = 'open') = (closed_at IS NULL)),
  UNIQUE (topic, part, off, at)
);
CREATE INDEX dead_letters_open ON dead_letters (last_at, id) WHERE state = 'open';
CREATE INDEX dead_letters_closed ON dead_letters (closed_at) WHERE closed_at IS NOT NULL;

-- Customers' messages whose turn ended in an apology: the one kind of turn that may be taken
-- again, on purpose, by a replay.
ALTER TABLE conversations ADD COLUMN apologised int[] NOT NULL DEFAULT '{}';

-- begun: somebody is sending, or was when it ended. waiting: between two attempts, and all that
-- stands there is noted. unknown: an attempt ended, and nobody knows whether its last segment
-- stands there. refused: not tried again, for the channel said so. abandoned: not tried again, and
-- unknown.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
  CHECK (state IN ('begun', 'waiting', 'unknown', 'delivered', 'refused', 'abandoned'));
ALTER TABLE deliveries ADD COLUMN holder int;               -- whose lock says that it lives
ALTER TABLE deliveries ADD COLUMN lease_until timestamptz;  -- and by when it would have moved
ALTER TABLE deliveries ADD COLUMN unknown int NOT NULL DEFAULT 0;  -- segments that may stand there twice
