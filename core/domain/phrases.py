"""What the bot says by itself, in the customer's language."""

from collections.abc import Mapping
from string import Formatter
from typing import Self

from core.domain.errors import SettingsInvalid

FALLBACK = "en"
NAMES = (
    "greeting",
    "thanks",
    "goodbye",
    "identity",
    "acknowledgement",
    "offer",
    "apology",
    "decline",
    "decline_plain",
    "handoff",
    "ticket",
    "taken_back",
    "cancel_person",
    "failure",
)
"""Every phrase there must be in English; other languages may lack some."""
_GIVEN_LATER = {"decline": frozenset({"looked_for"})}
_ENDS_WITH_OFFER = ("decline", "decline_plain", "failure")


class Phrases:
    """The bot's own sentences; a language that lacks one gets the English one."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = texts

    @classmethod
    def checked(cls, texts: Mapping[str, Mapping[str, str]], **fixed: str) -> Self:
        """Phrases by language and name, with `{company}` and the like filled in.

        Raises:
            SettingsInvalid: a phrase is missing, unknown, or names what nobody fills in; or
                a decline or a failure does not end with the offer of a person.
        """
        if missing := [name for name in NAMES if name not in texts.get(FALLBACK, {})]:
            raise SettingsInvalid(f"phrases: {FALLBACK} lacks {', '.join(missing)}")
        filled = {
            language: {
                name: _fill(f"phrases: {language}.{name}", name, text, fixed)
                for name, text in named.items()
            }
            for language, named in texts.items()
        }
        for language, named in filled.items():
            offer = named.get("offer", filled[FALLBACK]["offer"])
            for name in _ENDS_WITH_OFFER:
                if name in named and not named[name].endswith(offer):
                    raise SettingsInvalid(f"phrases: {language}.{name} must end with the offer")
        return cls(filled)

    def say(self, name: str, language: str, **values: str) -> str:
        """The phrase of this name.

        Args:
            name: One of `NAMES`.
            language: BCP 47 primary tag; any other text gets English.
            **values: What the phrase is completed with: `looked_for`, for a decline.
        """
        text = self._texts.get(language, {}).get(name) or self._texts[FALLBACK][name]
        for field, value in values.items():
            text = text.replace("{" + field + "}", value)
        return text

    def offers_person(self, text: str) -> bool:
        """Whether the text, once said by the bot, ends with the offer of a person."""
        return any(
            text.rstrip().endswith(named["offer"])
            for named in self._texts.values()
            if "offer" in named
        )


def _fill(where: str, name: str, text: str, fixed: Mapping[str, str]) -> str:
    if name not in NAMES:
        raise SettingsInvalid(f"{where} is not a phrase; there are {', '.join(NAMES)}")
    later = _GIVEN_LATER.get(name, frozenset())
    fields = _fields(where, text)
    if unknown := fields - later - set(fixed):
        known = ", ".join(sorted({*fixed, *later}))
        raise SettingsInvalid(f"{where} names {{{min(unknown)}}}; it may name {known}")
    if missing := later - fields:
        raise SettingsInvalid(f"{where} must name {{{min(missing)}}}")
    for field in fields - later:
        text = text.replace("{" + field + "}", fixed[field])
    return text.strip()


def _fields(where: str, text: str) -> set[str]:
    try:
        return {field for _, field, _, _ in Formatter().parse(text) if field is not None}
    except ValueError as broken:
        raise SettingsInvalid(f"{where} has a brace that does not close") from broken
