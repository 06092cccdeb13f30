-- lock --
-- The tenant's version, raised: whoever changes approved answers waits here for others.
INSERT INTO approved_versions (tenant, version)
VALUES ($1, 1)
ON CONFLICT (tenant) DO UPDATE
   SET version = approved_versions.version + 1;

-- wait --
-- As `lock`, for what changes nothing that is said.
SELECT
  FROM approved_versions
 WHERE tenant = $1
   FOR UPDATE;

-- take_over --
-- Wordings that now come with other pairs leave those that had them.
DELETE FROM approved_questions q
 USING unnest($2::text[], $3::text[]) AS w (language, normal)
 WHERE q.tenant = $1 AND q.language = w.language AND q.normal = w.normal;

-- drop --
-- Pairs, with their wordings.
DELETE FROM approved_answers
 WHERE tenant = $1 AND id = ANY ($2);

-- drop_empty --
-- Pairs that have lost all of their wordings.
DELETE FROM approved_answers a
 WHERE a.tenant = $1
   AND NOT EXISTS (SELECT FROM approved_questions q WHERE q.tenant = $1 AND q.answer = a.id);

-- put_answer --
-- One pair.
INSERT INTO approved_answers
       (tenant, id, answer, language, approved_by, approved_at, expires_at, enabled)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- put_question --
-- One wording of a pair.
INSERT INTO approved_questions (tenant, language, normal, answer, place, question)
VALUES ($1, $2, $3, $4, $5, $6);

-- switch --
-- Pairs on or off.
UPDATE approved_answers a
   SET enabled = w.enabled
  FROM unnest($2::uuid[], $3::boolean[]) AS w (id, enabled)
 WHERE a.tenant = $1 AND a.id = w.id;

-- version --
-- Another one after every change.
SELECT version
  FROM approved_versions
 WHERE tenant = $1;

-- everything --
-- A row per pair, those approved last first.
SELECT a.id, a.answer, a.language, a.approved_by, a.approved_at, a.expires_at, a.enabled,
       array_agg(q.question ORDER BY q.place) AS questions
  FROM approved_answers a
  JOIN approved_questions q ON q.tenant = a.tenant AND q.answer = a.id
 WHERE a.tenant = $1
 GROUP BY a.tenant, a.id
 ORDER BY a.approved_at DESC, a.id DESC;

-- shelf --
-- A row per pair that is switched on, with the vectors that this embedder has made.
SELECT a.id, a.answer, a.language, a.approved_by, a.approved_at, a.expires_at, a.enabled,
       array_agg(q.question ORDER BY q.place) AS questions,
       array_agg(CASE WHEN q.made_by = $2 THEN q.vector END ORDER BY q.place) AS vectors
  FROM approved_answers a
  JOIN approved_questions q ON q.tenant = a.tenant AND q.answer = a.id
 WHERE a.tenant = $1 AND a.enabled
 GROUP BY a.tenant, a.id
 ORDER BY a.id;

-- keep_vectors --
-- What an embedder made of wordings; they are known by their own words.
UPDATE approved_questions q
   SET made_by = $2, vector = w.vector
  FROM unnest($3::text[], $4::bytea[]) AS w (question, vector)
 WHERE q.tenant = $1 AND q.question = w.question;
