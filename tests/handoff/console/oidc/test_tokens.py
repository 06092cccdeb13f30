"""Tokens that the issuer did not mean for us, or did not sign: nobody comes in by them."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from handoff.console.guard import COOKIE
from tests.fakes.issuer import Claims, FakeIssuer, new_key
from tests.handoff.console.oidc.issuing import me, sign_in


def without(claim: str) -> Callable[[Claims], Claims]:
    return lambda claims: {name: said for name, said in claims.items() if name != claim}


def with_(**other) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **other}


TWISTS = {
    "another nonce": with_(nonce="x"),
    "no nonce": without("nonce"),
    "another audience": with_(aud="somebody"),
    "audiences of others": with_(aud=["somebody", "switchboar"]),
    "many audiences and no party": with_(aud=["switchboard", "somebody"]),
    "another party": with_(azp="somebody"),
    "no audience": without("aud"),
    "another issuer": with_(iss="https://evil.example"),
    "an issuer that only begins so": lambda claims: {**claims, "iss": claims["iss"] + "/"},
    "no issuer": without("iss"),
    "over": lambda claims: {**claims, "exp": claims["iat"] - 61},
    "never over": without("exp"),
    "an end that is no time": with_(exp="tomorrow"),
    "to come": lambda claims: {**claims, "iat": claims["iat"] + 3_600},
    "not yet good": lambda claims: {**claims, "nbf": claims["iat"] + 3_600},
    "never made": without("iat"),
    "another access token": with_(at_hash="x"),
    "nobody": without("sub"),
    "an empty subject": with_(sub=""),
    "a subject with a zero": with_(sub="a\0b"),
    "a subject that is a number": with_(sub=7),
}


@pytest.mark.parametrize("twist", TWISTS.values(), ids=TWISTS)
async def test_a_token_that_is_not_as_it_must_be_lets_nobody_in(browser, issuer, twist) -> None:
    issuer.twist = twist
    jane = browser()

    assert await sign_in(jane) == "mistrusted"
    assert await me(jane) is None
    assert COOKIE not in {one.key for one in jane.cookie_jar}


def unsigned(issuer: FakeIssuer, claims: Claims) -> str:
    return f"{b64({'alg': 'none'})}.{b64(claims)}."


def with_public_key_as_secret(issuer: FakeIssuer, claims: Claims) -> str:
    return by_hmac(issuer, claims, issuer.keys[0].as_pem(private=False))


def with_client_secret(issuer: FakeIssuer, claims: Claims) -> str:
    return by_hmac(issuer, claims, issuer.client_secret.encode())


def by_hmac(issuer: FakeIssuer, claims: Claims, secret: bytes) -> str:
    said = f"{b64({'alg': 'HS256', 'kid': issuer.keys[0].kid})}.{b64(claims)}"
    mac = hmac.digest(secret, said.encode(), hashlib.sha256)
    return f"{said}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


def with_a_key_of_its_own(issuer: FakeIssuer, claims: Claims) -> str:
    key = new_key("RS256", issuer.keys[0].kid)
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def with_a_key_in_the_header(issuer: FakeIssuer, claims: Claims) -> str:
    key = new_key("RS256", "own")
    header = {"alg": "RS256", "kid": "own", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key)


def with_another_algorithm(issuer: FakeIssuer, claims: Claims) -> str:
    key = RSAKey.import_key(issuer.keys[0].as_pem(private=True))
    header = {"alg": "PS256", "kid": issuer.keys[0].kid}
    return jwt.encode(header, claims, key, algorithms=["PS256"])


def with_other_claims(issuer: FakeIssuer, claims: Claims) -> str:
    head, _, signature = issuer.signed(claims).split(".")
    return f"{head}.{b64({**claims, 'groups': ['it']})}.{signature}"


def b64(said: Claims) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


FORGERIES = [
    unsigned,
    with_public_key_as_secret,
    with_client_secret,
    with_a_key_of_its_own,
    with_a_key_in_the_header,
    with_another_algorithm,
    with_other_claims,
    lambda issuer, claims: "",
    lambda issuer, claims: "a.b.c",
    lambda issuer, claims: b64(claims),
]


@pytest.mark.parametrize("forged", FORGERIES)
async def test_a_token_that_the_issuer_did_not_sign_lets_nobody_in(
    browser, issuer, forged
) -> None:
    issuer.forge = lambda claims: forged(issuer, claims)
    jane = browser()

    assert await sign_in(jane) == "mistrusted"
    assert await me(jane) is None
