"""What is on the topics, versioned: the only JSON of the core."""
