-- material --
-- A conversation with its memory, and the messages behind that, oldest first.
SELECT c.id, c.tenant, c.channel, c.customer, c.owner, c.agent, c.epoch, c.seq AS last_seq,
       c.covered, c.language, c.frustration, c.unknowns, c.offers, k.behind, k.marks, m.seq,
       m.author, m.text, m.sources, m.event, m.turn, m.at,
       CASE WHEN row_number() OVER (ORDER BY m.seq) = 1 THEN k.memory END AS memory,
       NULL AS profile
  FROM conversations c
  JOIN remembered k
    ON k.conversation = c.id
  LEFT JOIN LATERAL (
    SELECT *
      FROM messages
     WHERE conversation = c.id
       AND seq > k.upto
     ORDER BY seq
     LIMIT $2
  ) m ON true
 WHERE c.id = $1
 ORDER BY m.seq;

-- some --
-- Messages by their places.
SELECT seq, author, text, sources, turn, at
  FROM messages
 WHERE conversation = $1
   AND seq = ANY ($2::int[])
 ORDER BY seq;

-- put --
-- Another version, if none came in between and the talk is still the same, or is over and waited
-- for under the key of a job ($10); no row otherwise. The
-- row's lock makes who ends the talk, or has it forgotten, wait, and clear this away as well.
-- Older versions with words that were taken back ($9) go.
WITH here AS (
  SELECT id, tenant, resolved
    FROM conversations
   WHERE id = $1
     AND CASE WHEN $10::text IS NULL THEN resolved = $3
              ELSE EXISTS (SELECT
                             FROM jobs AS j
                            WHERE j.tenant = conversations.tenant
                              AND j.kind = 'ended-talk'
                              AND j.key = $10) END
     FOR SHARE
), put AS (
  INSERT INTO memories (conversation, version, tenant, behind, upto, text, facts, amended, written_by)
  SELECT id, $2, tenant, $3, $4, $5, $6::text::jsonb, $7, $8
    FROM here
   WHERE $2 = 1 + coalesce((SELECT max(version) FROM memories WHERE conversation = $1), 0)
  ON CONFLICT DO NOTHING
  RETURNING version
), gone AS (
  DELETE FROM memories
   WHERE conversation = $1
     AND behind = $3
     AND $9
     AND EXISTS (SELECT FROM put)
)
SELECT version
  FROM put;

-- left --
-- What is not yet remembered of a talk that is over, oldest first; no row when nobody waits for it.
SELECT c.id, c.tenant, c.channel, c.customer, c.owner, c.agent, c.epoch, c.seq AS last_seq,
       c.covered, c.language, c.frustration, c.unknowns, c.offers, $2::int AS behind, a.marks,
       m.seq, m.author, m.text, m.sources, m.event, m.turn, m.at, NULL AS profile,
       CASE WHEN row_number() OVER (ORDER BY m.seq) = 1
            THEN jsonb_build_object(
              'version', coalesce(v.last, 0),
              'upto', coalesce(k.upto, $2),
              'text', coalesce(k.text, ''),
              'facts', coalesce(k.facts, '[]'),
              'stale', CASE WHEN a.marks <> k.amended THEN a.seqs END,
              'customer', '[]'::jsonb) END AS memory
  FROM conversations c
  JOIN jobs j
    ON j.tenant = c.tenant
   AND j.kind = 'ended-talk'
   AND j.key = $4
  LEFT JOIN LATERAL (
    SELECT *
      FROM memories
     WHERE conversation = c.id
       AND behind = $2
     ORDER BY version DESC
     LIMIT 1
  ) k ON true
 CROSS JOIN LATERAL (SELECT max(version) AS last FROM memories WHERE conversation = c.id) v
 CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(concat_ws(',', seq, edited_at, deleted_at), ' ' ORDER BY seq), '') AS marks,
           array_agg(seq) AS seqs
      FROM messages
     WHERE conversation = c.id
       AND seq <= k.upto
       AND (edited_at IS NOT NULL OR deleted_at IS NOT NULL)
  ) a
  LEFT JOIN LATERAL (
    SELECT *
      FROM messages
     WHERE conversation = c.id
       AND seq > coalesce(k.upto, $2)
       AND seq <= $3
     ORDER BY seq
     LIMIT $5
  ) m ON true
 WHERE c.id = $1
 ORDER BY m.seq;

-- recall --
-- What is remembered of the talks that are over: the last version of each, oldest first.
SELECT DISTINCT ON (k.behind) k.version, k.upto, k.text, k.facts
  FROM memories k
  JOIN conversations c
    ON c.id = k.conversation
   AND k.behind < c.resolved
 WHERE k.conversation = $1
 ORDER BY k.behind, k.version DESC;
