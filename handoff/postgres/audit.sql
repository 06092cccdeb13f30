-- head --
-- The end of a tenant's chain, kept from others until the transaction ends; made by the first.
INSERT INTO audit_heads (tenant, seq, mac, before)
VALUES ($1, 0, $2, $2)
ON CONFLICT (tenant) DO UPDATE
   SET seq = audit_heads.seq
RETURNING seq, mac;

-- note --
-- One entry at the end.
WITH noted AS (
  INSERT INTO audit (tenant, seq, at, actor, act, object, detail, mac)
  VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8)
)
UPDATE audit_heads
   SET seq = $2,
       mac = $8
 WHERE tenant = $1;

-- entries --
-- Entries behind one, in order.
SELECT tenant, seq, at, actor, act, object, detail, mac
  FROM audit
 WHERE tenant = $1
   AND seq > $2
 ORDER BY seq
 LIMIT $3;

-- ends --
-- Where a chain begins and ends.
SELECT first, before, seq, mac
  FROM audit_heads
 WHERE tenant = $1;

-- move_first --
-- The chain begins behind the last entry that is older; no row when there is none.
UPDATE audit_heads h
   SET first = last.seq + 1,
       before = last.mac
  FROM (SELECT seq, mac
          FROM audit
         WHERE tenant = $1
           AND at < $2
         ORDER BY seq DESC
         LIMIT 1) AS last
 WHERE h.tenant = $1
   AND last.seq >= h.first
RETURNING h.first;

-- let_go --
-- What lies before the beginning of the chain.
WITH gone AS (
  DELETE FROM audit
   WHERE tenant = $1
     AND seq < $2
  RETURNING seq
)
SELECT count(*)
  FROM gone;
