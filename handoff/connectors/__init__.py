"""Trackers that tickets are told to.

contract (what each one does), mapping (its file), calling (HTTP), one module per product, and work
(what brings a ticket there and its state back).
"""
