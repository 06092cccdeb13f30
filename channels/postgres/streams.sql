-- begin --
-- A native message is about to be begun; those that stand there stay noted.
INSERT INTO streams AS s (conversation, tenant, turn)
SELECT id, tenant, $2
  FROM conversations
 WHERE id = $1
ON CONFLICT (conversation) DO UPDATE
   SET turn = excluded.turn,
       unknown = true,
       at = now();

-- note --
-- What stands there.
UPDATE streams
   SET native_ids = $2::text::jsonb,
       unknown = false,
       at = now()
 WHERE conversation = $1;

-- of --
-- What is open.
SELECT turn, native_ids::text, unknown
  FROM streams
 WHERE conversation = $1;

-- end --
-- Nothing is open any more.
DELETE FROM streams
 WHERE conversation = $1;
