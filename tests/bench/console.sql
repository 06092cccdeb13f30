-- conversations --
-- So many conversations of two years, some of which wait for people or talk with them.
INSERT INTO conversations (id, tenant, channel, customer, address, seq, covered, owner, agent, epoch,
                           language, created_at, active_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       'default',
       (ARRAY['web', 'web', 'web', 'telegram', 'slack', 'api'])[1 + n % 6],
       'customer-' || n % ($1::int / 4 + 1),
       n::text,
       3,
       3,
       CASE WHEN n > $2 THEN 'bot' WHEN n % 5 < 2 THEN 'queue' ELSE 'agent' END,
       CASE WHEN n <= $2 AND n % 5 >= 2
            THEN ('00000000-0000-7000-9000-' || lpad(to_hex(n % 50), 12, '0'))::uuid END,
       CASE WHEN n > $2 THEN 0 WHEN n % 5 < 2 THEN 1 ELSE 2 END,
       CASE WHEN n % 1000 = 0 THEN 'sv' WHEN n % 3 = 0 THEN 'zh' ELSE 'en' END,
       now() - n * interval '730 days' / $1::int,
       now() - n * interval '730 days' / $1::int
  FROM generate_series(1, $1::int) AS n;

-- messages --
-- Three messages in each.
INSERT INTO messages (conversation, seq, tenant, author, text, epoch, at)
SELECT c.id, s.seq, 'default', s.author,
       s.text || ' ' || c.address, 0, c.active_at - (3 - s.seq) * interval '20 s'
  FROM conversations AS c
 CROSS JOIN (VALUES (1, 'customer', 'Where is my parcel, it was to be here on Friday, order'),
                    (2, 'bot', 'Parcels take three to five business days, says the page on delivery'),
                    (3, 'customer', 'That does not help me, I want to talk with a person about'))
       AS s (seq, author, text);

-- handoffs --
-- One open request for each that people have, and one that is over for some of the others.
INSERT INTO handoffs (id, tenant, conversation, channel, customer, state, agent, epoch, reason,
                      requested_at, ended_at)
SELECT gen_random_uuid(), 'default', id, channel, customer,
       CASE owner WHEN 'queue' THEN 'queued' WHEN 'agent' THEN 'active' ELSE 'wrapped_up' END,
       CASE WHEN owner = 'bot' THEN '00000000-0000-7000-9000-000000000001'::uuid ELSE agent END,
       epoch, 'asked for a person', active_at,
       CASE WHEN owner = 'bot' THEN active_at END
  FROM conversations
 WHERE owner <> 'bot'
    OR address::int % 10 = 0;
