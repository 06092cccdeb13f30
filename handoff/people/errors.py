"""What can go wrong with accounts; the tree of all is in core/domain/errors.py.

RefusedError
├── AccountNotFound   unknown, of another tenant, or a link that is used up
├── AccountRefused    it cannot be so; the sentence says why
│   ├── AccountDisabled
│   └── AddressTaken  another account has the e-mail address
├── PasswordRefused   too easy
├── SignInRefused     the e-mail address or the password is wrong
└── TooManyTries      not now; `retry_after_s`
"""

from core.domain.errors import RefusedError


class AccountNotFound(RefusedError):
    """There is no such account, or the link was used before."""


class AccountRefused(RefusedError):
    """The account cannot be so."""


class AccountDisabled(AccountRefused):
    """The account is disabled."""


class AddressTaken(AccountRefused):
    """Another account has this e-mail address."""


class PasswordRefused(RefusedError):
    """A password has at least 12 characters, several different ones, and not your own name."""


class SignInRefused(RefusedError):
    """The e-mail address or the password is wrong."""


class TooManyTries(RefusedError):
    """Too many wrong passwords: try again later."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s
