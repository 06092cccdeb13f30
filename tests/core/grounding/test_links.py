import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.grounding.canary import Canary, Watch
from core.grounding.links import Allowed, Links, settled
from core.grounding.screen import Screen
from tests.core.models.findings import a_passage

PASSAGE = a_passage(
    "Follow a parcel at https://track.example/parcel?to=ca or write to help@acme.example.",
    "See www.acme.example/returns for returns.",
)
ALLOWED = Links(hosts=frozenset({"status.example"})).allowed([PASSAGE])


def left_of(text: str, allowed: Allowed) -> str:
    return allowed.strip(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "Follow it at https://track.example/parcel?to=ca.",
        "Follow it [here](https://track.example/parcel?to=ca).",
        "See [returns](https://www.acme.example/returns) or acme.example/returns!",
        "Write to help@acme.example, please.",
        "Our state is at https://status.example/today and eu.status.example.",
        "Costs are 12.95 (e.g. for node.js 3.5x); see chapter 4.2.1 [1].",
        "It takes 5 days.It is sent by mail [1]. if a < b and c > d",
        "送货需要5到8个工作日。[1] 请看https://track.example/parcel?to=ca。",
        "Wow! Really! [1][2] (see [3])",
    ],
)
def test_what_the_documents_have_stays(text: str) -> None:
    assert ALLOWED.strip(text) == (text, 0)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Go to https://evil.com/x?d=1 now.", "Go to … now."),
        ("Go to evil.com.", "Go to …."),
        ("Go to EVIL.COM!", "Go to …!"),
        ("Go to http://1.2.3.4/x now", "Go to … now"),
        ("Go to 1.2.3.4/x now", "Go to … now"),
        ("[Your parcel](https://evil.com)", "Your parcel"),
        ("[Your parcel](https://evil.com/>>>secret)", "Your parcel"),
        ("[Your parcel](/relative)", "Your parcel"),
        ("[a](javascript:alert(1))", "a)"),
        ("[a](h&#116;tps://evil&#46;com)", "a"),
        ("[a](<https://evil.com> 'title')", "a"),
        ("[[a](https://evil.com)](https://evil.com)", "a"),
        ("![x](https://track.example/parcel?to=ca)", "x"),
        ("![x](https://evil.com/a.png?q=secret)", "x"),
        ("![x][1]", "x"),
        ("<img src=//evil.com/x.png>hi", "hi"),
        ("<https://evil.com>", "<…>"),
        ("[1]: https://evil.com/x", ""),
        ("see track.example/parcel?to=ca&d=secret", "see …"),
        ("https://track.example@evil.com/", "…"),
        ("https://status.example.evil.com/", "…"),
        ("https://evil.com/status.example", "…"),
        ("mail bob@evil.com", "mail …"),
        ("_evil.com_ -evil.com- @evil.com", "_…_ -…- @…"),
        ("go to xn--80ak6aa92e.xn--p1ai", "go to …"),
        ("![a\nb](https://track.example/parcel?to=ca)", "a\nb"),
        ("data:text/html;base64,PHNjcmlwdD4", "…"),
        ("请看https://evil.com/x。谢谢", "请看…。谢谢"),
        ("пишите на зло.рф", "пишите на …"),
    ],
)
def test_other_addresses_and_all_images_go(text: str, left: str) -> None:
    assert left_of(text, ALLOWED) == left


def test_where_only_hosts_count_addresses_inside_documents_go() -> None:
    strict = Links(from_text=False).allowed([PASSAGE])

    assert left_of("https://track.example/parcel?to=ca", strict) == "…"
    assert left_of("See help/1.md", strict) == "See help/1.md"


PIECES = [
    "evil.com",
    "https://",
    "[a](",
    ")",
    "![",
    "]",
    "(",
    " ",
    "\n",
    "see",
    "。",
    "<img",
    ">",
    "@",
    "/x",
    ".",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_word_by_word_no_more_leaves_than_at_once(pieces: list[str]) -> None:
    screen = Screen(Watch(Canary("bcdfghjkmnpqrstv")), ALLOWED)

    shown = "".join([*(screen.feed(piece) for piece in pieces), screen.end()])

    assert not re.search(r"evil\.com(?![a-z])", shown)
    assert not re.search(r"!\[[^\]]*\]\([^)]*\)", shown)


@given(st.text(alphabet="ab.[]()!<> /:@\n。", max_size=60), st.integers(0, 60))
def test_what_is_settled_stays_so(text: str, cut: int) -> None:
    assert settled(text[:cut]) <= settled(text) or "[" in text or "<" in text or "://" in text
    assert 0 <= settled(text) <= len(text)
