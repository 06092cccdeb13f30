"""Where agents, leads and admins work: their pages, and the API behind them.

guard    who calls, and whether they may (START HERE)
signing  signing in and out, passwords, sessions
oidc     signing in with the company's own sign-in
team     accounts, tokens of programs, the audit log
pages    the built page; ui/ has its source, PROTOCOL.md what it and the routes tell each other
"""
