"""Which keys of an issuer are taken, and which one a token is checked with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from handoff.people.oidc.claims import SignedWith, keys_of, pick, signed_with
from handoff.people.oidc.refused import EntryRefused
from tests.fakes.issuer import new_key

RSA, OTHER, EC = new_key("RS256", "a"), new_key("RS256", "b"), new_key("ES256", "c")
ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def published(key: RSAKey | ECKey, **other: str) -> dict[str, object]:
    return {**key.as_dict(private=False), **other}


@pytest.mark.filterwarnings("ignore:Key size:joserfc.errors.SecurityWarning")
def test_keys_for_other_purposes_are_passed_over() -> None:
    useless = [
        published(RSA, use="enc"),
        published(RSAKey.generate_key(1024)),
        published(ECKey.generate_key("P-384")),
        OctKey.generate_key(256).as_dict(private=True),
        OKPKey.generate_key("Ed25519").as_dict(private=False),
        {**published(RSA), "n": "not a number"},
        {"kty": "ML-DSA", "pub": "x"},
        {},
        None,
    ]

    found = keys_of({"keys": [*useless, published(RSA), published(EC)]})

    assert [key.kid for key in found] == ["a", "c"]


@given(ANYTHING)
def test_whatever_is_published_is_keys_or_none(said: object) -> None:
    assert keys_of(said) == ()
    assert keys_of({"keys": said}) == ()
    assert keys_of({"keys": [said, {"kty": "RSA", "n": said, "e": said}]}) == ()


@pytest.mark.parametrize(
    ("keys", "signed", "found"),
    [
        ((RSA, OTHER, EC), SignedWith("RS256", "b"), "b"),
        ((RSA, OTHER, EC), SignedWith("ES256", None), "c"),
        ((RSA, OTHER, EC), SignedWith("RS256", None), None),
        ((RSA, OTHER, EC), SignedWith("RS256", "x"), None),
        ((RSA, OTHER, EC), SignedWith("ES256", "a"), None),
        ((RSA, RSA), SignedWith("RS256", "a"), None),
        (keys_of({"keys": [published(RSA, alg="PS256")]}), SignedWith("RS256", "a"), None),
        ((), SignedWith("RS256", None), None),
    ],
)
def test_a_token_is_checked_with_the_one_key_it_can_be_of(keys, signed, found) -> None:
    picked = pick(keys, signed)

    assert (picked and picked.kid) == found


@given(st.text())
def test_whatever_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(EntryRefused):
        signed_with(text)
