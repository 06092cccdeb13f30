"""Other desks hear of handoffs."""
