import pytest

from channels.contract import MAX_TEXT, checked_text, tenant_named
from core.domain.errors import MessageRefused, TenantNotFound


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" Hi \n", "Hi"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\x00b\x1b", "a\ufffdb\ufffd"),
        ("问" * 9, "问" * 9),
    ],
)
def test_words_are_kept_and_control_characters_are_not(text, clean) -> None:
    assert checked_text(text) == clean


@pytest.mark.parametrize("text", ["", " \n\t", "x" * (MAX_TEXT + 1)])
def test_nothing_and_too_much_are_refused_without_quoting_it(text) -> None:
    with pytest.raises(MessageRefused) as refused:
        checked_text(text)
    assert "xx" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "a\x00", "x" * 64, "a\n"])
def test_what_cannot_be_a_tenant_is_not_looked_up(name) -> None:
    with pytest.raises(TenantNotFound):
        tenant_named(name)
