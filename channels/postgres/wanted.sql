-- want --
-- The files of a message that is stored.
INSERT INTO wanted_files (conversation, event, tenant, channel, account, files)
SELECT id, $2, tenant, channel, $3, $4::text::jsonb
  FROM conversations
 WHERE id = $1
ON CONFLICT DO NOTHING;

-- due --
-- Some that nobody else has in hand; each comes again after twice as long as the last time.
UPDATE wanted_files w
   SET tries = w.tries + 1,
       due_at = now() + least(interval '1 hour', interval '15 seconds' * 2 ^ w.tries)
 WHERE (w.conversation, w.event) IN (
         SELECT conversation, event
           FROM wanted_files
          WHERE due_at <= now()
          ORDER BY due_at
          LIMIT $1
            FOR UPDATE SKIP LOCKED
       )
RETURNING conversation, event, tenant, channel, account, files::text, tries;

-- done --
-- They are stored, or never will be.
DELETE FROM wanted_files
 WHERE conversation = $1
   AND event = $2;
