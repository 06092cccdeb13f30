"""HTTP as every neighbour speaks it: JSON in and out, one form of errors, documented routes."""
