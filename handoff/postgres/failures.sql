-- failed --
-- One more wrong password; after a quiet day counting begins anew.
INSERT INTO sign_in_failures AS f (tenant, key, failures, last_at)
SELECT $1, key, 1, now()
  FROM unnest($2::bytea[]) AS key
ON CONFLICT (tenant, key) DO UPDATE
   SET failures = CASE WHEN f.last_at > now() - interval '1 day' THEN f.failures + 1 ELSE 1 END,
       last_at = now();

-- waits --
-- Seconds until the next try: none for the first tries, then doubling from one to fifteen minutes.
SELECT max(greatest(extract(epoch FROM last_at - now())
                    + least(30 * 2 ^ (failures - allowed + 1), 900), 0))
  FROM sign_in_failures
  JOIN unnest($2::bytea[], $3::int[]) AS tried (key, allowed)
 USING (key)
 WHERE tenant = $1
   AND failures >= allowed;

-- forget --
-- The right password came.
DELETE FROM sign_in_failures
 WHERE tenant = $1
   AND key = $2;
