"""Documents, passages and postings in Postgres."""
