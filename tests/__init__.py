"""Mirrors the packages; contracts/, fakes/, walk/, house/ and bench/ beside."""
