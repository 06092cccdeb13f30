"""One consumer of the inbound topic: many lanes, one conversation each."""
