"""Actions over HTTP that an operator lets the bot take, as a TOML file declares them.

`read` reads the file, `choose` finds what a turn wants, `call` makes the call, and `toolbox` does
it all for the walk: at most once for what changes something, and only after a yes.
"""
