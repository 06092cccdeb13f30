"""Real Apache Kafka brokers on loopback, from Maven's jars, and a proxy that spoils a link."""
