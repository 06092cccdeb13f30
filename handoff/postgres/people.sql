-- add --
-- A new account; no row when the address is taken.
INSERT INTO people (id, tenant, email, name, role)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, email) DO NOTHING
RETURNING id, tenant, email, name, role, password, issuer, disabled_at;

-- forget_links --
-- Links of an account that were not used.
DELETE FROM invitations
 WHERE person = $1;

-- link --
-- A link for an account.
INSERT INTO invitations (secret, tenant, person, expires_at)
VALUES ($1, $2, $3, now() + $4::interval);

-- one --
-- An account, kept from others until the transaction ends.
SELECT id, tenant, email, name, role, password, issuer, disabled_at
  FROM people
 WHERE tenant = $1
   AND id = $2
   FOR UPDATE;

-- change --
-- Another role, or whether it is disabled; null leaves it.
UPDATE people
   SET role = coalesce($3, role),
       disabled_at = CASE WHEN $4::boolean IS NULL THEN disabled_at
                          WHEN $4 THEN coalesce(disabled_at, now()) END
 WHERE tenant = $1
   AND id = $2
RETURNING id, tenant, email, name, role, password, issuer, disabled_at;

-- admins --
-- How many could still add people; locked, so that two cannot leave at the same time.
SELECT count(*)
  FROM (SELECT id
          FROM people
         WHERE tenant = $1
           AND role = 'admin'
           AND disabled_at IS NULL
           FOR UPDATE) AS left_over;

-- everyone --
-- All accounts.
SELECT id, tenant, email, name, role, password, issuer, disabled_at
  FROM people
 WHERE tenant = $1
 ORDER BY lower(name), id;

-- by_email --
-- An account that may sign in.
SELECT id, tenant, email, name, role, password, issuer, disabled_at
  FROM people
 WHERE tenant = $1
   AND email = $2
   AND disabled_at IS NULL;

-- vouched --
-- The account that an issuer vouches for, as the issuer says it is now.
INSERT INTO people (id, tenant, issuer, subject, email, name, role)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, issuer, subject) DO UPDATE
   SET email = excluded.email,
       name = excluded.name,
       role = excluded.role
RETURNING id, tenant, email, name, role, password, issuer, disabled_at, old.role AS role_before;

-- hand_over --
-- An account without an issuer is one's from now on; its password, links and sessions end.
WITH given AS (
  UPDATE people
     SET issuer = $2,
         subject = $3,
         password = NULL
   WHERE tenant = $1
     AND email = $4
     AND issuer IS NULL
     AND disabled_at IS NULL
     AND NOT EXISTS (SELECT FROM people
                      WHERE tenant = $1
                        AND issuer = $2
                        AND subject = $3)
  RETURNING id
), unlinked AS (
  DELETE FROM invitations
   USING given
   WHERE invitations.person = given.id
), signed_out AS (
  DELETE FROM sessions
   USING given
   WHERE sessions.person = given.id
)
SELECT id
  FROM given;

-- redeem --
-- A link is used up; its account has the password, and no session.
WITH used AS (
  DELETE FROM invitations
   WHERE secret = $1
     AND tenant = $2
     AND expires_at > now()
  RETURNING person
), signed_out AS (
  DELETE FROM sessions
   USING used
   WHERE sessions.person = used.person
)
UPDATE people
   SET password = $3
  FROM used
 WHERE id = used.person
   AND disabled_at IS NULL
RETURNING id, tenant, email, name, role, password, issuer, disabled_at;

-- keep_password --
-- The same password, hashed anew.
UPDATE people
   SET password = $3
 WHERE tenant = $1
   AND id = $2;

-- begin --
-- A browser is signed in.
INSERT INTO sessions (id, tenant, secret, person, browser)
VALUES ($1, $2, $3, $4, $5)
RETURNING id, made_at, seen_at, browser;

-- session --
-- The session of a cookie; that it was seen is noted once a minute.
WITH found AS (
  SELECT s.id AS session, s.made_at, s.seen_at, s.browser,
         p.id, p.tenant, p.email, p.name, p.role, p.password, p.issuer, p.disabled_at
    FROM sessions s
    JOIN people p
      ON p.id = s.person
   WHERE s.tenant = $1
     AND s.secret = $2
     AND s.seen_at > now() - $3::interval
     AND s.made_at > now() - $4::interval
     AND p.disabled_at IS NULL
), seen AS (
  UPDATE sessions
     SET seen_at = now()
    FROM found
   WHERE sessions.id = found.session
     AND found.seen_at < now() - interval '1 minute'
)
SELECT *
  FROM found;

-- sessions --
-- Where somebody is signed in.
SELECT id, made_at, seen_at, browser
  FROM sessions
 WHERE tenant = $1
   AND person = $2
 ORDER BY seen_at DESC, id;

-- end --
-- One browser less.
DELETE FROM sessions
 WHERE tenant = $1
   AND person = $2
   AND id = $3
RETURNING id;

-- end_all --
-- No browser any more.
DELETE FROM sessions
 WHERE person = $1;
