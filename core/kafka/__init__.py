"""The event log on Apache Kafka, for more than one machine. Start with event_log.py."""
