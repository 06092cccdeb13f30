"""What the channels keep in Postgres: visitors, threads, ratings, deliveries."""
