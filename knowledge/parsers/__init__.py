"""One parser per kind of file; each returns a Document."""
