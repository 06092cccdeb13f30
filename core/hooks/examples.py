"""Two hooks to use, or to begin one's own with.

[[core.hooks]]
use = "highlight"
options = { terms = { default = ["Harbour Card"] } }
"""

import re
from collections.abc import Mapping, Sequence

from core.domain.answers import Draft
from core.hooks.turn import HookTurn

_MARKED = re.compile(r"\*\*.+?\*\*|`.+?`|\[.+?\]\(.+?\)|https?://\S+", re.DOTALL)


class Highlight:
    """Sets a company's own terms in bold, each where an answer first uses it.

    Args:
        terms: by tenant, in any order; a longer one goes before one that is a part of it.
    """

    def __init__(self, terms: Mapping[str, Sequence[str]]) -> None:
        self._patterns = {
            tenant: [_pattern(term) for term in sorted(own, key=len, reverse=True) if term.strip()]
            for tenant, own in terms.items()
        }

    def after_answer(self, turn: HookTurn, draft: Draft) -> str | None:
        """The text with `**` around the first use of each term."""
        text = draft.text
        for pattern in self._patterns.get(turn.tenant, ()):
            marked = [match.span() for match in _MARKED.finditer(text)]
            for match in pattern.finditer(text):
                start, end = match.span()
                if not any(start < last and first < end for first, last in marked):
                    text = f"{text[:start]}**{text[start:end]}**{text[end:]}"
                    break
        return text if text != draft.text else None


class Disclaimer:
    """Ends an answer with a sentence of the company's.

    Args:
        texts: by language, with `en` for every other one.
        intents: with these only; empty is with every answer.
    """

    def __init__(self, texts: Mapping[str, str], intents: Sequence[str] = ()) -> None:
        if not texts.get("en"):
            raise ValueError("a disclaimer needs its English sentence")
        self._texts = texts
        self._intents = frozenset(intents)

    async def after_answer(self, turn: HookTurn, draft: Draft) -> str | None:
        """The text with the sentence under it, once."""
        said = self._texts.get(turn.language) or self._texts["en"]
        if (self._intents and turn.intent not in self._intents) or said in draft.text:
            return None
        return f"{draft.text}\n\n_{said}_"


def _pattern(term: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, term.split()))
    latin = term.isascii()
    return re.compile(rf"(?<!\w){words}(?!\w)" if latin else words, re.IGNORECASE)
