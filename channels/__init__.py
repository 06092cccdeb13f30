"""The edges: where customers write, and where answers are shown."""
