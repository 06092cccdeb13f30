"""The only folder that knows all others: command line, settings, wiring, processes."""
