"""Writers of answers: extraction, and language models."""
