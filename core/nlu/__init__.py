"""Language, intent and emotion of a turn: what fills the Understander port.

understand.py (START HERE) composes language.py and smalltalk.py (patterns in smalltalk.toml);
words.py cuts text into comparable terms; phrases.py loads what the bot says by itself. emotion/
tells feelings, frustration.py follows them through a conversation.
"""
