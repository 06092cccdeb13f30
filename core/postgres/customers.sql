-- profile --
-- Who a customer is, as their channel says and an operator has noted.
SELECT jsonb_build_object('told', told, 'noted', noted)
  FROM customers
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3;

-- tell --
-- What their channel says of them, where it is not what it said before.
INSERT INTO customers (tenant, channel, customer, told)
SELECT $1, $2, $3, $4::jsonb
 WHERE coalesce((SELECT told
                   FROM customers
                  WHERE tenant = $1
                    AND channel = $2
                    AND customer = $3), '{}') <> $4::jsonb
ON CONFLICT (tenant, channel, customer) DO UPDATE
   SET told = excluded.told,
       changed_at = now();

-- note --
-- Attributes by an operator: these, without the names that are taken back.
INSERT INTO customers AS k (tenant, channel, customer, noted)
VALUES ($1, $2, $3, $4::jsonb)
ON CONFLICT (tenant, channel, customer) DO UPDATE
   SET noted = (k.noted || excluded.noted) - $5::text[],
       changed_at = now()
RETURNING jsonb_build_object('told', told, 'noted', noted);

-- forget_profile --
-- Who they are is not known any more.
DELETE FROM customers
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3;

-- keep --
-- Keep facts about the customer where tenant and customer want it: of what was said since the
-- consent, until the tenant's days are over. The row's lock makes who has it forgotten wait, and
-- clear this away as well.
WITH here AS MATERIALIZED (
  SELECT id, tenant, channel, customer, resolved
    FROM conversations
   WHERE id = $1
     FOR SHARE
)
INSERT INTO customer_facts (tenant, channel, customer, text, kind, conversation, seq, consent_at,
                            expires_at)
SELECT DISTINCT ON (f.text) c.tenant, c.channel, c.customer, f.text, f.kind, c.id, f.seq, s.at,
       now() + make_interval(days => t.facts_days)
  FROM here c
  JOIN tenants t
    ON t.id = c.tenant
   AND t.facts_days IS NOT NULL
  JOIN consents s
    ON s.tenant = c.tenant
   AND s.channel = c.channel
   AND s.customer = c.customer
 CROSS JOIN unnest($2::text[], $3::text[], $4::int[]) AS f (text, kind, seq)
  JOIN messages m
    ON m.conversation = c.id
   AND m.seq = f.seq
   AND m.at >= s.at
 WHERE f.seq > c.resolved
 ORDER BY f.text, f.seq DESC
ON CONFLICT (tenant, channel, customer, text) DO UPDATE
   SET expires_at = excluded.expires_at;

-- expire --
-- Let go of the facts about customers whose time is over.
DELETE FROM customer_facts
 WHERE tenant = $1
   AND expires_at <= now();

-- consent --
-- A customer agrees that facts about them are kept.
INSERT INTO consents (tenant, channel, customer)
VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING;

-- withdraw --
-- A customer no longer agrees: the facts go with the consent.
DELETE FROM consents
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3;

-- end_all --
-- End every talk of a customer, so that nothing said so far is summarised again.
UPDATE conversations
   SET resolved = seq
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3
RETURNING id;

-- end_one --
-- The same of one conversation.
UPDATE conversations
   SET resolved = seq
 WHERE id = $1
RETURNING id;

-- forget --
-- Every version of what was remembered of these conversations, and what was still to be.
WITH waiting AS (
  DELETE FROM jobs
   WHERE kind = 'ended-talk'
     AND split_part(key, '/', 1)::uuid = ANY ($1::uuid[])
)
DELETE FROM memories
 WHERE conversation = ANY ($1::uuid[]);

-- forget_facts --
-- The facts that come from these conversations.
DELETE FROM customer_facts
 WHERE conversation = ANY ($1::uuid[]);

-- erase --
-- The conversations themselves, and with each all that belongs to it.
DELETE FROM conversations
 WHERE id = ANY ($1::uuid[]);

-- known --
-- The facts that are kept about a customer.
SELECT text, kind, conversation, seq, consent_at, expires_at
  FROM customer_facts
 WHERE tenant = $1
   AND channel = $2
   AND customer = $3
   AND expires_at > now()
 ORDER BY conversation, seq, text;

-- talks --
-- A customer's conversations with the latest version of what is remembered of each.
SELECT c.id AS conversation, c.seq, c.resolved, c.active_at, k.version, k.upto, k.written_by
  FROM conversations c
  LEFT JOIN LATERAL (
    SELECT version, upto, written_by
      FROM memories
     WHERE conversation = c.id
     ORDER BY version DESC
     LIMIT 1
  ) k ON true
 WHERE c.tenant = $1
   AND c.channel = $2
   AND c.customer = $3
 ORDER BY c.active_at;

-- keep_days --
-- How long the tenant keeps facts about customers; null keeps none.
UPDATE tenants
   SET facts_days = $2
 WHERE id = $1
RETURNING id;

-- forget_tenant --
-- Whatever is kept about customers of a tenant that keeps nothing any more.
DELETE FROM customer_facts
 WHERE tenant = $1;
