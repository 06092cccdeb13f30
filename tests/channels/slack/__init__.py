"""Slack: parsing, taking, sending, streaming."""
