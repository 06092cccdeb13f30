"""What may leave of a model's text.

check.py holds an answer against its passages: claims.py finds the sentences and what they cite,
figures.py, polarity.py and signals.py compare one with its passages, support.py weighs that.
screen.py looks at an answer piece by piece while it is written: canary.py and links.py say what
never leaves.
"""
