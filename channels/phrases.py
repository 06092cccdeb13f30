"""What a visitor says by pressing a button, in their own language."""

_PERSON = {
    "en": "I would like to talk to a person.",
    "de": "Ich möchte mit einem Menschen sprechen.",
    "fr": "Je voudrais parler à une personne.",
    "es": "Quiero hablar con una persona.",
    "zh": "我想转人工客服。",
}


def person_wanted(*languages: str) -> str:
    """The wish for a person in the first of the languages that is known, else in English."""
    for language in languages:
        known = _PERSON.get(language.lower().partition("-")[0])
        if known is not None:
            return known
    return _PERSON["en"]
