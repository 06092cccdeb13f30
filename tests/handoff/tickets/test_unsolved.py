"""Which words of a customer open a ticket again."""

from dataclasses import replace
from uuid import UUID

import pytest

from core.domain.ids import TicketId
from handoff.tickets.ticket import State, Ticket
from handoff.tickets.unsolved import belongs
from tests.builders import NOON, TENANT
from tests.handoff.tickets.kit import a_draft

ZH = "水壶 AB-123456 从星期一开始在盖子处漏水。"


def a_done(language: str = "en") -> Ticket:
    says = a_draft() if language == "en" else a_draft("水壶漏水", ZH)
    return Ticket(
        id=TicketId(UUID(int=1)),
        tenant=TENANT,
        number=7,
        state=State.SOLVED,
        version=2,
        says=replace(says, language=language),
        conversation=None,
        turns=(),
        channel="web",
        customer="cy",
        origin="turn:1",
        team="",
        assignee=None,
        duplicate_of=None,
        reopened=0,
        opened_by="desk",
        opened_at=NOON,
        changed_at=NOON,
    )


NOT_DONE = [
    "It is not solved.",
    "No, it isn't",
    "No",
    "Thanks, but it still leaks",
    "Same problem again",
    "that didn't help",
    "The lid came back broken",
    "It doesn’t work",
    "please reopen it",
    "It worked for a day, now the problem is back",
    "没解决",
    "还是不行",
    "谢谢，但是仍然漏水",
    "又漏了",
    "没有。",
    "请重新打开",
    "同样的问题",
]
DONE = [
    "Thanks!",
    "Thank you, it works again",
    "Great, it no longer leaks.",
    "It doesn't leak any more, cheers",
    "All good now, no more problems",
    "Perfect, solved.",
    "谢谢",
    "解决了，谢谢！",
    "没问题了",
    "现在不漏了，感谢",
    "又能用了，多谢",
    "好了",
]


@pytest.mark.parametrize("words", NOT_DONE)
def test_words_that_say_so_behind_the_notice_open_it_again(words: str) -> None:
    assert belongs(words, a_done(), asks=False, behind_notice=True)


@pytest.mark.parametrize("words", DONE)
@pytest.mark.parametrize("behind", [True, False])
def test_thanks_never_do(words: str, behind: bool) -> None:
    for ticket in (a_done(), a_done("zh")):
        assert not belongs(words, ticket, asks=True, behind_notice=behind)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("My kettle is leaking again", "en"),
        ("Request 7 is not solved", "en"),
        ("nothing arrived for ab-123456, still waiting", "en"),
        ("水壶还是漏", "zh"),
        ("工单7没有解决", "zh"),
    ],
)
def test_later_they_must_be_about_it(words: str, language: str) -> None:
    assert belongs(words, a_done(language), asks=True, behind_notice=False)


@pytest.mark.parametrize(
    "words",
    [
        "That didn't help",
        "I still have no invoice for May",
        "Request 17 is not solved",
        "The kettle is lovely",
        "发票还没有收到",
        "Do you still sell toasters?",
    ],
)
def test_later_words_about_something_else_do_not(words: str) -> None:
    assert not belongs(words, a_done(), asks=True, behind_notice=False)


@pytest.mark.parametrize(
    ("words", "opens"),
    [
        ("The order number is 4711", True),
        ("水从底部流出来", True),
        ("Wasser kommt aus dem Boden", True),
        ("How much is shipping to Spain?", False),
        ("Can you send the lid to another address?", True),
        ("你们有烤面包机吗", False),
    ],
)
def test_behind_the_notice_other_words_do_but_for_questions_about_something_else(
    words: str, opens: bool
) -> None:
    assert belongs(words, a_done(), asks=True, behind_notice=True) is opens


def test_small_talk_behind_the_notice_does_not() -> None:
    assert not belongs("Hi there", a_done(), asks=False, behind_notice=True)


def test_a_very_long_text_takes_no_time() -> None:
    assert not belongs("still " * 5_000, a_done(), asks=True, behind_notice=False)
