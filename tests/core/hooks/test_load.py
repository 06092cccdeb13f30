"""Hooks are found by their names, and mistakes are told before anybody writes."""

import pytest

from core.domain.errors import SettingsInvalid
from core.hooks.examples import Disclaimer, Highlight
from core.hooks.load import load
from core.settings import HookSettings

DISCLAIMER = "core.hooks.examples:Disclaimer"


def test_hooks_are_made_in_their_order_with_their_options() -> None:
    said = [
        HookSettings(use="core.hooks.examples:Highlight", options={"terms": {}}, name="bold"),
        HookSettings(use=DISCLAIMER, options={"texts": {"en": "No advice."}}, limit_s=0.2),
    ]

    first, second = load(said)

    assert isinstance(first.target, Highlight)
    assert isinstance(second.target, Disclaimer)
    assert (first.name, second.name) == ("bold", DISCLAIMER)
    assert second.limit_s == 0.2


def test_an_entry_point_is_found_by_its_name() -> None:
    (found,) = load([HookSettings(use="disclaimer", options={"texts": {"en": "No advice."}})])

    assert isinstance(found.target, Disclaimer)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (HookSettings(use="nowhere.at.all:Hook"), "not found; packages that are installed bring"),
        (HookSettings(use="core.hooks.examples:Nothing"), "is not found"),
        (HookSettings(use="..x"), "is not found"),
        (HookSettings(use=DISCLAIMER), "does not take its options: TypeError"),
        (HookSettings(use=DISCLAIMER, options={"texts": {}}), "ValueError"),
        (HookSettings(use="core.hooks.check", options={"a": 1}), "is no class"),
        (HookSettings(use="core.hooks.check"), "has none of before_understanding"),
    ],
)
def test_a_hook_that_cannot_be_used_is_named(said: HookSettings, why: str) -> None:
    with pytest.raises(SettingsInvalid, match=why) as refused:
        load([said])

    assert said.use in str(refused.value)


def test_two_hooks_have_two_names() -> None:
    said = HookSettings(use=DISCLAIMER, options={"texts": {"en": "No advice."}})

    with pytest.raises(SettingsInvalid, match="two are called"):
        load([said, said])
