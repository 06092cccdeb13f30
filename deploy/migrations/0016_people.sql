-- Who works here, what they come in with, and what they did.

CREATE TABLE people (
  id          uuid        PRIMARY KEY,
  tenant      text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  email       text        NOT NULL CHECK (email = lower(email) AND email LIKE '%_@_%'),
  name        text        NOT NULL CHECK (name <> ''),
  role        text        NOT NULL CHECK (role IN ('agent', 'lead', 'admin')),
  password    text,                 -- argon2id; null until it is set, or where an issuer vouches
  issuer      text,                 -- who vouches, and for whom
  subject     text,
  made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  disabled_at timestamptz,
  UNIQUE (tenant, email),
  UNIQUE (tenant, issuer, subject),
  CHECK ((issuer IS NULL) = (subject IS NULL))
);

-- Browsers in which somebody is signed in, by the digest of their cookie.
CREATE TABLE sessions (
  id      uuid        PRIMARY KEY,
  tenant  text        NOT NULL,
  secret  bytea       NOT NULL UNIQUE,
  person  uuid        NOT NULL REFERENCES people ON DELETE CASCADE,
  browser text        NOT NULL DEFAULT '',
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sessions_person ON sessions (person);

-- Links that set a password, once: for whoever is new, and whoever forgot it.
CREATE TABLE invitations (
  secret     bytea       PRIMARY KEY,
  tenant     text        NOT NULL,
  person     uuid        NOT NULL REFERENCES people ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX invitations_person ON invitations (person);

CREATE TABLE api_tokens (
  id         uuid        PRIMARY KEY,
  tenant     text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  secret     bytea       NOT NULL UNIQUE,
  name       text        NOT NULL CHECK (name <> ''),
  scopes     text[]      NOT NULL CHECK (scopes <> '{}'),
  made_by    text        NOT NULL,
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  used_at    timestamptz,
  revoked_at timestamptz
);

-- Passwords that were wrong, by account and by address, as digests.
CREATE TABLE sign_in_failures (
  tenant   text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  key      bytea       NOT NULL,
  failures int         NOT NULL,
  last_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant, key)
);

-- What people and programs did. Each entry is sealed with the one before it; nothing is changed,
-- and only the oldest are let go, when `audit_heads.first` has moved over them.
CREATE TABLE audit (
  tenant text        NOT NULL REFERENCES tenants,
  seq    bigint      NOT NULL,
  at     timestamptz NOT NULL,
  actor  text        NOT NULL,
  act    text        NOT NULL,
  object text        NOT NULL,
  detail jsonb       NOT NULL,
  mac    bytea       NOT NULL,
  PRIMARY KEY (tenant, seq)
);
CREATE TABLE audit_heads (
  tenant text   PRIMARY KEY REFERENCES tenants,
  seq    bigint NOT NULL,  -- of the last entry
  mac    bytea  NOT NULL,
  first  bigint NOT NULL DEFAULT 1,  -- entries before it were let go
  before bytea  NOT NULL   -- what the first one was sealed with
);

CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.seq < (SELECT first FROM audit_heads WHERE tenant = OLD.tenant) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'an entry of the audit log is not changed';
END
$$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit
   FOR EACH ROW EXECUTE FUNCTION audit_stays();

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['people', 'sessions', 'invitations', 'api_tokens', 'sign_in_failures',
                              'audit', 'audit_heads'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %I TO switchboard_tenant'
                   ' USING (tenant = current_setting(''app.tenant'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO switchboard_tenant', name);
  END LOOP;
END
$$;
GRANT UPDATE, DELETE ON people, sessions, invitations, api_tokens, sign_in_failures TO switchboard_tenant;
GRANT UPDATE ON audit_heads TO switchboard_tenant;
GRANT DELETE ON audit TO switchboard_tenant;
