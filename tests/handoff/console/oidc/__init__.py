"""Coming in by a company's own sign-in, over HTTP."""
