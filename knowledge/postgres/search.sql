-- profile --
-- What a search must know of the tenant beforehand, and its calibration.
SELECT v.version, v.chunks, v.languages,
       coalesce(c.version, 0) AS calibrated, c.content, c.background,
       EXISTS (SELECT FROM pg_index i
                WHERE i.indexrelid =
                      to_regclass('chunks_' || substr(md5($1::text), 1, 12) || '_hnsw')
                  AND i.indisvalid) AS indexed
  FROM knowledge_versions v
  LEFT JOIN calibrations c ON c.tenant = v.tenant
 WHERE v.tenant = $1;

-- find --
-- Passages by words and by meaning; what the last question brings and what the whole
-- conversation brings are fused here, so that nothing else travels.
WITH vectors AS MATERIALIZED (  -- turned once, not for every row
  SELECT $2::real[]::halfvec AS mixed, $7::real[]::halfvec AS last, $8::real[]::halfvec AS whole
), corpus AS (
  SELECT v.version, v.chunks, v.terms::float8 / greatest(v.chunks, 1) AS length,
         coalesce(c.version, 0) AS calibrated
    FROM knowledge_versions v
    LEFT JOIN calibrations c ON c.tenant = v.tenant
   WHERE v.tenant = $1
), asked AS (
  SELECT q.term, q.last, q.whole,
         ln(1 + (c.chunks - coalesce(t.chunks, 0) + 0.5::float8)
                / (coalesce(t.chunks, 0) + 0.5::float8)) AS idf
    FROM unnest($3::text[], $4::float8[], $5::float8[]) AS q (term, last, whole)
    CROSS JOIN corpus c
    LEFT JOIN terms t ON t.tenant = $1 AND t.term = q.term
), hits AS (
  SELECT p.chunk, sum(a.last * p.weight) AS last, sum(a.whole * p.weight) AS whole
    FROM asked a
    CROSS JOIN corpus c
    -- OFFSET 0 keeps the planner from reading all postings and joining them afterwards
    CROSS JOIN LATERAL (
      SELECT chunk, a.idf * tf * ($10::float8 + 1)
                    / (tf + $10 * (1 - $11::float8 + $11 * length / c.length)) AS weight
        FROM postings
       WHERE tenant = $1 AND term = a.term AND chunk <> ALL($6::uuid[])
      OFFSET 0
    ) p
   GROUP BY p.chunk
), best AS (
  SELECT max(last) AS last, max(whole) AS whole FROM hits
), worded AS (
  SELECT chunk
    FROM hits
   ORDER BY $9::float8 * last / (SELECT last + $12::float8 FROM best)
            + (1 - $9) * whole / (SELECT whole + $12 FROM best) DESC, chunk
   LIMIT $13::int
), near AS (
  -- which way is not left to the planner: it cannot know how many rows will pass
  (SELECT id AS chunk
     FROM chunks
    WHERE tenant = $1 AND embedding IS NOT NULL AND $2::real[] IS NOT NULL AND NOT $17::bool
      AND id <> ALL($6)
    -- the sum keeps the planner from the graph: all rows are looked at
    ORDER BY (embedding <=> (SELECT mixed FROM vectors)) + 0
    LIMIT $13)
  UNION ALL
  (SELECT id
     FROM chunks
    WHERE tenant = $1 AND $2 IS NOT NULL AND $17 AND id <> ALL($6)
      -- evaluated once, before the graph is entered; gone with this statement
      AND (SELECT set_config('hnsw.ef_search', '100', true)) IS NOT NULL
      AND (SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true)) IS NOT NULL
    ORDER BY embedding <=> (SELECT mixed FROM vectors)
    LIMIT $13)
), legs AS (
  SELECT c.id, c.document, c.ordinal, c.heading, c.page, c.text, c.pair,
         1 - (c.embedding <=> (SELECT last FROM vectors)) AS cosine_last,
         1 - (c.embedding <=> (SELECT whole FROM vectors)) AS cosine_whole,
         coalesce(h.last, 0) AS bm25_last, coalesce(h.whole, 0) AS bm25_whole
    FROM (SELECT chunk FROM worded UNION SELECT chunk FROM near) found
    JOIN chunks c ON c.tenant = $1 AND c.id = found.chunk
    LEFT JOIN hits h ON h.chunk = found.chunk
), weighed AS (
  SELECT l.*,
         CASE WHEN $2 IS NULL THEN 0 WHEN l.pair THEN $15::float8 ELSE $14::float8 END AS dense
    FROM legs l
), fused AS (
  SELECT w.*,
         w.dense * ($9 * greatest(coalesce(w.cosine_last, 0), 0)
                    + (1 - $9) * greatest(coalesce(w.cosine_whole, 0), 0))
         + (1 - w.dense) * ($9 * coalesce(w.bm25_last / nullif(b.last + $12, 0), 0)
                            + (1 - $9) * coalesce(w.bm25_whole / nullif(b.whole + $12, 0), 0))
           AS score
    FROM weighed w
    CROSS JOIN best b
   ORDER BY score DESC, w.id
   LIMIT $16::int
)
SELECT f.*, d.title, d.uri, corpus.version, corpus.calibrated,
       b.last AS best_last, b.whole AS best_whole, said.texts, said.similarities, asked_terms.terms, asked_terms.idfs,
       matched.terms AS matched
  FROM corpus
  CROSS JOIN best b
  CROSS JOIN (SELECT array_agg(term) AS terms, array_agg(idf) AS idfs FROM asked) asked_terms
  LEFT JOIN fused f ON true
  LEFT JOIN LATERAL (
    SELECT title, uri FROM documents WHERE tenant = $1 AND id = f.document OFFSET 0
  ) d ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(s.text ORDER BY s.ordinal) AS texts,
           array_agg(coalesce(1 - (s.embedding <=> (SELECT mixed FROM vectors)), 0) ORDER BY s.ordinal)
             AS similarities
      FROM sentences s
     WHERE s.tenant = $1 AND s.chunk = f.id
  ) said ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(p.term) AS terms
      FROM (SELECT term FROM postings WHERE tenant = $1 AND chunk = f.id OFFSET 0) p
     WHERE p.term = ANY($3)
  ) matched ON true
 ORDER BY f.score DESC, f.id;
