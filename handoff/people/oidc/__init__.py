"""Signing in with a company's own OpenID provider: code flow with PKCE.

entry      the way in and back (START HERE)
flow       what a browser keeps between the two, sealed
provider   what an issuer is asked: its configuration, keys, tokens
claims     what of an identity token is believed
mapping    who somebody is here
refused    why nobody came in
"""
