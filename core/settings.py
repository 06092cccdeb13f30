"""What an operator can change about the core."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreSettings:
    """How turns are taken."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    history: Annotated[int, Ge(0), Le(200)] = 20
    """Earlier messages a turn sees; more helps follow-ups and costs time in every turn."""
    lanes: Annotated[int, Ge(1), Le(10_000)] = 200
    """Conversations one worker serves at the same time; more needs more memory, and turns
    that wait for a model gain most."""
    drain_s: Annotated[float, Ge(0), Le(600)] = 20
    """Seconds a stopping worker gives the turns in hand; what is not done by then is taken
    again by another worker, so a small number loses nothing."""
