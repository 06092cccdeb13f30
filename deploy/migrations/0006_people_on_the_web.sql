-- A person whom a site vouches for finds their latest conversation on every machine. Nameless
-- visitors come with their own, and are most of the table: they are not in the index.
CREATE INDEX conversations_person ON conversations (tenant, customer, created_at DESC)
 WHERE channel = 'web' AND customer LIKE 'person-%';
