"""What customers say: questions mostly, and now and then they ask for a person, or for the bot."""

import random

_ASKED = (
    "How long do parcels to Canada take?",
    "and to Norway?",
    "Can I send something back?",
    "Do you sell elephants?",
)
_PERSON, _BOT = "I would like to talk to a person.", "back to the bot"
_PERSON_SHARE = 0.05
_BOT_SHARE = 0.4
"""Of what is said after a person was asked for."""


def script(name: str, count: int, dice: random.Random) -> list[str]:
    """So many different texts, in the order in which they are said."""
    texts: list[str] = []
    waiting, backs = False, 0
    for n in range(count):
        if waiting and dice.random() < _BOT_SHARE:
            waiting, backs = False, backs + 1
            texts.append(_BOT + "!" * backs)
        elif dice.random() < _PERSON_SHARE:
            waiting = True
            texts.append(f"{_PERSON} ({name}.{n})")
        else:
            texts.append(f"{dice.choice(_ASKED)} ({name}.{n})")
    return texts
