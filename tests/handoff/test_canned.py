"""Filling replies."""

import re

from hypothesis import given
from hypothesis import strategies as st

from handoff.canned import fill, wording


def test_the_customers_language_comes_before_everybodys_and_that_before_any() -> None:
    texts = {"": "Hi", "de": "Hallo", "zh": "您好"}

    assert wording(texts, "zh-hans") == ("zh", "您好")
    assert wording(texts, "fr") == ("", "Hi")
    assert wording({"de": "Hallo"}, "fr") == ("de", "Hallo")


@given(st.lists(st.sampled_from(["{{a}}", "{{ b }}", "{{", "}}", "x", "😀", "的", "{{B}}"])))
def test_known_names_are_filled_and_every_gap_is_where_it_is_said(parts: list[str]) -> None:
    filled = fill("".join(parts), {"a": "Ann 😀"})

    units = filled.text.encode("utf-16-le")
    for hole in filled.holes:
        written = units[2 * hole.start : 2 * hole.end].decode("utf-16-le")
        assert re.fullmatch(rf"\{{\{{\s*{re.escape(hole.name)}\s*\}}\}}", written)
    assert "{{a}}" not in filled.text
    assert len(filled.holes) >= filled.text.count("{{ b }}")
