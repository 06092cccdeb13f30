"""The console's routes over HTTP."""
