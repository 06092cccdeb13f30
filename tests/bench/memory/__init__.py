"""How much of what was said early in a long conversation a prompt still has, and what it costs."""
