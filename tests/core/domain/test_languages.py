import pytest

from core.domain.languages import primary


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en", "en"),
        ("zh-hans", "zh"),
        ("pt_BR", "pt"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fil", "fil"),
        ("", ""),
        ("*", ""),
        ("english please", ""),
        ("x" * 10_000, ""),
    ],
)
def test_the_language_of_a_locale_is_its_primary_tag(locale: str, language: str) -> None:
    assert primary(locale) == language
