"""Handoffs, agents, practices and jobs in Postgres."""
