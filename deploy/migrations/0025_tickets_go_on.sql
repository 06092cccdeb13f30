-- Tickets that go on when their customer writes again, and where the answer is wanted.
ALTER TABLE tickets
  ADD COLUMN done_at  timestamptz,               -- solved or closed since then
  ADD COLUMN told_seq int,                       -- the message that told the customer so
  ADD COLUMN contact  text NOT NULL DEFAULT '';  -- an e-mail address or a telephone number
UPDATE tickets
   SET done_at = changed_at
 WHERE state IN ('solved', 'closed');
