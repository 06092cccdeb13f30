"""Values only: no I/O, no clock, nothing that waits."""
