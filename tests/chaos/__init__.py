"""Runs the product under faults, and judges afterwards what clients sent and saw."""
