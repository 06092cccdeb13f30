"""The HTTP API: chat, feedback, and the OpenAI-compatible face."""
