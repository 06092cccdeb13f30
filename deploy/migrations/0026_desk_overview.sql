-- The lead's view: a day's requests for a person, found without a look at all others.
CREATE INDEX handoffs_requested ON handoffs (tenant, requested_at);
