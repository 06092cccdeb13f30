"""Which status and code people's failures have."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from core.http.json import Refused
from handoff.console.errors import CannedRefused, MovedOn, Taken
from handoff.errors import AgentNotFound, HandoffNotFound, MoveRefused, TicketNotFound
from handoff.people.errors import (
    AccountNotFound,
    AccountRefused,
    PasswordRefused,
    SignInRefused,
    TooManyTries,
)

_LATE: dict[type[MoveRefused], str] = {Taken: "taken", MovedOn: "moved_on"}


@contextmanager
def as_refusal() -> Iterator[None]:
    """Turn what people may do wrong into what the API says of it."""
    try:
        yield
    except SignInRefused as wrong:
        raise Refused(401, "wrong_password", str(wrong)) from None
    except TooManyTries as many:
        headers = {"Retry-After": str(ceil(many.retry_after_s))}
        raise Refused(429, "slow_down", str(many), headers=headers) from None
    except (AccountNotFound, AgentNotFound, HandoffNotFound, TicketNotFound) as unknown:
        raise Refused(404, "not_found", str(unknown)) from None
    except (AccountRefused, PasswordRefused, CannedRefused) as refused:
        raise Refused(422, "refused", str(refused)) from None
    except MoveRefused as late:
        raise Refused(409, _LATE.get(type(late), "refused"), str(late)) from None
