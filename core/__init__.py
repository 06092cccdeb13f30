"""The conversation. Knows no neighbour.

domain/ are the values, ports.py is what the core needs from outside, turn/walk.py is the way of
one message (start there); the remaining folders are adapters and processes.
"""
