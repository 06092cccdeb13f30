"""The walk: what happens to a customer's message, step by step. Start with walk.py."""
