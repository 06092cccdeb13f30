-- Knowledge: documents, the chunks they are cut into, and what search needs of both.

CREATE EXTENSION IF NOT EXISTS vector;

-- One row per tenant with documents. Whoever changes them locks it first, so that the sums here
-- and in `terms` are right, and raises the version with the same commit.
CREATE TABLE knowledge_versions (
  tenant    text PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  version   int NOT NULL DEFAULT 0,
  chunks    int NOT NULL DEFAULT 0,
  terms     bigint NOT NULL DEFAULT 0,     -- all chunks' lengths together
  languages text[] NOT NULL DEFAULT '{}'   -- whose stems the postings have
);

CREATE TABLE documents (
  tenant   text NOT NULL REFERENCES tenants ON DELETE CASCADE,
  id       uuid NOT NULL,
  uri      text NOT NULL,
  title    text NOT NULL,
  language text NOT NULL,
  digest   text NOT NULL,
  made_by  text NOT NULL,       -- versions of splitter, terms and embedder
  chunks   int NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, uri)
);

-- A partition per tenant: an index over all tenants loses recall when it is filtered.
CREATE TABLE chunks (
  tenant    text NOT NULL,
  id        uuid NOT NULL,
  document  uuid NOT NULL,
  ordinal   int NOT NULL,
  heading   text[] NOT NULL,
  page      int,
  text      text NOT NULL,
  pair      boolean NOT NULL,  -- a question with its answer
  length    int NOT NULL,      -- in terms
  embedding halfvec(384)       -- null where the embedder does not know the language
) PARTITION BY LIST (tenant);

CREATE TABLE sentences (
  tenant    text NOT NULL,
  chunk     uuid NOT NULL,
  ordinal   int NOT NULL,
  text      text NOT NULL,
  embedding halfvec(384)
) PARTITION BY LIST (tenant);

CREATE TABLE postings (
  tenant text NOT NULL,
  term   text NOT NULL,
  chunk  uuid NOT NULL,
  tf     real NOT NULL,
  length int NOT NULL        -- of the chunk, so that scoring reads nothing else
) PARTITION BY LIST (tenant);

CREATE TABLE terms (
  tenant text NOT NULL,
  term   text NOT NULL,
  chunks int NOT NULL,       -- that have it
  PRIMARY KEY (tenant, term)
) WITH (fillfactor = 80);
CREATE INDEX terms_unused ON terms (tenant) WHERE chunks = 0;

-- What turns a search's signals into the chance that it answers, learned from the documents.
CREATE TABLE calibrations (
  tenant     text PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  version    int NOT NULL,   -- of the knowledge it was learned from
  made_by    text NOT NULL,
  content    jsonb NOT NULL,
  background bytea NOT NULL, -- mean and covariance of the chunks' vectors, float32; may be empty
  at         timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION create_tenant_partitions(tenant text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  -- a tenant's id may be as long as a name of a table
  suffix text := substr(md5(tenant), 1, 12);
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['chunks', 'sentences', 'postings'] LOOP
    IF to_regclass(part || '_' || suffix) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%L)',
                     part || '_' || suffix, part, tenant);
      EXECUTE format('COMMENT ON TABLE %I IS %L', part || '_' || suffix, 'tenant ' || tenant);
    END IF;
  END LOOP;
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %I (id)',
                 'chunks_id_' || suffix, 'chunks_' || suffix);
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (document)',
                 'chunks_document_' || suffix, 'chunks_' || suffix);
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %I (chunk, ordinal)',
                 'sentences_chunk_' || suffix, 'sentences_' || suffix);
  -- the tenant is in it because the policy asks for it: without, each entry would be looked up
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (term) INCLUDE (chunk, tf, length, tenant)',
                 'postings_term_' || suffix, 'postings_' || suffix);
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (chunk)',
                 'postings_chunk_' || suffix, 'postings_' || suffix);
END
$$;

-- A tenant is never without its partitions, whoever adds it.
CREATE FUNCTION partition_new_tenant() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM create_tenant_partitions(NEW.id);
  RETURN NEW;
END
$$;
CREATE TRIGGER partition_new_tenant AFTER INSERT ON tenants
  FOR EACH ROW EXECUTE FUNCTION partition_new_tenant();

SELECT create_tenant_partitions(id) FROM tenants;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['knowledge_versions', 'documents', 'chunks', 'sentences', 'postings',
                              'terms', 'calibrations'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
