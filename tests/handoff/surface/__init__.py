"""What agents do in a chat of their own, the pure parts of it."""
