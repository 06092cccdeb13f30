"""The web channel: a socket with a cursor, and the demo page."""
