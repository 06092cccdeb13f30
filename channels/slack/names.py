"""What Slack calls customers: asked when it was answered, seldom, and without being owed.

https://docs.slack.dev/reference/methods/users.info
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from channels.accounts import Account
from channels.happenings import Greeted, PersonWanted, Said
from channels.pacing import Priority
from channels.places import Places
from channels.slack.calls import Call, Calls
from channels.slack.payloads import Payload, part, text
from core.domain.customers import Profile, name_of
from core.domain.errors import DeliveryDelayed, RetryableError
from core.domain.ids import CustomerId, TenantId
from core.domain.messages import Channel
from core.ports import Clock

_FRESH_S = 6 * 3600.0
"""A name is asked for again after so long; a changed one is seen by then."""
_REMEMBERED = 10_000
Tells = Callable[[TenantId, CustomerId, Profile], Awaitable[None]]
"""Keeps what is known of a customer; what is known already writes nothing."""


class Names:
    """Asks who somebody is whose conversation it is, when they say something."""

    def __init__(self, calls: Calls, places: Places, clock: Clock, tells: Tells) -> None:
        self._calls = calls
        self._places = places
        self._clock = clock
        self._tells = tells
        self._asked: OrderedDict[tuple[str, CustomerId], float] = OrderedDict()

    def due(self, account: Account, customer: CustomerId) -> bool:
        """Whether to ask now; who was asked for counts as known for some hours."""
        key, now = (account.name, customer), self._clock.monotonic()
        if now < self._asked.get(key, now):
            return False
        self._asked[key] = now + _FRESH_S
        self._asked.move_to_end(key)
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return True

    async def learn(self, account: Account, who: Said | Greeted | PersonWanted) -> None:
        """Ask Slack, and keep the name.

        Where others take part in somebody's conversation, nobody asks for theirs.

        Raises:
            RetryableError, DeliveryRefused: Slack did not say; the next message asks again where
                it was busy.
        """
        place = await self._places.at(account.tenant, Channel.SLACK, who.address)
        if place is None or place.customer != who.customer:
            return
        user = who.customer.partition(":")[2]
        call = Call(method="users.info", body={"user": user}, priority=Priority.DELTA)
        try:
            if not self._calls.may(account, call):
                raise DeliveryDelayed(0.0)
            known = part(await self._calls.at_once(account, call), "user")
        except RetryableError:
            self._asked.pop((account.name, who.customer), None)
            raise
        if known:
            await self._tells(account.tenant, who.customer, _profile(known))


def _profile(known: Payload) -> Profile:
    about = part(known, "profile")
    name = text(about, "display_name") or text(about, "real_name") or text(known, "real_name")
    return Profile(name=name_of(name), username=name_of(text(known, "name")))
