"""The agents' side of Slack: threads in a channel of the team, and what is told to one of them."""

from collections.abc import Mapping
from typing import Any

from channels.accounts import Account, AccountNotFound, Accounts
from channels.places import SEPARATOR
from channels.slack.calls import Call, Calls
from channels.slack.desk_blocks import body, form
from channels.slack.failures import SlackRefused
from core.domain.desk import DeskThread, Posting
from core.domain.errors import DeliveryRefused
from core.domain.ids import TenantId
from core.domain.messages import Channel

KIND = "desk_post"
"""Kind of the metadata by which a message of ours is found again; no secret is in it."""
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired"})
_ABSENT = frozenset({"user_not_in_channel"})
_LOOK = 200
_PAGES = 5


class SlackDesk:
    """All methods raise what `Calls.make` does, and DeliveryRefused where the account is gone."""

    def __init__(self, accounts: Accounts, calls: Calls) -> None:
        self._accounts = accounts
        self._calls = calls

    async def post(
        self, tenant: TenantId, thread: DeskThread, posting: Posting, mark: str, *, perhaps: bool
    ) -> str:
        """Say something, with its mark; the `ts` of it, or of what has this mark already."""
        account, channel = await self._place(tenant, thread.at)
        if perhaps and (found := await self._marked(account, channel, thread.root, mark)):
            return found
        metadata = {"event_type": KIND, "event_payload": {"message": mark}}
        said = {**body(posting), "metadata": metadata, "unfurl_links": False}
        said |= {"thread_ts": thread.root} if thread.root else {}
        answer = await self._make(account, "chat.postMessage", {"channel": channel, **said})
        return str(answer.get("ts", ""))

    async def change(
        self, tenant: TenantId, thread: DeskThread, message: str, posting: Posting
    ) -> None:
        """Say something else in the place of a message."""
        account, channel = await self._place(tenant, thread.at)
        said = {"channel": channel, "ts": message, **body(posting)}
        try:
            await self._make(account, "chat.update", said)
        except SlackRefused as refused:
            if refused.code not in _GONE:
                raise

    async def whisper(self, tenant: TenantId, thread: DeskThread, to: str, text: str) -> None:
        """https://docs.slack.dev/reference/methods/chat.postEphemeral."""
        account, channel = await self._place(tenant, thread.at)
        said = {
            "channel": channel,
            "thread_ts": thread.root,
            "user": to.partition(":")[2],
            **body(Posting(heading="", paragraphs=(text,))),
        }
        try:
            await self._make(account, "chat.postEphemeral", said)
        except SlackRefused as refused:
            if refused.code not in _ABSENT:
                raise

    async def ask_note(self, tenant: TenantId, thread: DeskThread, trigger: str) -> None:
        """https://docs.slack.dev/reference/methods/views.open."""
        account, _ = await self._place(tenant, thread.at)
        try:
            await self._make(account, "views.open", {"trigger_id": trigger, "view": form(thread)})
        except SlackRefused as refused:
            if refused.code not in _LATE:
                raise

    async def email(self, tenant: TenantId, at: str, who: str) -> str | None:
        """Of a full member of this workspace: of guests and of others nobody vouches for it.

        https://docs.slack.dev/reference/objects/user-object
        """
        account, _ = await self._place(tenant, at)
        team, _, user = who.partition(":")
        if team not in (account.native, account.options.get("team")):
            return None
        answer = await self._make(account, "users.info", {"user": user})
        known = answer.get("user")
        if not isinstance(known, dict) or any(known.get(name) for name in _OUTSIDERS):
            return None
        profile = known.get("profile")
        email = profile.get("email") if isinstance(profile, dict) else None
        return email if isinstance(email, str) else None

    async def _place(self, tenant: TenantId, at: str) -> tuple[Account, str]:
        name, _, channel = at.partition(SEPARATOR)
        try:
            account = await self._accounts.named(Channel.SLACK, name)
        except AccountNotFound as gone:
            raise DeliveryRefused("the desk's account was removed") from gone
        if account.tenant != tenant:
            raise DeliveryRefused("the desk's account is another tenant's")
        return account, channel

    async def _marked(self, account: Account, channel: str, root: str, mark: str) -> str:
        """The message that has this mark; empty when there is none."""
        method = "conversations.replies" if root else "conversations.history"
        asked: dict[str, Any] = {"channel": channel, "include_all_metadata": "true"}
        asked |= {"limit": _LOOK} | ({"ts": root} if root else {})
        for _ in range(_PAGES):
            answer = await self._make(account, method, asked)
            messages = answer.get("messages")
            for message in messages if isinstance(messages, list) else []:
                if _mark(message) == mark:
                    return str(message.get("ts", ""))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            asked["cursor"] = cursor
        return ""

    async def _make(
        self, account: Account, method: str, said: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return await self._calls.make(account, Call(method=method, body=said))


_OUTSIDERS = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")


def _mark(message: Any) -> object:
    metadata = message.get("metadata") if isinstance(message, dict) else None
    if not isinstance(metadata, dict) or metadata.get("event_type") != KIND:
        return None
    payload = metadata.get("event_payload")
    return payload.get("message") if isinstance(payload, dict) else None
