"""The socket and the page."""
