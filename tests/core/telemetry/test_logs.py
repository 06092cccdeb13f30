"""Log lines: facts and ids pass, customers' words and secrets do not, whatever field they use."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from core.telemetry.logs import configure, redact

WORDS = "my card 4111 1111 1111 1111 was charged twice"


@pytest.fixture
def written() -> Iterator[Callable[[], list[dict[str, object]]]]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure("json", "info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:], root.level = before


def test_a_fact_and_its_ids_are_written(written: Callable[[], list[dict[str, object]]]) -> None:
    conversation = uuid4()

    structlog.get_logger().info(
        "turn stored", conversation=conversation, decision="hand_off", ms=3
    )

    (line,) = written()
    assert line["event"] == "turn stored"
    assert line["conversation"] == str(conversation)
    assert (line["decision"], line["ms"], line["level"]) == ("hand_off", 3, "info")


@pytest.mark.parametrize("field", ["text", "query", "comment", "Question", "detail", "note"])
def test_words_are_replaced_in_every_field(field: str) -> None:
    assert WORDS not in str(redact(None, "info", {"event": "x", field: WORDS}))


def test_a_single_word_is_replaced_where_words_are_expected() -> None:
    assert redact(None, "info", {"event": "x", "text": "cancer"})["text"] == "<6 characters>"


def test_words_are_replaced_however_deep_they_lie() -> None:
    deep = {"outer": [{"inner": (WORDS,)}, {WORDS: 1}]}

    assert "card" not in str(redact(None, "info", {"event": "x", **deep}))


@pytest.mark.slow
@given(st.tuples(st.text(), st.sampled_from(" ，。!?'\n"), st.text()).map("".join))
def test_no_sentence_passes(words: str) -> None:
    assert redact(None, "info", {"event": "x", "field": words})["field"] != words


def test_an_exception_says_its_kind_and_place_not_its_text(
    written: Callable[[], list[dict[str, object]]],
) -> None:
    try:
        int(WORDS)
    except ValueError:
        structlog.get_logger().exception("turn failed")

    (line,) = written()
    assert line["error"] == "ValueError"
    assert str(line["where"]).startswith(f"['{__name__}:")
    assert "card" not in json.dumps(line)


def test_another_library_is_heard_without_its_text(
    written: Callable[[], list[dict[str, object]]],
) -> None:
    logging.getLogger("aiohttp.server").error("Error handling request %s", WORDS)

    (line,) = written()
    assert (line["logger"], line["level"]) == ("aiohttp.server", "error")
    assert "card" not in json.dumps(line)
