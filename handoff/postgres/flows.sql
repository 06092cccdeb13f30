-- use --
-- Notes that a sign-in came back; no row when it did so before. Long past ones go.
WITH past AS (
  DELETE FROM sign_in_flows
   WHERE tenant = $1
     AND ends_at < now() - interval '1 hour'
)
INSERT INTO sign_in_flows (tenant, state, ends_at)
VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
RETURNING state;
