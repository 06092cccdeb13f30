-- welcome --
-- A fresh token becomes a visitor's.
INSERT INTO visitors (tenant, token, customer)
VALUES ($1, $2, $3);

-- recognise --
-- Whose token it is; remembers that it was used, at most once a day.
WITH known AS (
  SELECT tenant, token, customer, seen_at
    FROM visitors
   WHERE tenant = $1
     AND token = $2
), used AS (
  UPDATE visitors v
     SET seen_at = now()
    FROM known
   WHERE v.tenant = known.tenant
     AND v.token = known.token
     AND known.seen_at < now() - interval '1 day'
)
SELECT customer
  FROM known;

-- latest --
-- The conversation that a person began last; the second condition is the index's own.
SELECT id
  FROM conversations
 WHERE tenant = $1
   AND customer = $2
   AND channel = 'web'
   AND customer LIKE 'person-%'
 ORDER BY created_at DESC
 LIMIT 1;
