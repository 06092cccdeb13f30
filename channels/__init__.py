"""The edges: where customers write, and where answers are shown.

contract.py says what a channel is; gateway.py assembles the HTTP application; dispatcher.py brings
stored messages out. web/ and api/ are channels that pull: what they show is the transcript.
"""
