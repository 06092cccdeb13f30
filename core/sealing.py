"""Secrets as they may lie in a database: encrypted, with the key elsewhere."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.domain.errors import SetupError


class Seal:
    """Encrypts with the first key, and reads what any of the keys encrypted.

    Fernet (AES-128-CBC with HMAC-SHA256): what was changed, or was written for something else,
    is not read. https://github.com/fernet/spec
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys: 32 bytes each, in URL-safe Base64.

        Raises:
            SetupError: one of them is no key.
        """
        try:
            self._keys = [Fernet(key) for key in keys]
        except ValueError as wrong:
            raise SetupError(
                "channels.secret_keys: a key is 32 random bytes in URL-safe Base64;"
                " `switchboard config key` makes one"
            ) from wrong

    def close(self, words: bytes, owner: str) -> bytes:
        """The words, encrypted for their owner.

        Raises:
            SetupError: there is no key.
        """
        return self._fernet().encrypt(owner.encode() + b"\0" + words)

    def open(self, sealed: bytes, owner: str) -> bytes:
        """The counterpart of `close`.

        Raises:
            SetupError: there is no key that opens it, or it is somebody else's.
        """
        try:
            whose, _, words = self._fernet().decrypt(sealed).partition(b"\0")
        except InvalidToken as wrong:
            raise SetupError(
                f"the secrets of {owner} cannot be read: channels.secret_keys lacks the key they"
                " were encrypted with"
            ) from wrong
        if whose != owner.encode():
            raise SetupError(f"the secrets of {owner} are another account's")
        return words

    def _fernet(self) -> MultiFernet:
        if not self._keys:
            raise SetupError(
                "channels.secret_keys is empty, and accounts need a key to encrypt their secrets"
                " with: `switchboard config key` makes one"
            )
        return MultiFernet(self._keys)


def new_key() -> str:
    """A fresh one."""
    return Fernet.generate_key().decode()
