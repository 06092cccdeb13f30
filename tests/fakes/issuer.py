"""An OpenID provider on loopback: signs its one person in at once, and keeps to the protocol.

It checks client, redirect address, PKCE and that a code is used once; what it says of the person,
and how it lies, is set by the test.
"""

import hashlib
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from yarl import URL

Claims = dict[str, Any]
Twist = Callable[[Claims], Claims]


def new_key(algorithm: str, name: str) -> RSAKey | ECKey:
    """A signing key for RS256 or ES256."""
    if algorithm == "RS256":
        return RSAKey.generate_key(2048, {"kid": name, "alg": algorithm, "use": "sig"})
    return ECKey.generate_key("P-256", {"kid": name, "alg": algorithm, "use": "sig"})


_first_key = cache(partial(new_key, name="first"))
"""Making one takes a while, and whoever wants another one rotates."""


@dataclass
class _Grant:
    """What a code stands for."""

    client: str
    back: str
    nonce: str
    challenge: str


@dataclass
class FakeIssuer:
    """Keeps what it was asked, and who it knows."""

    client_id: str = "switchboard"
    client_secret: str = "p+s/ w:rd"
    algorithm: str = "RS256"
    url: str = ""
    backs: set[str] = field(default_factory=set)
    """Where it may send browsers to."""
    person: Claims = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "email": "Jane@Example.com",
            "email_verified": True,
            "name": "Jane Doe",
            "groups": ["support"],
        }
    )
    userinfo: Claims = field(default_factory=dict)
    """What it says only when it is asked with the access token."""
    says: Claims = field(default_factory=dict)
    """In its configuration, in place of what it would say."""
    twist: Twist = dict
    """What it does to the claims of a token before it signs them."""
    forge: Callable[[Claims], str] | None = None
    """Makes the token in its place."""
    names_itself: bool = True
    careless: bool = False
    """Whether a code is good again and again."""
    denies: str = ""
    """An error in place of a code."""
    status: int = 200
    """Of everything it answers to programs."""
    asked: Counter[str] = field(default_factory=Counter)
    queries: list[Mapping[str, str]] = field(default_factory=list)
    """Of the requests for authorization."""
    grants: dict[str, _Grant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = [_first_key(self.algorithm)]

    def rotate(self) -> None:
        """Sign with a new key, and publish that one alone."""
        self.keys = [new_key(self.algorithm, secrets.token_hex(4))]

    @property
    def configuration(self) -> Claims:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?display=page",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": self.names_itself,
            **self.says,
        }

    def claims(self, nonce: str, access_token: str) -> Claims:
        """What a token says before it is twisted."""
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        return {
            "iss": self.url,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "at_hash": urlsafe_b64encode(half).decode().rstrip("="),
            **self.person,
        }

    def signed(self, claims: Claims) -> str:
        """A token of its own."""
        key = self.keys[0]
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        self.queries.append(query)
        if query.get("client_id") != self.client_id or query["redirect_uri"] not in self.backs:
            return web.Response(status=400, text="unknown client or address")
        back = URL(query["redirect_uri"])
        named = {"iss": self.url} if self.names_itself else {}
        wrong = self.denies
        if not wrong and (
            query.get("response_type") != "code"
            or "openid" not in query.get("scope", "").split()
            or query.get("code_challenge_method") != "S256"
            or not query.get("code_challenge")
        ):
            wrong = "invalid_request"
        if wrong:
            there = back.update_query(error=wrong, state=query["state"], **named)
            return web.Response(status=302, headers={"Location": str(there)})
        code = secrets.token_urlsafe(16)
        self.grants[code] = _Grant(
            query["client_id"], str(back), query["nonce"], query["code_challenge"]
        )
        there = back.update_query(code=code, state=query["state"], **named)
        return web.Response(status=302, headers={"Location": str(there)})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.asked["token"] += 1
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self._knows(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        grant = self.grants.get(form.get("code", ""))
        if not self.careless:
            self.grants.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            grant is None
            or grant.back != form.get("redirect_uri")
            or grant.challenge != urlsafe_b64encode(verifier).decode().rstrip("=")
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        access = secrets.token_urlsafe(16)
        claims = self.twist(self.claims(grant.nonce, access))
        token = self.forge(claims) if self.forge else self.signed(claims)
        body = {"access_token": access, "token_type": "Bearer", "id_token": token}
        return web.json_response(body, status=self.status)

    def _knows(self, request: web.Request, form: Mapping[str, str]) -> bool:
        kind, _, pair = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            client, _, secret = b64decode(pair).decode().partition(":")
            given = unquote_plus(client), unquote_plus(secret)
        else:
            given = form.get("client_id", ""), form.get("client_secret", "")
        return given == (self.client_id, self.client_secret)

    async def _configuration(self, _request: web.Request) -> web.StreamResponse:
        self.asked["configuration"] += 1
        return web.json_response(self.configuration, status=self.status)

    async def _jwks(self, _request: web.Request) -> web.StreamResponse:
        self.asked["jwks"] += 1
        published = [key.as_dict(private=False) for key in self.keys]
        return web.json_response({"keys": published}, status=self.status)

    async def _userinfo(self, request: web.Request) -> web.StreamResponse:
        self.asked["userinfo"] += 1
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return web.Response(status=401)
        return web.json_response({"sub": self.person["sub"], **self.userinfo})

    @asynccontextmanager
    async def open(self) -> AsyncIterator["FakeIssuer"]:
        """Serve until the end of the block."""
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_get("/userinfo", self._userinfo)
        async with TestServer(app) as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self
