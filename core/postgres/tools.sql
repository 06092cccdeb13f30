-- asked --
-- The record of a turn that was said and asked something.
SELECT record
  FROM turns
 WHERE id = $1
   AND conversation = $2
   AND decision = 'ask_back'
   AND sent;

-- kept --
-- The call that was made on a turn's question.
SELECT id, state, lines, lease_until > clock_timestamp() AS leased
  FROM tool_calls
 WHERE asked_by = $1;

-- begin --
-- Note a call before it is made. No row: one was made on the same question.
INSERT INTO tool_calls (id, tenant, conversation, seq, asked_by, tool, arguments, lease_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + make_interval(secs => $8))
ON CONFLICT DO NOTHING
RETURNING id;

-- take_over --
-- Begin a call anew whose caller died. No row: it has ended, or somebody else is at it.
UPDATE tool_calls
   SET lease_until = clock_timestamp() + make_interval(secs => $2)
 WHERE id = $1
   AND state = 'begun'
   AND lease_until <= clock_timestamp()
RETURNING id;

-- recent --
-- How often a tool was called in a conversation lately.
SELECT count(*)
  FROM tool_calls
 WHERE conversation = $1
   AND tool = $2
   AND begun_at > now() - interval '1 hour';

-- end --
-- Note how a call ended; who was given up may still come back with the truth.
UPDATE tool_calls
   SET state = $2,
       status = $3,
       lines = $4,
       ended_at = clock_timestamp()
 WHERE id = $1
   AND state IN ('begun', 'unknown');
