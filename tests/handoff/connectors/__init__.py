"""Connectors to trackers."""
