"""Answers that need not be written anew."""
