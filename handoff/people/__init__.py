"""Who works here: accounts, what they may do, how they come in, and what they did.

roles      what each role may do (START HERE)
account    the values: an account, a session, a token of a program
passwords  argon2id
doors      signing in, with a lock on what is tried too often
oidc       signing in with a company's own OpenID provider
audit      the chain of all that was done
"""
