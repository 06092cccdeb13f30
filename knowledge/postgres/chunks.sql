-- lock --
-- Become the tenant's only writer until the commit, and raise its version.
INSERT INTO knowledge_versions (tenant, version)
VALUES ($1, 1)
ON CONFLICT (tenant) DO UPDATE SET version = knowledge_versions.version + 1
RETURNING version;

-- known --
-- What tells whether a document is unchanged.
SELECT uri, digest, made_by
  FROM documents
 WHERE tenant = $1;

-- documents --
-- What is stored, by uri.
SELECT id, uri, title, language, digest, chunks
  FROM documents
 WHERE tenant = $1
 ORDER BY uri;

-- take_out --
-- Remove documents by id, with all that was made of them.
WITH gone AS (
  DELETE FROM documents
   WHERE tenant = $1 AND id = ANY($2::uuid[])
  RETURNING id
), old AS (
  DELETE FROM chunks
   WHERE tenant = $1 AND document = ANY($2::uuid[])
  RETURNING id, length
), said AS (
  DELETE FROM sentences
   WHERE tenant = $1 AND chunk IN (SELECT id FROM old)
), counted AS (
  DELETE FROM postings
   WHERE tenant = $1 AND chunk IN (SELECT id FROM old)
  RETURNING term
), fewer AS (
  UPDATE terms t
     SET chunks = t.chunks - c.chunks
    FROM (SELECT term, count(*) AS chunks FROM counted GROUP BY term) c
   WHERE t.tenant = $1 AND t.term = c.term
), sums AS (
  UPDATE knowledge_versions
     SET chunks = chunks - (SELECT count(*) FROM old),
         terms = terms - (SELECT coalesce(sum(length), 0) FROM old)
   WHERE tenant = $1
)
SELECT count(*) FROM gone;

-- forget_terms --
-- Drop terms that no chunk has any more.
DELETE FROM terms
 WHERE tenant = $1 AND chunks = 0;

-- add_documents --
-- Store what is known of the documents themselves.
INSERT INTO documents (tenant, id, uri, title, language, digest, made_by, chunks)
SELECT $1, d.*
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[])
       AS d (id, uri, title, language, digest, made_by, chunks);

-- add_chunks --
-- Store chunks; all vectors come in one array, one after the other, of the width given last.
INSERT INTO chunks (tenant, id, document, ordinal, heading, page, text, pair, length, embedding)
SELECT $1, c.id, c.document, c.ordinal, string_to_array(c.heading, E'\x1f'), c.page, c.text,
       c.pair, c.length,
       (($11::real[])[(c.vector - 1) * $12::int + 1 : c.vector * $12::int])::halfvec
  FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::int[], $7::text[], $8::bool[],
              $9::int[], $10::int[])
       AS c (id, document, ordinal, heading, page, text, pair, length, vector);

-- add_sentences --
-- Store sentences; a vector may belong to several.
INSERT INTO sentences (tenant, chunk, ordinal, text, embedding)
SELECT $1, s.chunk, s.ordinal, s.text,
       (($6::real[])[(s.vector - 1) * $7::int + 1 : s.vector * $7::int])::halfvec
  FROM unnest($2::uuid[], $3::int[], $4::text[], $5::int[])
       AS s (chunk, ordinal, text, vector);

-- add_postings --
-- Store which chunk has which term; chunks come as places in the last two arrays.
INSERT INTO postings (tenant, term, chunk, tf, length)
SELECT $1, p.term, ($5::uuid[])[p.place], p.tf, ($6::int[])[p.place]
  FROM unnest($2::text[], $3::int[], $4::real[]) AS p (term, place, tf);

-- count_terms --
-- Add the new chunks to the sums.
WITH more AS (
  INSERT INTO terms (tenant, term, chunks)
  SELECT $1, term, count(*)
    FROM unnest($2::text[]) AS term
   GROUP BY term
  ON CONFLICT (tenant, term) DO UPDATE SET chunks = terms.chunks + excluded.chunks
)
UPDATE knowledge_versions
   SET chunks = chunks + $3,
       terms = terms + $4,
       languages = ARRAY(SELECT DISTINCT language FROM documents WHERE tenant = $1 ORDER BY 1)
 WHERE tenant = $1;

-- count_chunks --
-- How many chunks have a vector, and which partition they are in.
SELECT count(c.embedding) AS vectors, 'chunks_' || substr(md5($1::text), 1, 12) AS partition
  FROM chunks c
 WHERE c.tenant = $1;

-- index_statement --
-- The statement that builds the graph over a partition, unless a whole one is there.
SELECT format('CREATE INDEX CONCURRENTLY IF NOT EXISTS %I ON %I USING hnsw'
              ' (embedding halfvec_cosine_ops)', $1::text || '_hnsw', $1::text)
 WHERE NOT EXISTS (SELECT FROM pg_index i
                    WHERE i.indexrelid = to_regclass($1::text || '_hnsw') AND i.indisvalid);

-- broken_index --
-- The statement that drops what an interrupted build left.
SELECT format('DROP INDEX %I', $1::text || '_hnsw')
  FROM pg_index i
 WHERE i.indexrelid = to_regclass($1::text || '_hnsw') AND NOT i.indisvalid;

-- try_alone --
-- Become the only one that optimises this tenant; false when another one does.
SELECT pg_try_advisory_lock(hashtextextended('optimise ' || $1::text, 0));

-- let_others --
-- The end of `try_alone`.
SELECT pg_advisory_unlock(hashtextextended('optimise ' || $1::text, 0));

-- analyse_statements --
-- The statements that collect a tenant's statistics and mark its pages as seen by all.
SELECT format('VACUUM (ANALYZE) %I', part || '_' || substr(md5($1::text), 1, 12))
  FROM unnest(ARRAY['chunks', 'sentences', 'postings']) AS part;
