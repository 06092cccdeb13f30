"""What the channels keep."""
