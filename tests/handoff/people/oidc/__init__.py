"""Signing in by way of an issuer."""
