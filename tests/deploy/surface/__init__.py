"""Agents at work on a played Slack, over the whole way."""
