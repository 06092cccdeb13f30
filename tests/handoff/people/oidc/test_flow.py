"""What a browser keeps meanwhile."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import new_secret
from core.sealing import Seal, new_key
from handoff.people.oidc import flow
from handoff.people.oidc.refused import EntryRefused
from handoff.people.roles import Role
from handoff.settings import Issuer
from tests.fakes.clock import FakeClock

ISSUER = Issuer(name="acme", issuer="https://id.example", client_id="us", default_role=Role.AGENT)
SEAL = Seal([new_key()])
NOW = FakeClock().now()
BEGUN = flow.begun(ISSUER, "https://bot.example/back", NOW, new_secret)
KEPT = flow.closed(BEGUN, SEAL)


def test_what_was_closed_is_opened_by_its_own_answer() -> None:
    assert flow.opened(KEPT, SEAL, "acme", BEGUN.state, NOW) == BEGUN


def test_the_challenge_is_that_of_the_specification() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert flow.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@given(st.integers(0, len(KEPT) - 1), st.characters(codec="utf-8"))
def test_a_changed_letter_opens_nothing(place: int, letter: str) -> None:
    changed = KEPT[:place] + letter + KEPT[place + 1 :]

    try:
        found = flow.opened(changed, SEAL, "acme", BEGUN.state, NOW)
    except EntryRefused:
        return
    assert found == BEGUN  # Base64 has letters that mean the same at its end


@given(st.text())
def test_any_other_state_is_refused(state: str) -> None:
    with pytest.raises(EntryRefused):
        flow.opened(KEPT, SEAL, "acme", state, NOW)


def test_an_answer_at_another_issuers_address_is_refused() -> None:
    with pytest.raises(EntryRefused, match="could not be trusted"):
        flow.opened(KEPT, SEAL, "other", BEGUN.state, NOW)


def test_it_is_good_for_ten_minutes() -> None:
    flow.opened(KEPT, SEAL, "acme", BEGUN.state, NOW + timedelta(seconds=599))
    with pytest.raises(EntryRefused, match="too long"):
        flow.opened(KEPT, SEAL, "acme", BEGUN.state, NOW + timedelta(seconds=600))


def test_what_was_sealed_for_another_purpose_or_with_another_key_opens_nothing() -> None:
    words = SEAL.open(KEPT.encode(), "sign-in by an issuer")

    for kept in (SEAL.close(words, "slack T1").decode(), flow.closed(BEGUN, Seal([new_key()]))):
        with pytest.raises(EntryRefused):
            flow.opened(kept, SEAL, "acme", BEGUN.state, NOW)
