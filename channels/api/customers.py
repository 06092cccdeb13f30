"""Who asks: the user whom a program names, or nobody.

A program with a token that may vouch is believed, about name and attributes, too. Without one it
may still say whose question it is, so that different people's are kept apart: such a customer is
called `claimed-ID`, never `person-ID`, and nothing else is believed of them. Who is not named is
somebody new in each conversation.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from channels.contract import printable
from channels.parts import GatewayParts
from core.domain.customers import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_ATTRIBUTES,
    Profile,
    attributes_of,
    email_of,
    name_of,
)
from core.domain.ids import CustomerId, TenantId
from core.http.json import Refused

_VOUCHED, _CLAIMED = "person-", "claimed-"
_UNSEEN = r"\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_MAIL = rf"[^@{_UNSEEN}]+"
Id = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$",
        description="Whose question it is, as the program calls them.",
    ),
]
_Text = Annotated[str, Meta(max_length=LONGEST_VALUE)]
_Attribute = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$")]
_Number = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class CustomerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who asks. Only `id` is taken from a program without a token."""

    id: Id
    name: Annotated[str, Meta(max_length=LONGEST_NAME)] | None = None
    email: Annotated[str, Meta(max_length=LONGEST_EMAIL, pattern=f"^{_MAIL}@{_MAIL}$")] | None = (
        None
    )
    attributes: (
        Annotated[
            dict[_Attribute, _Text | _Number | float | bool],
            Meta(
                max_length=MOST_ATTRIBUTES,
                description="For the rules of the policy, as `plan`. Name, e-mail and attributes"
                " take the place of what was told before.",
            ),
        ]
        | None
    ) = None

    @property
    def tells(self) -> bool:
        """Whether it says more than whose question it is."""
        return (self.name, self.email, self.attributes) != (None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks."""

    id: CustomerId | None
    """None where nobody is named."""
    profile: Profile | None = None

    def may_go_on(self, customer: CustomerId) -> bool:
        """Whether a conversation of this customer may be theirs."""
        named = customer.startswith((_VOUCHED, _CLAIMED))
        return self.id is None or self.id == customer or not named


async def asker(
    request: web.Request, tenant: TenantId, named: CustomerBody | str | None, parts: GatewayParts
) -> Asker:
    """Whom the request names.

    Args:
        request: with or without a token.
        tenant: who is asked; a token of another one is worth nothing.
        named: all that it says of them, or the id alone.
        parts: knows tokens.

    Raises:
        Refused: it says more than an id, and has no token to be believed.
        ProfileRefused: what it says has a wrong form.
    """
    if not named:
        return Asker(id=None)
    body = CustomerBody(id=printable(named)) if isinstance(named, str) else named
    if not await _vouches(request, tenant, parts):
        if body.tells:
            raise Refused(
                403,
                "forbidden",
                "A customer's name, email and attributes are taken only with a token of this"
                " brand that may do customers.vouch.",
            )
        return Asker(id=CustomerId(_CLAIMED + body.id))
    profile = None
    if body.tells:
        profile = Profile(
            name=name_of(body.name or ""),
            email=email_of(body.email or ""),
            attributes=attributes_of(body.attributes or {}),
        )
    return Asker(id=CustomerId(_VOUCHED + body.id), profile=profile)


async def _vouches(request: web.Request, tenant: TenantId, parts: GatewayParts) -> bool:
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and await parts.vouches(tenant, bearer.strip())
