"""People take over."""
