-- thread --
-- Whose thread it is.
SELECT handoff, tenant
  FROM desk_threads
 WHERE at = $1
   AND root = $2;

-- lock --
-- Something was heard in a thread; others who hear wait for us.
UPDATE desk_threads
   SET heard = heard + 1,
       asleep = false
 WHERE handoff = $1
RETURNING conversation;

-- keep --
-- What was done, once; no row when it was heard before.
INSERT INTO desk_deeds (handoff, tenant, event, by, message, kind, text, about, trigger, files)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (handoff, event) DO NOTHING
RETURNING n;

-- effect --
-- What came of it at once.
UPDATE desk_deeds
   SET effect = $2
 WHERE n = $1;

-- later --
-- The last change of a message that was heard before the message itself.
SELECT kind, text
  FROM desk_deeds
 WHERE handoff = $1
   AND message = $2
   AND kind IN ('rewrote', 'took_back')
 ORDER BY n DESC
 LIMIT 1;

-- hold --
-- Words for the customer; they go nowhere before it is known whose they are.
INSERT INTO desk_replies (id, handoff, tenant, message, by, epoch, text)
SELECT $2, $1, t.tenant, $3, $4, c.epoch, $5
  FROM desk_threads AS t
  JOIN conversations AS c
    ON c.id = t.conversation
 WHERE t.handoff = $1
ON CONFLICT (handoff, message) DO NOTHING;

-- correct --
-- Other words for what the customer has already; no row when they have it not.
INSERT INTO desk_replies (id, handoff, tenant, message, by, agent, epoch, text)
SELECT $2, r.handoff, r.tenant, $4, r.by, r.agent, c.epoch, $5
  FROM desk_replies AS r
  JOIN desk_threads AS t
    ON t.handoff = r.handoff
  JOIN conversations AS c
    ON c.id = t.conversation
 WHERE r.handoff = $1
   AND r.message = $3
   AND r.state IN ('sending', 'sent')
ON CONFLICT (handoff, message) DO NOTHING
RETURNING id;

-- reword --
-- Other words, if they are still here.
UPDATE desk_replies
   SET text = $3
 WHERE handoff = $1
   AND message = $2
   AND state IN ('new', 'held')
RETURNING id;

-- keep_back --
-- The words stay here, if they are still here; with their corrections.
UPDATE desk_replies
   SET state = $3
 WHERE handoff = $1
   AND (message = $2 OR message LIKE $2 || '~%')
   AND state IN ('new', 'held')
RETURNING id;

-- undo --
-- The same, by the button on its notice.
UPDATE desk_replies
   SET state = 'undone'
 WHERE handoff = $1
   AND id::text = $2
   AND state IN ('new', 'held')
RETURNING id;

-- is_known --
-- Whether a message was heard before its change.
SELECT EXISTS (SELECT
                 FROM desk_deeds
                WHERE handoff = $1
                  AND message = $2
                  AND kind = 'wrote');

-- is_out --
-- Whether the customer has it, or is about to.
SELECT EXISTS (SELECT
                 FROM desk_replies
                WHERE handoff = $1
                  AND message = $2
                  AND state IN ('sending', 'sent'));

-- replies --
-- What is not yet seen in the thread as it is, in order.
SELECT id, message, by, agent, epoch, text, state, why, trying, notice
  FROM desk_replies
 WHERE handoff = $1
   AND (state IN ('new', 'held', 'sending') OR shown <> state)
 ORDER BY n;

-- owned --
-- It is known who wrote it.
UPDATE desk_replies
   SET agent = $3
 WHERE handoff = $1
   AND message = $2;

-- refuse --
-- It goes nowhere; the sentence says why.
UPDATE desk_replies
   SET state = 'refused',
       why = $3
 WHERE handoff = $1
   AND message = $2
   AND state IN ('new', 'held');

-- noticing --
-- Its notice is being posted.
UPDATE desk_replies
   SET trying = true
 WHERE id = $1;

-- noticed --
-- Its notice stands there: from now on it is held for so long, and then due.
WITH held AS (
  UPDATE desk_replies
     SET notice = $2,
         trying = false,
         shown = 'held',
         state = CASE WHEN state = 'new' THEN 'held' ELSE state END,
         due_at = $3
   WHERE id = $1
  RETURNING tenant, id
)
INSERT INTO jobs (tenant, kind, key, due_at)
SELECT tenant, $4, id::text, $3
  FROM held
ON CONFLICT (tenant, kind, key) DO NOTHING;

-- shown --
-- Its state is seen in the thread.
UPDATE desk_replies
   SET shown = $2
 WHERE id = $1;

-- let_out --
-- What a thread has held for long enough, and what was on its way when somebody died.
UPDATE desk_replies AS r
   SET state = 'sending'
  FROM desk_replies AS asked
  JOIN desk_threads AS t
    ON t.handoff = asked.handoff
  JOIN conversations AS c
    ON c.id = t.conversation
 WHERE asked.id::text = $1
   AND r.handoff = asked.handoff
   AND (r.state = 'sending' OR (r.state = 'held' AND r.due_at <= $2))
RETURNING r.id, r.n, r.message, r.agent, r.epoch, r.text, t.conversation, c.language;

-- settle --
-- What became of it.
UPDATE desk_replies
   SET state = $2,
       why = $3
 WHERE id = $1
   AND state = 'sending';
