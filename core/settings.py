"""What an operator can change about the core."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreSettings:
    """How turns are taken."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    company: str = "our company"
    """The name of those who answer, as the bot speaks of them."""
    bot: str = "Ada"
    """The name the bot gives itself."""
    phrases: str = ""
    """A TOML file with what the bot says by itself; empty means the sentences that come with
    it, in several languages."""
    decline_below: Annotated[float, Ge(0), Le(1)] = 0.3
    """The chance that the passages found answer the question, under which the bot says that it
    does not know; higher declines more and errs less."""
    history: Annotated[int, Ge(0), Le(200)] = 20
    """Earlier messages a turn sees; more helps follow-ups and costs time in every turn."""
    lanes: Annotated[int, Ge(1), Le(10_000)] = 200
    """Conversations one worker serves at the same time; more needs more memory, and turns
    that wait for a model gain most."""
    drain_s: Annotated[float, Ge(0), Le(600)] = 20
    """Seconds a stopping worker gives the turns in hand; what is not done by then is taken
    again by another worker, so a small number loses nothing."""
    partitions: Annotated[int, Ge(1), Le(1000)] = 12
    """Partitions of each topic: at most so many workers share the work. Fixed at the first start;
    another number is refused later."""
    keep_days: Annotated[float, Ge(0.01), Le(3650)] = 7
    """Days a record stays in the event log after everybody has read it, and a dead letter after it
    was replayed or discarded; conversations and turns are not records and stay."""
