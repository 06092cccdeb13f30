"""Slack: what comes from it, and what goes there."""
