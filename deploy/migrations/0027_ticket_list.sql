-- The list of one's own tickets, newest first. All of them are read in the order of their numbers,
-- and those that are not done by the index that finds a customer's.
CREATE INDEX tickets_assignee ON tickets (tenant, assignee, number DESC);
