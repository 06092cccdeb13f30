"""Accounts, sessions, tokens, and the chain of what was done."""
