from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from channels.slack.verify import genuine, signed_with
from tests.channels.slack.payloads import an_account, json_of, said

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BODY = json_of(said("Hello"))


def headers(at: datetime = NOW, body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    """As Slack's own library signs."""
    stamp = str(int(at.timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    return {"x-slack-request-timestamp": stamp, "X-SLACK-SIGNATURE": signature or ""}


@pytest.mark.parametrize(
    ("age_s", "good"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_request_is_good_for_five_minutes_of_the_given_time(age_s: int, good: bool) -> None:
    signed = headers(NOW - timedelta(seconds=age_s))

    assert genuine(signed, BODY, SECRET, NOW) is good


def test_the_example_of_slack_s_own_page_is_genuine() -> None:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121"
        b".803a0bc887a14d10d2c447fce8b6703c"
    )
    signed = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }

    at = datetime.fromtimestamp(1531420618, tz=UTC)
    assert genuine(signed, body, SECRET, at)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
@settings(max_examples=100)
def test_a_changed_byte_is_not_genuine(place: int, change: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= change

    assert not signed_with(SECRET)(headers(), bytes(changed), an_account(), NOW)


@pytest.mark.parametrize("secret", ["", " ", SECRET[:-1], SECRET.upper()])
def test_another_secret_proves_nothing(secret: str) -> None:
    assert not genuine(headers(), BODY, secret, NOW)


@given(st.text(max_size=20), st.text(max_size=80))
@settings(max_examples=100)
def test_strange_headers_are_false_and_no_error(at: str, signature: str) -> None:
    strange = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}

    assert not genuine(strange, BODY, SECRET, NOW)
    assert not genuine({**headers(), "X-Slack-Signature": signature}, BODY, SECRET, NOW)
    assert not genuine({}, BODY, SECRET, NOW)
