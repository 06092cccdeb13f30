"""Why nobody came in by way of an issuer."""

from enum import StrEnum


class Why(StrEnum):
    """What the sign-in page is told; `SENTENCES` is what people read."""

    UNKNOWN = "unknown"
    LATE = "late"
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"
    MISTRUSTED = "mistrusted"
    EMAIL = "email"
    ROLE = "role"
    TAKEN = "taken"
    DISABLED = "disabled"


SENTENCES: dict[Why, str] = {
    Why.UNKNOWN: "There is no such sign-in.",
    Why.LATE: "The sign-in took too long or was begun in another browser. Please begin again.",
    Why.CANCELLED: "The sign-in was cancelled, or your company's sign-in refused it.",
    Why.UNAVAILABLE: "Your company's sign-in does not answer. Please try again in a moment.",
    Why.MISTRUSTED: "The answer of your company's sign-in could not be trusted. Ask your admin.",
    Why.EMAIL: "Your company's sign-in names no e-mail address that may come in here.",
    Why.ROLE: "Your company's sign-in gives you no role here. Ask your admin.",
    Why.TAKEN: "Another account has your e-mail address. Ask your admin.",
    Why.DISABLED: "Your account is disabled. Ask your admin.",
}


class EntryRefused(Exception):
    """Nobody came in.

    Args:
        why: for whoever wanted to.
        detail: for the log of the operator, in words of ours only.
    """

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(SENTENCES[why])
        self.why = why
        self.detail = detail
