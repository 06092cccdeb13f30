-- questions --
-- Sentences that can stand for questions, from all over the documents, and the chunks that must
-- be left out for their answer to be missing. The digest is an order that means nothing.
WITH picked AS (
  SELECT s.chunk, s.text, s.embedding
    FROM sentences s
   WHERE s.tenant = $1 AND length(s.text) BETWEEN 25 AND 160 AND s.embedding IS NOT NULL
   ORDER BY md5(s.chunk::text || s.ordinal)
   LIMIT $2
)
SELECT p.text, p.embedding::real[] AS vector,
       ARRAY(SELECT c.id FROM chunks c WHERE c.tenant = $1 AND c.document = own.document) AS home
  FROM picked p
  JOIN chunks own ON own.tenant = $1 AND own.id = p.chunk;

-- vectors --
-- Some of the chunks' vectors, in an order that means nothing.
SELECT embedding::real[] AS vector
  FROM chunks
 WHERE tenant = $1 AND embedding IS NOT NULL
 ORDER BY md5(id::text)
 LIMIT $2;

-- put --
-- Keep a calibration, unless a newer one is there.
INSERT INTO calibrations (tenant, version, made_by, content, background)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant) DO UPDATE
   SET version = excluded.version, made_by = excluded.made_by, content = excluded.content,
       background = excluded.background, at = now()
 WHERE calibrations.version <= excluded.version;

-- fresh --
-- Whether the calibration fits what is stored now.
SELECT c.tenant IS NOT NULL AS fresh
  FROM knowledge_versions v
  LEFT JOIN calibrations c ON c.tenant = v.tenant AND c.version = v.version AND c.made_by = $2
 WHERE v.tenant = $1;
