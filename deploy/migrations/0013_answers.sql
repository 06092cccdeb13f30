-- Answers that need not be written anew: those that leads approve, and those kept of late.

-- Raised with every change of a tenant's approved answers; whoever changes them locks it first.
CREATE TABLE approved_versions (
  tenant  text   PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  version bigint NOT NULL DEFAULT 0
);

CREATE TABLE approved_answers (
  tenant      text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  id          uuid        NOT NULL,
  answer      text        NOT NULL CHECK (answer <> ''),
  language    text        NOT NULL DEFAULT '',  -- of the customers it is for; '' is everybody
  approved_by text        NOT NULL,
  approved_at timestamptz NOT NULL,
  expires_at  timestamptz,
  enabled     boolean     NOT NULL DEFAULT true,
  PRIMARY KEY (tenant, id)
);

-- The wordings of their questions; one wording has one answer in a language.
CREATE TABLE approved_questions (
  tenant   text NOT NULL,
  language text NOT NULL,
  normal   text NOT NULL CHECK (normal <> ''),  -- without case and marks
  answer   uuid NOT NULL,
  place    int  NOT NULL,                       -- among the wordings of its answer
  question text NOT NULL,
  made_by  text NOT NULL DEFAULT '',            -- the embedder's version; '' until it has seen it
  vector   bytea,                               -- float32; all zeros where it knows no language
  PRIMARY KEY (tenant, language, normal),
  FOREIGN KEY (tenant, answer) REFERENCES approved_answers ON DELETE CASCADE
);
CREATE INDEX approved_questions_answer ON approved_questions (tenant, answer);

-- Answers that models wrote, for who asks the same under the same conditions.
CREATE TABLE answer_cache (
  tenant         text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  id             uuid        NOT NULL,
  conditions     text        NOT NULL,  -- digest of knowledge version, prompt, variant, language
  knowledge      int         NOT NULL,  -- its version, so that older ones can be cleared away
  question       text        NOT NULL,
  normal         text        NOT NULL,
  made_by        text        NOT NULL,  -- the embedder's version
  embedding      halfvec(384),          -- null where it does not know the language
  answer         text        NOT NULL,
  sources        jsonb       NOT NULL,
  written_by     text        NOT NULL,
  prompt_version text        NOT NULL,
  variant        text        NOT NULL,
  conversation   uuid        NOT NULL REFERENCES conversations ON DELETE CASCADE,  -- who asked
  used_at        timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, conditions, normal)
);
CREATE INDEX answer_cache_used ON answer_cache (tenant, used_at);
CREATE INDEX answer_cache_conversation ON answer_cache (conversation);

-- Which customers' messages an entry came from or answered, so that a verdict finds it.
CREATE TABLE answer_cache_uses (
  tenant       text NOT NULL,
  entry        uuid NOT NULL,
  conversation uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  seq          int  NOT NULL,
  PRIMARY KEY (tenant, conversation, seq, entry),
  FOREIGN KEY (tenant, entry) REFERENCES answer_cache ON DELETE CASCADE
);
CREATE INDEX answer_cache_uses_entry ON answer_cache_uses (tenant, entry);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['approved_versions', 'approved_answers', 'approved_questions',
                              'answer_cache', 'answer_cache_uses'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
