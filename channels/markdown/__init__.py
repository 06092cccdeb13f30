"""What bot and agents write, as one tree for every channel.

`parse` makes the `tree`, `slack` and `telegram` make it what their platform can show, `split` cuts
it for the platform's limits; `html`, `plain`, `commonmark`, `mrkdwn` and `telegram` each put it
into one form.
"""
