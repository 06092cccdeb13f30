-- alive --
-- Have the server find out within half a minute that the holder's machine is gone.
SELECT set_config('tcp_keepalives_idle', '10', false),
       set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '4', false);

-- take --
-- Wait for the lease; the session has it until it ends.
SELECT pg_advisory_lock($1, hashtext($2));

-- check --
-- Prove that the session is still there.
SELECT 1;
