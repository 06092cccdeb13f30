"""One talk from a question to a rating, in three browsers at once."""
