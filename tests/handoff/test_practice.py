"""How a tenant's people work, as a file says it."""

import tomllib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.domain.errors import SettingsInvalid
from core.nlu.phrases import load_phrases
from handoff.life import Line
from handoff.practice import SHIPPED, Practice, parse
from handoff.words import FALLBACK, FIELDS, Words

MONDAY = datetime(2026, 6, 8, 7, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_the_file_that_ships_says_what_holds_without_it() -> None:
    assert parse(SHIPPED.read_text("utf-8")) == Practice()


@pytest.mark.parametrize("language", ["en", "zh", "de", "fr", "es"])
def test_every_phrase_is_there_in_every_language(language: str) -> None:
    words = Words.shipped()

    assert words.phrases[language].keys() == FIELDS.keys()
    assert len(words.weekdays[language]) == 7


def test_the_bot_s_own_phrases_know_no_language_that_these_lack() -> None:
    source = tomllib.loads(
        (SHIPPED.parents[1] / "core" / "nlu" / "phrases.toml").read_text("utf-8")
    )

    assert load_phrases("A", "B")
    assert source.keys() == Words.shipped().phrases.keys()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "People are back on Monday, 2026-06-08, at 09:30."),
        ("de", "Ab Montag, 2026-06-08, 09:30 Uhr sind wir wieder da."),
        ("zh", "2026-06-08（星期一）09:30恢复服务。"),
        ("nl", "People are back on Monday, 2026-06-08, at 09:30."),
    ],
)
def test_a_moment_is_told_in_the_tenant_s_zone_and_the_customer_s_language(
    language: str, text: str
) -> None:
    line = Line(phrase="closed_until", fields={"when": MONDAY})

    assert text in Words.shipped().say(line, language, BERLIN)


def test_a_tenant_s_words_stand_before_those_that_ship() -> None:
    practice = parse('[words.en]\nhere = "This is {agent}."')

    said = [
        practice.words.say(Line(phrase=phrase, fields={"agent": "Ann"}), language, practice.zone)
        for phrase, language in (("here", "en"), ("here", "de"), ("agent_gone", FALLBACK))
    ]

    assert said[:2] == ["This is Ann.", "Ann ist jetzt da."]
    assert said[2].startswith("Your agent had to leave")


def test_seconds_and_hours_are_read() -> None:
    practice = parse(
        '[hours]\nzone = "Europe/Berlin"\nmonday = ["09:00-17:00"]\n'
        '[assignment]\noffer_s = 30\nskill_s = "never"\n[targets]\nfirst_s = 120'
    )

    assert practice.zone == BERLIN
    assert (practice.rules.offer_s, practice.rules.skill_s) == (30, None)
    assert practice.targets.first_s == 120


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[hour]", "hour: there is no such table"),
        ("hours", "not readable"),
        ("limits = 3", "limits: write it under"),
        ("[limits]\nnobody = 3", "limits.nobody: there is no such field"),
        ("[limits]\nnobody_s = 0", "limits.nobody_s: a number"),
        ('[limits]\nnobody_s = "never"', "limits.nobody_s: a number"),
        ("[limits]\nnobody_s = true", "limits.nobody_s: a number"),
        ("words = 1", "words: write the words"),
        ("[words]\nen = 1", "words.en.: there is no such phrase"),
        ('[words.en]\nhello = "x"', "words.en.hello: there is no such phrase"),
        ("[words.en]\nhere = 1", "words.en.here: a text is wanted"),
        ('[words.en]\nhere = "x"', "words.en.here: it names {agent}"),
        ('[words.en]\nhere = "{agent} {x}"', "words.en.here: it names {agent}"),
        ('[words.en]\nhere = "{agent"', "words.en.here: there is a brace"),
        ('[words.en]\nweekdays = ["a"]', "words.en.weekdays: a list of seven"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, mistake: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        parse(text)

    assert mistake in str(refused.value)
