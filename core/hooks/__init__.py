"""An operator's own code in the middle of a turn: bounded in time, kept apart when it fails.

A hook is an object with one or more of these methods, `async` or not. Each returns None where it
changes nothing.

- `before_understanding(turn)`: the customer's messages as they should be read, one text for
  each. What is stored and shown stays as the customer wrote it.
- `before_answer(turn, passages)`: `Ground` values that are added to what search found. What
  search found stays.
- `after_answer(turn, draft)`: the answer's text as it should be sent. The citations stay, and
  unless the operator lets the hook rewrite, so do the words that they cover: sentences and
  markup may be added.

Every change is kept in the record of the turn.
"""
