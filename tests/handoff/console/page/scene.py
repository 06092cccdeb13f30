"""A morning at Fjord & Pine: Ann works, Bo too, and some customers wait."""

from datetime import timedelta
from typing import Any

from core.clock import SystemClock
from tests.fakes.console import FakeConsole, Json, a_message, a_note
from tests.fakes.console_tickets import a_place, a_ticket

ANN, BO = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
MAY = (
    "own conversations.read conversations.answer conversations.assign tickets.write "
    "answers.review knowledge.write settings.write people.write audit.read"
)
_NOW = SystemClock().now()
_ANN = {"kind": "agent", "agent": ANN, "name": "Ann Lee"}
_BO = {"kind": "agent", "agent": BO, "name": "Bo Chen"}
_BOT = {"kind": "bot", "agent": None, "name": None}
_QUEUE = {"kind": "queue", "agent": None, "name": None}
_SOURCES = [
    {
        "title": "Returns and refunds",
        "uri": "https://docs.example/returns",
        "quote": "A refund reaches your account within five working days after its return.",
        "score": 0.82,
    }
]


def ago(minutes: float) -> str:
    """The moment so many minutes before the tests began."""
    return (_NOW - timedelta(minutes=minutes)).isoformat()


def talk_id(number: int) -> str:
    return f"10000000-0000-0000-0000-{number:012d}"


WAITING, LATE, CHINESE, MINE, BOS, BOTS = map(talk_id, range(1, 7))


def a_row(name: str, customer: str, owner: Json, text: str, minutes: float, **given: Any) -> Json:
    at = ago(minutes)
    return {
        "id": name,
        "channel": "web",
        "customer": customer,
        "language": "en",
        "owner": owner,
        "epoch": 3,
        "seq": 4,
        "last": {"author": "customer", "text": text, "at": at},
        "active_at": at,
        "handoff": None,
        "waiting_since": at if owner["kind"] != "bot" else None,
        "frustration": 0.2,
        **given,
    }


def a_handoff(minutes: float, **given: Any) -> Json:
    nothing = dict.fromkeys(("agent", "until"))
    plain = {"id": talk_id(99), "state": "queued", "team": "", "priority": 0, "targets": []}
    return {**nothing, **plain, "reason": "asked", "requested_at": ago(minutes), **given}


def _rows() -> list[Json]:
    late = a_handoff(14, targets=["first.near", "first.missed"], reason="frustrated")
    near = a_handoff(6, targets=["first.near"])
    offer = a_handoff(1, state="offered", agent=ANN, until=ago(-60))
    mine = a_handoff(40, state="active", agent=ANN)
    return [
        a_row(LATE, "maria@example.com", _QUEUE, "Where is my refund?!", 13, handoff=late),
        a_row(WAITING, "visitor 7f3a", _QUEUE, "Can I talk to a person?", 6, handoff=near),
        a_row(
            CHINESE, "王小明", _QUEUE, "你好，我的订单还没有到。", 1, handoff=offer, language="zh"
        ),
        a_row(MINE, "Tom Baker", _ANN, "Thanks, I will try that.", 3, handoff=mine),
        a_row(BOS, "U04Q1Z", _BO, "Is it in stock in oak?", 2, channel="slack"),
        a_row(BOTS, "lena", _BOT, "How long is delivery?", 55, channel="telegram"),
    ]


def _messages() -> list[Json]:
    yesterday, today = ago(60 * 24), ago(20)
    return [
        a_message(seq=1, text="I sent the chair back two weeks ago.", at=yesterday),
        a_message(
            seq=2,
            author="bot",
            text="A refund reaches your account within five working days [1].",
            sources=_SOURCES,
            at=yesterday,
            delivery="delivered",
        ),
        a_message(seq=3, text="That was two weeks ago. Where is my refund?!", at=today),
        a_message(seq=4, author="system", text="A person was asked for.", at=today),
    ]


def _talk() -> Json:
    tried = {
        "turn": talk_id(50),
        "at": ago(60 * 24),
        "decision": "reply",
        "confidence": 0.41,
        "intent": "refund_status",
        "rule": "",
        "looked_for": ["refund time after return"],
        "sources": _SOURCES,
        "tools": [],
    }
    return {
        "card": {
            "reason": "frustrated after an offer",
            "requested_at": ago(14),
            "summary": [
                "Sent a chair back two weeks ago and waits for the refund.",
                "The bot named five working days; they are over.",
            ],
            "facts": [{"kind": "order", "text": "FP-20871", "seq": 1}],
            "tried": [tried],
        },
        "mood": {"emotion": "anger", "frustration": 0.72, "unknowns": 1},
        "suggestion": {
            "text": "I am sorry for the wait. I have asked our accounts team about FP-20871.",
            "sources": _SOURCES,
            "from": "passage",
        },
        "draft": None,
        "viewers": [],
        "customer": _customer(),
    }


def _customer() -> Json:
    earlier = {
        "id": BOTS,
        "channel": "web",
        "created_at": ago(60 * 24 * 30),
        "active_at": ago(60 * 24 * 30),
        "messages": 6,
        "language": "en",
        "owner": "bot",
        "handoffs": 1,
        "last": "Great, thank you.",
    }
    facts = ["Lives in Bergen"]
    return {"customer": "maria", "channel": "web", "facts": facts, "conversations": [earlier]}


def _agent(name: str, said: str, **given: Any) -> Json:
    plain = {"presence": "online", "draining": False, "talks": 1, "capacity": 4}
    return {"id": name, "name": said, "teams": ["orders"], "languages": ["en"], **plain, **given}


def a_morning() -> FakeConsole:
    """All of it."""
    me = {"id": ANN, "tenant": "default", "email": "ann@example.com", "name": "Ann Lee"}
    agents = [_agent(ANN, "Ann Lee"), _agent(BO, "Bo Chen", presence="away")]
    console = FakeConsole({**me, "role": "admin", "may": MAY.split()}, agents)
    console.rows = {row["id"]: row for row in _rows()}
    console.talks = {name: _talk() for name in console.rows}
    console.messages = {name: _messages() for name in console.rows}
    console.notes[LATE] = [
        a_note({"id": BO, "name": "Bo Chen"}, seq=3, text="Check with accounts", at=ago(9))
    ]
    console.canned = [
        _canned("sorry", "Sorry for the wait", "Hello {{customer.first_name}}, sorry to wait."),
        _canned("stock", "In stock", "It is in stock."),
    ]
    console.tickets.whole = {one["ticket"]["number"]: one for one in _tickets()}
    console.tickets.trackers = ["jira", "zendesk"]
    console.team = {"people": _people(), "tokens": [], "audit": _audit()}
    return console


def _tickets() -> list[Json]:
    says = {"id": talk_id(70), "author": "customer", "public": True, "at": ago(30)}
    inner = {"id": talk_id(71), "author": f"person:{BO}", "public": False, "at": ago(9)}
    return [
        a_ticket(1, "The chair's leg is loose", state="closed", assignee=BO, customer="lena"),
        a_ticket(
            2,
            "Refund of FP-20871 is late",
            summary="The chair was sent back two weeks ago. The bank sees no money.",
            state="open",
            priority="urgent",
            category="refund",
            conversation=LATE,
            customer="maria@example.com",
            assignee=ANN,
            team="orders",
            language="en",
            orders=["FP-20871"],
            emails=["maria@example.com"],
            steps=["The page on returns was cited", "Five working days were named"],
            places=[a_place("jira", "SHOP-12")],
            comments=[
                {**says, "text": "Still nothing on my account."},
                {**inner, "text": "Accounts will look at it today."},
            ],
        ),
        a_ticket(
            3,
            "Refund has not come",
            customer="maria@example.com",
            conversation=LATE,
            places=[a_place("zendesk", "", trouble="zendesk does not answer", waiting=True)],
        ),
    ]


def _canned(shortcut: str, title: str, text: str) -> Json:
    texts = {"en": text}
    plain = {"scope": "team", "uses": 3, "used_at": None}
    return {"id": shortcut, "shortcut": shortcut, "title": title, "texts": texts, **plain}


def _people() -> list[Json]:
    plain = {"disabled": False, "invited": False}
    ann = {"id": ANN, "email": "ann@example.com", "name": "Ann Lee", "role": "admin"}
    bo = {"id": BO, "email": "bo@example.com", "name": "Bo Chen", "role": "agent"}
    return [{**ann, **plain}, {**bo, **plain, "invited": True}]


def _audit() -> list[Json]:
    entry = {"actor": "ann@example.com", "act": "account.added", "object": BO}
    return [{"seq": 1, "at": ago(90), **entry, "detail": {"role": "agent"}}]
