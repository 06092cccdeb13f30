"""Postgres: connections, the stores, the event log; each module's SQL lies beside it."""
