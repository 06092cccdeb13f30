"""What bot and agents write, as one tree for every channel.

`parse` makes the `tree`, `split` cuts it for a channel's limits; `html`, `plain`, `commonmark`,
`mrkdwn` and `telegram` each put it into one platform's form; `partial` is for text that is still
being written.
"""
