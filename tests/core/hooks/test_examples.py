"""The hooks that come with the service."""

import pytest

from core.domain.answers import Draft
from core.hooks.examples import Disclaimer, Highlight
from core.hooks.run import ConfiguredHooks, Hook
from tests.builders import a_context, an_understanding

TERMS = {"default": ["card", "Harbour Card", "港口卡"]}


async def said(target: object, text: str, language: str = "en", intent: str = "question") -> str:
    by = ConfiguredHooks(hooks=(Hook(name="h", target=target, limit_s=5),))
    draft = Draft(text=text, sources=(), written_by="m", prompt_version="")
    touched = await by.after_answer(a_context(), an_understanding(intent, language), draft)
    return touched.value.text


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        (
            "The harbour card is a card. A Harbour Card costs 2. [1]",
            "The **harbour card** is a **card**. A Harbour Card costs 2. [1]",
        ),
        ("Cardinals pay. [1]", "Cardinals pay. [1]"),
        ("**card** first, then card. [1]", "**card** first, then **card**. [1]"),
        ("港口卡的价格。[1]", "**港口卡**的价格。[1]"),
        ("See https://x.example/card now. [1]", "See https://x.example/card now. [1]"),
    ],
)
async def test_terms_are_bold_where_they_are_first_used(text: str, bold: str) -> None:
    assert await said(Highlight(TERMS), text) == bold


async def test_another_tenant_s_terms_are_plain() -> None:
    assert await said(Highlight({"other": ["card"]}), "A card. [1]") == "A card. [1]"


async def test_a_disclaimer_is_said_once_in_the_customer_s_language() -> None:
    texts = {"en": "No advice.", "zh": "并非建议。"}

    assert await said(Disclaimer(texts), "So. [1]") == "So. [1]\n\n_No advice._"
    assert await said(Disclaimer(texts), "So. [1]", "zh") == "So. [1]\n\n_并非建议。_"
    assert await said(Disclaimer(texts), "So. [1]", "fr") == "So. [1]\n\n_No advice._"
    assert await said(Disclaimer(texts), "No advice. [1]") == "No advice. [1]"


async def test_a_disclaimer_may_belong_to_some_intents() -> None:
    only = Disclaimer({"en": "No advice."}, intents=["investing"])

    assert await said(only, "So. [1]") == "So. [1]"
    assert await said(only, "So. [1]", intent="investing") == "So. [1]\n\n_No advice._"
