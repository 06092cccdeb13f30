"""What a customer has said: the only place that a call's arguments may come from."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.conversation import TurnContext
from core.schema import validator
from core.tools.tool import Tool, plain

_PIECES = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]")
_LONGEST = 4_000
"""Characters of one message that are searched."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The customer's own messages, the last ones first."""

    texts: tuple[str, ...]

    def hold(self, value: object, form: Mapping[str, Any]) -> bool:
        """Whether the customer said this value; it may be spaced or written otherwise.

        A value out of an operator's list needs not be said word for word.
        """
        if isinstance(value, bool) or "enum" in form or "const" in form:
            return True
        if isinstance(value, list):
            return all(self.hold(one, form.get("items", {})) for one in value)
        if not isinstance(value, str | int | float):
            return False
        wanted = _pieces(plain(value))
        return bool(wanted) and any(_runs(_pieces(text), "".join(wanted)) for text in self.texts)

    def take(self, tool: Tool, known: Mapping[str, object]) -> dict[str, object]:
        """The arguments that the tool's patterns find, beside those that are known."""
        found = dict(known)
        for name, pattern in tool.takes.items():
            form = tool.schema["properties"][name]
            for text in self.texts:
                groups = (match.group(match.re.groups and 1) for match in
                          pattern.finditer(text[:_LONGEST]))  # fmt: skip
                values = [fitting(group, form) for group in groups if group]
                if taken := [value for value in values if value is not None]:
                    found[name] = taken[-1]
                    break
        return found

    def own(self, tool: Tool, arguments: Mapping[str, object]) -> dict[str, object]:
        """Those of the arguments that fit and that the customer gave."""
        forms = tool.schema["properties"]
        return {
            name: value
            for name, value in arguments.items()
            if name in forms
            and validator(forms[name]).is_valid(value)
            and self.hold(value, forms[name])
        }


def said_now(context: TurnContext) -> OwnWords:
    """What the turn answers."""
    return OwnWords(tuple(message.text for message in reversed(context.waiting)))


def said_so_far(context: TurnContext) -> OwnWords:
    """All that the turn knows of what the customer said."""
    return OwnWords((*said_now(context).texts, *reversed(context.questions_before)))


def _pieces(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    return _PIECES.findall(folded)


def _runs(pieces: Iterable[str], wanted: str) -> bool:
    """Whether neighbouring pieces make up the wanted letters, no more and no less."""
    rests: list[str] = []
    for piece in pieces:
        rests = [
            rest[len(piece) :] for rest in (*rests, wanted) if rest and rest.startswith(piece)
        ]
        if "" in rests:
            return True
    return False


def fitting(text: str, form: Mapping[str, Any]) -> object:
    """What the schema takes of a text that was found; None where it takes nothing of it."""
    values: list[object] = [text, text.upper(), text.lower()]
    if form.get("type") in {"integer", "number"}:
        number = text.replace(",", "")
        if re.fullmatch(r"-?\d+(\.\d+)?", number, re.ASCII):
            values = [float(number) if "." in number else int(number)]
    checks = validator(form)
    return next((value for value in values if checks.is_valid(value)), None)
