"""Turns a conversation into the draft of a ticket: by a model, or by rules where there is none."""
