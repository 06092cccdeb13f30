"""Calls to the outside that may lead where an operator did not mean them to."""
