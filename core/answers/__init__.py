"""Answers that need not be written anew: those that a lead has approved, and those kept of late.

`agree` says what two questions must have in common whatever their likeness, `likeness` how near
they are; `approved` and `cache` put both before the writers.
"""
