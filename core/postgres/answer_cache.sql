-- same --
-- What the very same question got.
SELECT id, question, answer, sources, written_by, prompt_version, variant, 1::real AS cosine
  FROM answer_cache
 WHERE tenant = $1 AND conditions = $2 AND normal = $3 AND expires_at > $4;

-- alike --
-- The questions of nearest meaning. The sum keeps Postgres from any index: there are few.
SELECT id, question, answer, sources, written_by, prompt_version, variant,
       (1 - (embedding <=> $4::real[]::halfvec))::real AS cosine
  FROM answer_cache
 WHERE tenant = $1 AND conditions = $2 AND made_by = $3 AND expires_at > $5
   AND 1 - (embedding <=> $4::real[]::halfvec) >= $6
 ORDER BY (embedding <=> $4::real[]::halfvec) + 0
 LIMIT $7;

-- used --
-- Note which message an entry answered; the entry may be gone meanwhile.
WITH touched AS (
  UPDATE answer_cache
     SET used_at = $5
   WHERE tenant = $1 AND id = $2
  RETURNING id
)
INSERT INTO answer_cache_uses (tenant, entry, conversation, seq)
SELECT $1, id, $3, $4
  FROM touched
    ON CONFLICT DO NOTHING;

-- keep --
-- An answer, unless one that has not expired is there.
INSERT INTO answer_cache
       (tenant, id, conditions, knowledge, question, normal, made_by, embedding, answer, sources,
        written_by, prompt_version, variant, conversation, used_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::real[]::halfvec, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (tenant, conditions, normal) DO UPDATE
   SET question = excluded.question, made_by = excluded.made_by, embedding = excluded.embedding,
       answer = excluded.answer, sources = excluded.sources, written_by = excluded.written_by,
       prompt_version = excluded.prompt_version, variant = excluded.variant,
       conversation = excluded.conversation, used_at = excluded.used_at,
       expires_at = excluded.expires_at
 WHERE answer_cache.expires_at <= excluded.used_at
RETURNING id;

-- clear --
-- Drop what is old, what is of other documents, and what is one too many. Rows that somebody else
-- holds are left for the next time, so that nobody waits here.
WITH gone AS (
  SELECT id
    FROM answer_cache
   WHERE tenant = $1
     AND (expires_at <= $2
          OR knowledge < $3
          OR id IN (SELECT id
                      FROM answer_cache
                     WHERE tenant = $1
                     ORDER BY used_at DESC, id DESC
                    OFFSET $4))
     FOR UPDATE SKIP LOCKED
)
DELETE FROM answer_cache c
 USING gone
 WHERE c.tenant = $1 AND c.id = gone.id;

-- forget --
-- Drop what a turn was answered with, or gave rise to.
DELETE FROM answer_cache c
 USING turns t, answer_cache_uses u
 WHERE t.tenant = $1 AND t.id = $2
   AND u.tenant = $1 AND u.conversation = t.conversation AND u.seq = ANY (t.covers)
   AND c.tenant = $1 AND c.id = u.entry;

-- erase --
-- Drop what came from a conversation's questions.
DELETE FROM answer_cache
 WHERE tenant = $1 AND conversation = $2;
