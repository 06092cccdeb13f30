-- settle --
-- Make a connection a relay's: it is counted among them, reads the queue by its index, and is
-- ended by the server when nothing was heard of it for so long.
SELECT pg_advisory_lock_shared($1, 0),
       set_config('idle_session_timeout', $2, false),
       set_config('enable_seqscan', 'off', false),
       set_config('enable_bitmapscan', 'off', false),
       set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('jit', 'off', false);

-- holdings --
-- Every relay, by the process of its connection, with the lanes it has.
SELECT relay.pid, array_remove(array_agg(lane.objid::int), NULL) AS lanes
  FROM pg_locks AS relay
  LEFT JOIN pg_locks AS lane
    ON lane.locktype = 'advisory'
   AND lane.database = relay.database
   AND lane.classid = $1::int::oid
   AND lane.objsubid = 2
   AND lane.granted
   AND lane.pid = relay.pid
 WHERE relay.locktype = 'advisory'
   AND relay.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND relay.classid = $2::int::oid
   AND relay.objid = 0
   AND relay.objsubid = 2
   AND relay.granted
 GROUP BY relay.pid;

-- take --
-- Those of these lanes that nobody has.
SELECT lane
  FROM unnest($2::int[]) AS lane
 WHERE pg_try_advisory_lock($1, lane);

-- give_back --
-- Let others have these lanes.
SELECT pg_advisory_unlock($1, lane)
  FROM unnest($2::int[]) AS lane;
