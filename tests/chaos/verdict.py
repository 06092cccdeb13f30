"""Judges a history: what was lost, doubled, reordered, skipped, unanswered or answered twice."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from tests.chaos.history import Shown, Talk


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken promise."""

    kind: str
    conversation: str
    what: str


KINDS = (
    "lost",  # accepted, and not in the transcript where it was said to be
    "doubled",  # said once, stored twice
    "reordered",  # stored in another order than it was said
    "gap",  # the numbers of a transcript are not 1, 2, 3, ...
    "changed",  # a message was shown as something else than the transcript holds
    "unanswered",  # no turn covers it
    "answered_twice",  # two turns cover it, or a turn said more than one thing
    "bot_after_handover",  # the bot spoke when it no longer owned the conversation
    "undelivered",  # stored, and not shown by the platform it was to be sent to
    "delivered_twice",  # shown there more often than the ledger knows a reason for
    "delivered_late",  # shown there behind a later message
)


def judge(talks: Iterable[Talk]) -> list[Fault]:
    """All faults of all conversations; an empty list is what we promise."""
    return [fault for talk in talks for fault in _faults(talk)]


def report(talks: Sequence[Talk], faults: Sequence[Fault]) -> dict[str, object]:
    """The verdict as JSON: counts by kind, and the first faults in full."""
    counts = Counter(fault.kind for fault in faults)
    return {
        "conversations": len(talks),
        "said": sum(len(talk.said) for talk in talks),
        "accepted": sum(s.accepted is not None for talk in talks for s in talk.said),
        "turns": sum(len(talk.turns) for talk in talks),
        "posted": sum(len(talk.posted) for talk in talks),
        "unknown_sends": sum(talk.unknown.total() for talk in talks),
        "shown_again_after_unknown": sum(sum(_times(talk).values()) for talk in talks),
        "taken_by_agents": sum(len(talk.taken) for talk in talks),
        **{kind: counts[kind] for kind in KINDS},
        "first_faults": [asdict(fault) for fault in faults[:20]],
        "verdict": "broken" if faults else "held",
    }


def _faults(talk: Talk) -> Iterable[Fault]:
    for kind, check in (
        ("lost", _lost),
        ("doubled", _doubled),
        ("reordered", _reordered),
        ("gap", _gaps),
        ("changed", _changed),
        ("unanswered", _unanswered),
        ("answered_twice", _answered_twice),
        ("bot_after_handover", _after_handover),
        ("undelivered", _undelivered),
        ("delivered_twice", _delivered_twice),
        ("delivered_late", _delivered_late),
    ):
        for what in check(talk):
            yield Fault(kind, talk.conversation, what)


def _customers(talk: Talk) -> dict[int, str]:
    return {m.seq: m.text for m in talk.transcript if m.author == "customer"}


def _outgoing(talk: Talk) -> dict[int, Shown]:
    """What the platform has to show."""
    return {m.seq: m for m in talk.transcript if talk.pushed and m.author != "customer"}


def _lost(talk: Talk) -> Iterable[str]:
    stored = _customers(talk)
    for said in talk.said:
        if said.accepted is not None and stored.get(said.accepted) != said.text:
            yield f"{said.client_id} was accepted as {said.accepted}"


def _doubled(talk: Talk) -> Iterable[str]:
    for text, times in Counter(_customers(talk).values()).items():
        if times > 1:
            yield f"{text!r} is stored {times} times"


def _reordered(talk: Talk) -> Iterable[str]:
    place = {said.text: n for n, said in enumerate(talk.said)}
    first = {text: seq for seq, text in sorted(_customers(talk).items(), reverse=True)}
    order = [place[text] for text in sorted(first, key=first.__getitem__) if text in place]
    for before, after in itertools.pairwise(order):
        if before > after:
            yield f"message {after} stands behind message {before}"


def _gaps(talk: Talk) -> Iterable[str]:
    seqs = [message.seq for message in talk.transcript]
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"the transcript is numbered {seqs}"


def _changed(talk: Talk) -> Iterable[str]:
    truth = {message.seq: message for message in talk.transcript}
    for shown in talk.shown:
        if truth.get(shown.seq) != shown:
            yield f"message {shown.seq} was shown otherwise than it is stored"
    to_show = _outgoing(talk)
    for posted in talk.posted:
        stored = to_show.get(posted.seq)
        if stored is None or stored.text != posted.text:
            yield f"message {posted.seq} stands on the platform otherwise than it is stored"


def _unanswered(talk: Talk) -> Iterable[str]:
    covered = {seq for turn in talk.turns for seq in turn.covers}
    for seq in _customers(talk).keys() - covered:
        yield f"message {seq} has had no turn"


def _answered_twice(talk: Talk) -> Iterable[str]:
    for seq, times in Counter(seq for turn in talk.turns for seq in turn.covers).items():
        if times > 1:
            yield f"message {seq} has had {times} turns"
    said = Counter(m.turn for m in talk.transcript if m.turn is not None)
    for turn in talk.turns:
        if said[turn.id] != turn.said:
            yield f"turn {turn.id} said {said[turn.id]} messages instead of {turn.said}"


def _after_handover(talk: Talk) -> Iterable[str]:
    spoke = {m.turn: m.seq for m in talk.transcript if m.turn is not None}
    for turn in talk.turns:
        if not turn.sent and turn.id in spoke:
            yield f"turn {turn.id} was overtaken by another owner and spoke as {spoke[turn.id]}"
    for taken in talk.taken:
        for message in talk.transcript:
            if taken.after < message.seq <= taken.until and message.author == "bot":
                yield f"the bot said {message.seq} while an agent had the conversation"


def _undelivered(talk: Talk) -> Iterable[str]:
    for seq in _outgoing(talk).keys() - {posted.seq for posted in talk.posted}:
        yield f"message {seq} is not on the platform"


def _times(talk: Talk) -> Counter[int]:
    """How often each message stands on the platform beyond the first time."""
    return Counter(posted.seq for posted in talk.posted) - Counter(
        {posted.seq for posted in talk.posted}
    )


def _delivered_twice(talk: Talk) -> Iterable[str]:
    for seq, again in (_times(talk) - talk.unknown).items():
        yield f"message {seq} stands on the platform {again} times more than it may"


def _delivered_late(talk: Talk) -> Iterable[str]:
    first = list(dict.fromkeys(posted.seq for posted in talk.posted))
    for before, after in itertools.pairwise(first):
        if before > after:
            yield f"message {after} stands behind message {before} on the platform"
