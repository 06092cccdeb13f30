-- Files that agents add, and talks that are put away for a time.

-- For agents only: it is not sent yet, or lies with a private note. No customer gets it.
ALTER TABLE files ADD COLUMN private boolean NOT NULL DEFAULT false;

-- A talk that its agent has put away comes back when its time has come or the customer writes,
-- whichever is first. It counts only while the handoff is active.
ALTER TABLE handoffs
  ADD COLUMN snoozed_until timestamptz,  -- null while it is not put away
  ADD COLUMN snoozed_seq   int,          -- what the customer writes behind this message wakes it
  ADD COLUMN woke_at       timestamptz;  -- it came back, and its agent has said nothing since
CREATE INDEX handoffs_snoozed ON handoffs (tenant, snoozed_until) WHERE snoozed_until IS NOT NULL;
