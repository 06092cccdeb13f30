"""Brings a talk into the forms that models take: fewer roles, or none."""

from itertools import groupby

from core.models.ports import Said, Talk

_NAMES = {"user": "User", "assistant": "Assistant"}


def rules(talk: Talk) -> str:
    """What stands in the system's parts, as one text; empty when there are none."""
    return "\n\n".join(said.text for said in talk if said.role == "system")


def alternating(talk: Talk) -> Talk:
    """Users' and assistants' parts alone, in turn, a user's first."""
    spoken = [said for said in talk if said.role != "system"]
    if not spoken or spoken[0].role == "assistant":
        spoken.insert(0, Said(role="user", text="(The talk begins.)"))
    return tuple(
        Said(role=role, text="\n\n".join(said.text for said in parts))
        for role, parts in groupby(spoken, key=lambda said: said.role)
    )


def without_system(talk: Talk) -> Talk:
    """The rules at the head of the first user's part, for templates that know no system."""
    first, *rest = alternating(talk)
    ruled = "\n\n".join(filter(None, (rules(talk), first.text)))
    return (Said(role="user", text=ruled), *rest)


def plain(talk: Talk) -> str:
    """One text for models that were never taught to talk; they go on where it ends."""
    parts = [
        f"{_NAMES[said.role]}: {said.text}" if said.role in _NAMES else said.text for said in talk
    ]
    return "\n\n".join((*parts, f"{_NAMES['assistant']}:"))
