"""The language of a turn: the script decides where it can, likelihood with priors elsewhere."""

import math
import re
from collections.abc import Collection
from typing import Any

from core.domain.understanding import UNJUDGED, Judged

_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    # name, characters, language ("" where several languages share the script)
    ("kana", "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f", "ja"),
    ("hangul", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af", "ko"),
    ("han", "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff", "zh"),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff", "el"),
    ("hebrew", "\u0590-\u05ff", "he"),
    ("thai", "\u0e00-\u0e7f", "th"),
    ("georgian", "\u10a0-\u10ff", "ka"),
    ("armenian", "\u0530-\u058f", "hy"),
    ("cyrillic", "\u0400-\u052f", ""),
    ("arabic", "\u0600-\u06ff\u0750-\u077f", ""),
    ("indic", "\u0900-\u0dff", ""),
)
_UNITS = re.compile(
    "|".join(f"(?P<{name}>[{characters}]+)" for name, characters, _ in _SCRIPTS)
    + "|(?P<latin>[A-Za-z\u00c0-\u02af\u1e00-\u1eff]+)"
)
_BY_CHARACTER = {"kana", "hangul", "han", "thai"}
"""Scripts without spaces: a character weighs as much as a Latin word (brand names mix in)."""
_LANGUAGE_OF = {name: language for name, _, language in _SCRIPTS}
_SHARED: dict[str, str] = {
    "latin": "en de fr es it pt nl pl sv da no fi tr cs ro hu sk sl hr et lv lt vi id ms ca tl sw",
    "cyrillic": "ru uk bg sr be mk kk mn",
    "arabic": "ar fa ur",
    "indic": "hi mr ne bn gu pa ta te kn ml si",
}
"""The languages that are told apart by likelihood, by script."""
_OWN_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the how what where when why who which does do did is are can could would should "
        "will my your you i've i'm it's there this that have has to for with of and not get take",
        "de": "der das und ist nicht ich sie wie wo wann warum wer kann kannst können möchte mein "
        "meine meinen ein eine einen für mit auf von zu habe wird noch auch bitte",
        "fr": "le les et est je vous où quand pourquoi quel quelle mon ma mes une pour avec dans "
        "pas puis-je combien avez-vous votre vos il faut être",
        "es": "el los las y es yo usted dónde cuándo por qué cuál mi mis una para con puedo "
        "cuánto cómo está su sus tiene hay",
        "it": "il gli e è io lei dove quando perché quale mio mia una per con non posso quanto "
        "come sono della nel ho",
        "nl": "het en is ik u waar wanneer waarom welke mijn een voor met niet kan hoe hoeveel "
        "van zijn naar heb ook wordt",
        "pt": "os e é eu você onde quando porque qual meu minha uma para com não posso quanto "
        "como são ao tem está",
    }.items()
}
"""Words without which a sentence is seldom made; those of two languages count for both."""
_COMMON = frozenset({"en", "de", "fr", "es", "it", "pt", "nl", "ru", "ar", "hi", "uk"})
_NO_FEATURE_SEEN = -1e30
_KNOWN_NATS = 9.0
_HINT_NATS = 14.0
_ENGLISH_NATS = 6.0
_COMMON_NATS = 3.0
_MAX_CHARACTERS = 300
_OWN_AT_LEAST = 2
_PUNCTUATION = str.maketrans(dict.fromkeys('.,;:!?"()[]…¿¡', " "))


class LanguageJudge:
    """Tells the language of a text, and does not guess where a text is no evidence.

    A short text is weak evidence, so the language the conversation already has counts as a
    prior: `ok` changes nothing, a whole sentence does. The likelihoods are those of langid
    (Lui and Baldwin 2012); its model is read on the first text that needs it.
    """

    def __init__(self) -> None:
        self._identifier: Any = None

    def warm(self) -> None:
        """Read the model now (about a second), so that no customer waits for it."""
        self._load()

    def judge(self, text: str, known: str = "", hints: Collection[str] = ()) -> Judged:
        """The text's language as a BCP 47 primary tag.

        Args:
            text: What the customer wrote.
            known: The language of the conversation so far; empty when not known.
            hints: Languages in which a whole phrase of the text was recognised.
        """
        script, share = _leading_script(text[:_MAX_CHARACTERS])
        if not script:
            return Judged(known, 0.5) if known else UNJUDGED
        if language := _LANGUAGE_OF.get(script, ""):
            return Judged(language, share)
        if len(hints) == 1 or known in hints:
            return Judged(known if known in hints else min(hints), 0.9)
        if script == "latin" and (language := _by_own_words(text[:_MAX_CHARACTERS])):
            return Judged(language, 0.95)
        return self._likeliest(text[:_MAX_CHARACTERS], script, known, hints)

    def _likeliest(self, text: str, script: str, known: str, hints: Collection[str]) -> Judged:
        scores = dict(self._load().rank(text))
        candidates = _SHARED[script].split()
        if max(scores[language] for language in candidates) < _NO_FEATURE_SEEN:
            return _without_evidence(known, hints)
        weighed = {
            language: scores[language] + _prior(language, known, hints) for language in candidates
        }
        best = max(weighed, key=weighed.__getitem__)
        # Naive Bayes is too sure of itself; langid's own remedy is this temperature.
        warmth = math.sqrt(len(text.encode()))
        total = sum(math.exp((score - weighed[best]) / warmth) for score in weighed.values())
        return Judged(best, 1.0 / total)

    def _load(self) -> Any:
        if self._identifier is None:
            from py3langid import langid  # a second and 60 MB: only when needed

            self._identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
            self._identifier.set_languages(set(" ".join(_SHARED.values()).split()))
        return self._identifier


def plain_language(text: str) -> str:
    """The language, where script or its own words leave no doubt; else empty. Needs no model."""
    script, _ = _leading_script(text[:_MAX_CHARACTERS])
    if script == "latin":
        return _by_own_words(text[:_MAX_CHARACTERS])
    return _LANGUAGE_OF.get(script, "")


def _leading_script(text: str) -> tuple[str, float]:
    """The script with most words, and its share of them; empty without a letter.

    Japanese mixes kana with Han, so Han counts for it as soon as there is kana.
    """
    weights: dict[str, float] = {}
    for unit in _UNITS.finditer(text):
        script = unit.lastgroup or ""
        weight = float(len(unit.group())) if script in _BY_CHARACTER else 1.0
        weights[script] = weights.get(script, 0.0) + weight
    if weights.get("kana"):
        weights["kana"] += weights.pop("han", 0.0)
    if not weights:
        return "", 0.0
    leading = max(weights, key=weights.__getitem__)
    return leading, weights[leading] / sum(weights.values())


def _by_own_words(text: str) -> str:
    """The one language of which the text has several words, and no other; empty if unclear.

    Spares most sentences the model, which is the slowest step of understanding.
    """
    words = frozenset(text.lower().replace("’", "'").translate(_PUNCTUATION).split())
    counts = {language: len(words & own) for language, own in _OWN_WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    others = max(count for language, count in counts.items() if language != best)
    return best if counts[best] >= _OWN_AT_LEAST + 2 * others else ""


def _prior(language: str, known: str, hints: Collection[str]) -> float:
    prior = _COMMON_NATS if language in _COMMON else 0.0
    if language == "en":
        prior = _ENGLISH_NATS
    if language == known:
        prior += _KNOWN_NATS
    if language in hints:
        prior += _HINT_NATS
    return prior


def _without_evidence(known: str, hints: Collection[str]) -> Judged:
    if known:
        return Judged(known, 0.5)
    return Judged(min(hints), 0.5) if len(hints) == 1 else UNJUDGED
