"""Looks an account over, and connects it: for whoever adds one, or asks whether it still works."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

import httpx
from telegram import Bot, User, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from channels.accounts import Account
from channels.checking import Finding, State
from channels.telegram.updates import WANTED
from channels.telegram.wire import API_URL, Unanswered, Unreached, bot_of, wire
from core.domain.errors import SetupError
from core.ports import Clock

WEBHOOK, POLLING = "webhook", "polling"
"""The two ways in, as the option `mode` names them; the first is the default."""
_PORTS = frozenset({None, 443, 80, 88, 8443})
"""https://core.telegram.org/bots/api#setwebhook"""
_READ_S = 10.0
_CONNECTIONS = 40
_SKEW_S = 30
_MANY = 100
_RECENT = timedelta(hours=1)


async def check(account: Account, clock: Clock) -> tuple[Finding, ...]:
    """What stands between the account and its work, a sentence each; nothing is changed."""
    request = wire(2, read_s=_READ_S)
    bot = bot_of(account, request)
    try:
        found = await _token(account, bot)
        if found[0].state is not State.WRONG:
            found.extend(await _way_in(account, bot, clock))
        found.append(await _clock(account, clock))
    finally:
        await request.shutdown()
    return tuple(found)


async def connect(account: Account, public_url: str = "") -> None:
    """Tell Telegram how updates come to us: to a webhook of ours, or by asking for them.

    Updates that wait stay. Done twice it is done once.

    Raises:
        SetupError: Telegram refuses, or cannot be reached; a webhook needs a public address.
    """
    request = wire(2, read_s=_READ_S)
    bot = bot_of(account, request)
    try:
        if mode_of(account) == POLLING:
            await bot.delete_webhook(drop_pending_updates=False)
        else:
            await bot.set_webhook(
                webhook_of(account, public_url),
                secret_token=_secret(account),
                allowed_updates=WANTED,
                max_connections=_CONNECTIONS,
            )
    except TelegramError as failed:
        raise SetupError(_why(failed)) from None
    finally:
        await request.shutdown()


async def known(account: Account) -> dict[str, str]:
    """What Telegram says of the bot, for an account that is added: `native` and `username`.

    Raises:
        SetupError: it knows no bot by this token, or cannot be reached.
    """
    request = wire(1, read_s=_READ_S)
    try:
        me = await bot_of(account, request).get_me()
    except TelegramError as failed:
        raise SetupError(_why(failed)) from None
    finally:
        await request.shutdown()
    return {"native": str(me.id), "username": me.username or ""}


def mode_of(account: Account) -> str:
    """Which of the two ways in the operator chose."""
    return POLLING if account.options.get("mode") == POLLING else WEBHOOK


def webhook_of(account: Account, public_url: str) -> str:
    """Where Telegram is to bring updates.

    Raises:
        SetupError: it would not come there.
    """
    address = urlsplit(public_url)
    local = account.options.get("api_url", "") not in {"", API_URL}
    if not address.hostname or address.scheme not in ({"http", "https"} if local else {"https"}):
        raise SetupError(
            "Telegram needs the service's public https address; set it, or use mode=polling."
        )
    if not local and _port(address) not in _PORTS:
        raise SetupError("Telegram brings updates to the ports 443, 80, 88 and 8443 only.")
    return f"{public_url.rstrip('/')}/telegram/{account.name}"


def _port(address: SplitResult) -> int | None:
    try:
        return address.port
    except ValueError:
        return 0


def _secret(account: Account) -> str:
    secret = account.secrets.get("webhook_secret", "")
    if not secret:
        raise SetupError("The account has no webhook_secret, so no update could be trusted.")
    return secret


def _why(failed: TelegramError) -> str:
    match failed:
        case InvalidToken():
            return "Telegram knows no bot by this token; get one from @BotFather."
        case Unreached():
            return "Telegram cannot be reached from here; look at the network, or at api_url."
        case Unanswered():
            return "Telegram gave no answer; try again in a minute."
        case _:
            return f"Telegram refuses: {type(failed).__name__}."


async def _token(account: Account, bot: Bot) -> list[Finding]:
    try:
        me = await bot.get_me()
    except TelegramError as failed:
        return [Finding(check="token", state=State.WRONG, text=_why(failed))]
    if str(me.id) != account.native:
        text = (
            f"The token is that of another bot, @{me.username}; add it as an account of its own."
        )
        return [Finding(check="token", state=State.WRONG, text=text)]
    return [_name(account, me.username or ""), _groups(me)]


def _name(account: Account, name: str) -> Finding:
    if name.lower() != account.options.get("username", "").lstrip("@").lower():
        text = f"The bot is called @{name} now; groups call it in vain until it is added so."
        return Finding(check="token", state=State.WARN, text=text)
    return Finding(check="token", state=State.OK, text=f"The token is @{name}'s.")


def _groups(me: User) -> Finding:
    if not me.can_join_groups:
        text = "The bot cannot be added to groups; @BotFather can allow it."
    elif me.can_read_all_group_messages:
        text = "In groups the bot is told everything, and takes only what is said to it."
    else:
        text = "In groups the bot is told only what is said to it."
    return Finding(check="groups", state=State.OK, text=text)


async def _way_in(account: Account, bot: Bot, clock: Clock) -> list[Finding]:
    try:
        info = await bot.get_webhook_info()
    except TelegramError as failed:
        return [Finding(check="webhook", state=State.WRONG, text=_why(failed))]
    findings = [_polled(info) if mode_of(account) == POLLING else _brought(account, info)]
    findings.append(_waiting(info))
    if info.url:
        findings.extend((_error(info, clock.now()), _kinds(info)))
    return findings


def _polled(info: WebhookInfo) -> Finding:
    if info.url:
        text = "A webhook is set, so nothing can be polled; connect the account again."
        return Finding(check="webhook", state=State.WRONG, text=text)
    return Finding(check="webhook", state=State.OK, text="No webhook is set: updates are polled.")


def _brought(account: Account, info: WebhookInfo) -> Finding:
    if not info.url:
        text = "No webhook is set, so no update comes; connect the account again."
        return Finding(check="webhook", state=State.WRONG, text=text)
    address = urlsplit(info.url)
    if address.path.rpartition("/")[2] != account.name:
        text = f"The webhook leads elsewhere, to {address.hostname}; connect the account again."
        return Finding(check="webhook", state=State.WRONG, text=text)
    return Finding(
        check="webhook", state=State.OK, text=f"Updates are brought to {address.hostname}."
    )


def _waiting(info: WebhookInfo) -> Finding:
    count = info.pending_update_count
    if count > _MANY:
        text = f"{count} updates wait at Telegram, which drops them after a day."
        return Finding(check="updates", state=State.WARN, text=text)
    return Finding(check="updates", state=State.OK, text=f"{count} updates wait at Telegram.")


def _error(info: WebhookInfo, now: datetime) -> Finding:
    """Telegram's own words: they name a status or a network error of our own address."""
    if info.last_error_date is None or now - info.last_error_date > _RECENT:
        text = "The webhook did not fail within the last hour."
        return Finding(check="deliveries", state=State.OK, text=text)
    minutes = int((now - info.last_error_date).total_seconds() // 60)
    text = f"The webhook failed {minutes} minutes ago: {info.last_error_message or 'no reason'}."
    return Finding(check="deliveries", state=State.WARN, text=text)


def _kinds(info: WebhookInfo) -> Finding:
    missing = sorted({*WANTED} - {*(info.allowed_updates or ())})
    if missing:
        text = f"Telegram does not bring {', '.join(missing)}; connect the account again."
        return Finding(check="kinds", state=State.WARN, text=text)
    return Finding(check="kinds", state=State.OK, text="Every kind of update is asked for.")


async def _clock(account: Account, clock: Clock) -> Finding:
    url = account.options.get("api_url", "") or API_URL
    try:
        async with httpx.AsyncClient(timeout=_READ_S) as client:
            said = (await client.head(url)).headers.get("Date", "")
        theirs = parsedate_to_datetime(said)
    except (httpx.HTTPError, ValueError):
        text = "Telegram did not say what time it is."
        return Finding(check="clock", state=State.WARN, text=text)
    skew_s = abs((clock.now() - theirs.astimezone(UTC)).total_seconds())
    if skew_s > _SKEW_S:
        text = f"This machine's clock is {skew_s:.0f} seconds off; let it follow a time server."
        return Finding(check="clock", state=State.WARN, text=text)
    return Finding(check="clock", state=State.OK, text="This machine's clock is right.")
