"""Who somebody is here, by what an issuer says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.people.oidc import mapping
from handoff.people.oidc.refused import EntryRefused, Why
from handoff.people.roles import Role
from handoff.settings import HandoffSettings, Issuer

ROLES = {"staff": Role.AGENT, "boss": Role.LEAD, "root": Role.ADMIN}
JANE = {"email": "jane@example.com", "email_verified": True}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def an_issuer(**more) -> Issuer:
    said = {"name": "acme", "issuer": "https://id.example", "client_id": "us"}
    return Issuer(**{**said, "role_claim": "groups", "roles": ROLES, **more})


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("groups", {"groups": ["x", "boss", "staff"]}),
        ("groups", {"groups": "boss"}),
        ("realm_access.roles", {"realm_access": {"roles": ["boss"]}}),
        ("https://acme.example/roles", {"https://acme.example/roles": ["boss"]}),
    ],
)
def test_a_claim_names_the_role_wherever_it_is(path: str, claims: dict) -> None:
    assert mapping.role_of(an_issuer(role_claim=path), claims) is Role.LEAD


@given(ANYTHING)
def test_whatever_else_a_claim_says_is_no_role(said: object) -> None:
    with pytest.raises(EntryRefused) as caught:
        mapping.role_of(an_issuer(), {"groups": said})

    assert caught.value.why is Why.ROLE


@given(ANYTHING)
def test_the_default_is_for_those_without_a_role(said: object) -> None:
    issuer = an_issuer(default_role=Role.AGENT)

    assert mapping.role_of(issuer, {"groups": said}) is Role.AGENT
    assert mapping.role_of(issuer, {"groups": [said, "root"]}) is Role.ADMIN


@given(st.dictionaries(st.sampled_from(["email", "email_verified", "name", "groups"]), ANYTHING))
def test_whatever_claims_say_is_an_account_or_a_refusal(claims: dict) -> None:
    try:
        found = mapping.account_of(an_issuer(default_role=Role.AGENT), claims)
    except EntryRefused:
        return
    assert claims["email_verified"] in (True, "true")
    assert "@" in found.email
    assert found.name.isprintable()


def test_only_addresses_of_the_domains_come_in() -> None:
    issuer = an_issuer(default_role=Role.AGENT, email_domains=("Example.com",))

    assert mapping.account_of(issuer, JANE).email == "jane@example.com"
    for other in ("jane@evil.com", "jane@sub.example.com", "jane@example.com.evil.com",
                  "jane@evilexample.com", "jane@example.com@evil.com"):  # fmt: skip
        with pytest.raises(EntryRefused) as caught:
            mapping.account_of(issuer, {**JANE, "email": other})
        assert caught.value.why is Why.EMAIL


def test_an_issuer_that_never_says_verified_may_be_trusted_but_not_against_its_word() -> None:
    issuer = an_issuer(default_role=Role.AGENT, trust_email=True)

    assert mapping.account_of(issuer, {"email": "Jane@example.com"}).email == JANE["email"]
    with pytest.raises(EntryRefused):
        mapping.account_of(issuer, {**JANE, "email_verified": False})


def test_a_name_has_nothing_in_it_that_cannot_be_shown() -> None:
    claims = {**JANE, "name": " Jane\x00\n\u202e  Doe " + "x" * 500}

    name = mapping.account_of(an_issuer(default_role=Role.AGENT), claims).name

    assert name.startswith("Jane Doe xxx")
    assert len(name) <= 100


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "http://id.example"},
        {"issuer": "https://169.254.169.254"},
        {"issuer": "https://jane:secret@id.example"},
        {"issuer": "https://id.example#x"},
        {"issuer": "id.example"},
        {"name": "A b"},
        {"name": ""},
        {"client_id": ""},
        {"scopes": ("email",)},
        {"roles": {}},
        {"role_claim": ""},
        {"role_claim": "", "roles": {}},
        {"takes_over": True},
        {"takes_over": True, "email_domains": ("example.com",), "trust_email": True},
    ],
)
def test_what_nobody_could_come_in_by_is_refused_at_once(said: dict) -> None:
    with pytest.raises(ValueError, match=r"issuer|role"):
        an_issuer(**said)


@pytest.mark.parametrize(
    "address", ["https://10.0.0.7:8443/x", "http://localhost:8080", "http://[::1]:9", "https://id"]
)
def test_an_issuer_may_be_in_the_companys_own_network(address: str) -> None:
    assert an_issuer(issuer=address).issuer == address


def test_two_issuers_have_two_names() -> None:
    with pytest.raises(ValueError, match="same name"):
        HandoffSettings(oidc=(an_issuer(), an_issuer()))
