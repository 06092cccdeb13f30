"""Other desks hear of handoffs by signed calls; what they are told is in README.md.

Where: endpoint.py; what: body.py; how it gets there: telling.py.
"""
