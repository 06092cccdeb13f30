-- role --
-- The role that rows of one tenant are used under: a copy names it, and does not bring it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_tenant') THEN
    CREATE ROLE switchboard_tenant NOLOGIN;
  END IF;
  IF NOT pg_has_role(current_user, 'switchboard_tenant', 'MEMBER') THEN
    EXECUTE format('GRANT switchboard_tenant TO %I', current_user);
  END IF;
END
$$;
