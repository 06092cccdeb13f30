"""How well feelings are told: `python -m tests.bench.emotion`, and the training of the head.

train     learns the head that ships from GoEmotions: `python -m tests.bench.emotion.train`
measure   what it reaches on the test split (START HERE)
labelled  the set, its splits, and its texts' vectors
logistic  logistic regression on sparse and on dense rows
"""
