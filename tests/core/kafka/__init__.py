"""The event log on Kafka, beyond what every backend does."""
