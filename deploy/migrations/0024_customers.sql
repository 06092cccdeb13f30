-- Who customers are: what their channel says of them, and what an operator has noted. Of whom
-- nothing is known there is no row.
CREATE TABLE customers (
  tenant     text        NOT NULL REFERENCES tenants ON DELETE CASCADE,
  channel    text        NOT NULL,
  customer   text        NOT NULL,
  told       jsonb       NOT NULL DEFAULT '{}',  -- by the channel: name, username, email, attributes
  noted      jsonb       NOT NULL DEFAULT '{}',  -- attributes by an operator, before what is told
  name       text        GENERATED ALWAYS AS
    (coalesce(nullif(told->>'name', ''), told->>'username', '')) STORED,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, channel, customer)
);
CREATE INDEX customers_email ON customers (tenant, lower(told->>'email'))
 WHERE told->>'email' <> '';
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON customers TO switchboard_tenant
 USING (tenant = current_setting('app.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO switchboard_tenant;

-- What people call a customer; empty where nobody has said it.
CREATE FUNCTION customer_name(text, text, text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT name
                     FROM customers
                    WHERE tenant = $1
                      AND channel = $2
                      AND customer = $3), '')
$$;
