-- outbox --
-- How much waits for a topic, and for how long the oldest of it.
SELECT count(*) AS rows,
       coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS age_s
  FROM outbox;
