"""Moves outbox rows to their topics, in order."""
