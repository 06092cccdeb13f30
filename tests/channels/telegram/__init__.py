"""Telegram, against its stand-in."""
