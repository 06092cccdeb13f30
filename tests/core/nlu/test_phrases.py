from pathlib import Path

import pytest

from core.domain.errors import SettingsInvalid
from core.domain.phrases import NAMES, Phrases
from core.nlu.phrases import load_phrases

PHRASES = load_phrases(company="Fellmarten {AG}", bot="Marten")
ENGLISH = {name: f"{name}. Person?" for name in NAMES} | {
    "offer": "Person?",
    "decline": "Not {looked_for}. Person?",
}


@pytest.mark.parametrize("language", ["en", "zh", "de", "fr", "es"])
@pytest.mark.parametrize("name", NAMES)
def test_every_phrase_is_there_in_every_language(language: str, name: str) -> None:
    said = PHRASES.say(name, language, looked_for="tents")

    assert said
    assert language == "en" or said != PHRASES.say(name, "en", looked_for="tents")


def test_the_company_is_named_as_it_is_written() -> None:
    assert "Fellmarten {AG}" in PHRASES.say("identity", "en")


def test_another_language_is_answered_in_english() -> None:
    assert PHRASES.say("thanks", "xx") == PHRASES.say("thanks", "en")


def test_a_decline_says_what_was_looked_for() -> None:
    assert "tents, {offer}" in PHRASES.say("decline", "en", looked_for="tents, {offer}")


@pytest.mark.parametrize("name", ["decline", "decline_plain", "failure"])
def test_a_decline_offers_a_person(name: str) -> None:
    assert PHRASES.offers_person(PHRASES.say(name, "zh", looked_for="帐篷"))
    assert not PHRASES.offers_person(PHRASES.say("thanks", "zh"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"thanks": "{shop} thanks"}, "names {shop}"),
        ({"decline": "Sorry. Person?"}, "must name {looked_for}"),
        ({"decline": "Not {looked_for}."}, "must end with the offer"),
        ({"hello": "Hi"}, "is not a phrase"),
        ({"thanks": "a { b"}, "does not close"),
    ],
)
def test_a_wrong_phrase_is_named(change: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsInvalid, match="phrases: en") as refused:
        Phrases.checked({"en": ENGLISH | change}, company="C", bot="B")

    assert complaint in str(refused.value)


def test_a_missing_phrase_is_named() -> None:
    with pytest.raises(SettingsInvalid, match="en lacks"):
        Phrases.checked({"en": {"greeting": "Hi"}})


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "ours.toml"
    broken.write_text("[en\n", encoding="utf-8")

    with pytest.raises(SettingsInvalid, match=r"ours\.toml cannot be read"):
        load_phrases("C", "B", broken)
