"""Passwords: argon2id, in a thread, for it takes tens of milliseconds and 46 MiB on purpose.

Parameters are those that OWASP's password storage cheat sheet names first (2025).
"""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handoff.people.errors import PasswordRefused

LEAST, MOST = 12, 200
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
_AT_ONCE = asyncio.Semaphore(4)
"""More would hold more memory than a small machine has."""
_NOBODYS = _HASHER.hash("nobody has this password")


def checked(password: str, email: str) -> str:
    """The password as it is hashed.

    Raises:
        PasswordRefused: too short, too long, or what anybody would try.
    """
    plain = unicodedata.normalize("NFKC", password)
    if not LEAST <= len(plain) <= MOST or len(set(plain)) < LEAST // 2:
        raise PasswordRefused
    if email.partition("@")[0] in plain.lower() and len(plain) < 2 * LEAST:
        raise PasswordRefused
    return plain


async def hashed(password: str) -> str:
    """What is kept of a password."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_HASHER.hash, password)


async def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password; takes as long where there is none to compare with."""
    plain = unicodedata.normalize("NFKC", password)[:MOST]
    async with _AT_ONCE:
        return await asyncio.to_thread(_verify, plain, kept or _NOBODYS) and kept is not None


def is_old(kept: str) -> bool:
    """Whether it was hashed with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def _verify(password: str, kept: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
