"""Documents, signatures, waiting times and files, without a tracker."""

from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import SettingsInvalid
from handoff.connectors.adf import document, plain
from handoff.connectors.calling import Caller, Server
from handoff.connectors.contract import (
    HookRefused,
    RemoteAway,
    RemoteBusy,
    RemoteRefused,
    RemoteUnknown,
)
from handoff.connectors.mapping import KINDS, Mapped, parse
from handoff.connectors.parts import Secrets
from handoff.connectors.webhook import Webhook, signatures
from handoff.tickets.ticket import State
from tests.builders import NOON

_LINES = st.lists(
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=9),
    min_size=1, max_size=4,
)  # fmt: skip
SERVER = Server(url="http://127.0.0.1:9", private=True, timeout_s=2)


@given(st.lists(_LINES, min_size=1, max_size=4))
def test_a_document_keeps_every_line_and_paragraph(blocks: list[list[str]]) -> None:
    text = "\n\n".join("\n".join(lines) for lines in blocks)

    assert plain(document(text)) == text


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (429, {"Retry-After": "7"}, RemoteBusy),
        (429, {}, RemoteBusy),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}, RemoteBusy),
        (403, {}, RemoteRefused),
        (422, {}, RemoteRefused),
        (302, {"Location": "http://127.0.0.1/"}, RemoteRefused),
        (408, {}, RemoteUnknown),
        (500, {}, RemoteUnknown),
        (503, {"Retry-After": "9"}, RemoteUnknown),
    ],
)
async def test_a_status_says_what_to_do(
    status: int, headers: dict[str, str], kind: type[Exception]
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"errors": {"summary": "Ann's words"}}, status=status,
                                 headers=headers)  # fmt: skip

    app = web.Application()
    app.router.add_post("/x", answer)
    async with TestServer(app) as server, Caller() as caller:
        there = Server(url=str(server.make_url("")).rstrip("/"), private=True)
        with pytest.raises(kind) as raised:
            await caller.write(there, "POST", "/x", {})

    assert raised.type is kind
    assert "Ann" not in str(raised.value)


async def test_what_was_never_sent_is_no_unknown() -> None:
    async with Caller() as caller:
        with pytest.raises(RemoteAway):
            await caller.write(SERVER, "POST", "/x", {})


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://2130706433", "http://[::1]:9"])
async def test_our_own_network_is_not_called_unless_the_file_says_so(url: str) -> None:
    async with Caller() as caller:
        with pytest.raises(RemoteRefused, match="private network"):
            await caller.write(Server(url=url), "POST", "/x", {})


def test_a_webhook_s_call_is_good_for_five_minutes() -> None:
    there = Webhook(Caller(), Mapped(kind="webhook", url="http://x"), Secrets(token="a", hook="b"))
    body = b'{"id": "7", "state": "solved", "at": "2026-06-01T12:00:00Z"}'
    headers = signatures("b", int(NOON.timestamp()), body)

    heard = there.hear(headers, body, NOON + timedelta(seconds=299))

    assert (heard.remote, heard.status and heard.status.state) == ("7", State.SOLVED)
    for late, said, signed in [(301, body, "b"), (0, body + b" ", "b"), (0, body, "c")]:
        given_headers = signatures(signed, int(NOON.timestamp()), body)
        with pytest.raises(HookRefused):
            there.hear(given_headers, said, NOON + timedelta(seconds=late))


def test_a_connector_without_a_secret_hears_nothing() -> None:
    there = Webhook(Caller(), Mapped(kind="webhook", url="http://x"), Secrets(token="a", hook=""))

    with pytest.raises(HookRefused):
        there.hear(signatures("", int(NOON.timestamp()), b"{}"), b"{}", NOON)


@pytest.mark.parametrize("kind", KINDS)
def test_every_mistake_of_a_file_is_named(kind: str) -> None:
    text = f'kind = "{kind}"\nurl = "ftp://x"\npoll_s = 0\ncategories = [1]\nanswer = true\n'

    with pytest.raises(SettingsInvalid) as refused:
        parse(text, "there.toml")

    said = str(refused.value)
    assert all(f"  {name}:" in said for name in ("url", "poll_s", "categories", "answer"))
    assert all(f"project.{name}: it is missing" in said for name in KINDS[kind].needs)
