"""What is kept of a conversation: facts in the words in which they were said, and a summary.

`window` says what of a conversation a prompt shows word by word, and what is remembered of the
rest; `told` says the latter as a text. Both are pure. `keeper` writes summaries anew, beside the
turns.
"""
