"""People take over.

What is decided is pure: life and moves (what may become of a request), queue, assignment and plan
(who is asked next), timers and targets (what is due). rounds and due do it, over postgres/.
"""
