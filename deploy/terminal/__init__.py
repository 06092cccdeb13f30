"""A chat in the terminal: line (the socket), screen (what is printed), keyboard, conversing."""
