"""What an operator can change about the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Le
from pydantic import SecretStr

_NO_SECRET = SecretStr("")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTarget:
    """A language model that answers may be written with."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    type: Literal["tgi", "openai", "anthropic"]
    """What its server speaks: Text Generation Inference, chat completions, or Messages."""
    url: str
    """As `http://127.0.0.1:3000`; for chat completions with what stands before
    `/chat/completions`, as `http://127.0.0.1:8000/v1`."""
    name: str = ""
    """In metrics; empty means the model's."""
    model: str = ""
    """As the server calls it; a TGI server has one and says which."""
    api_key: SecretStr = _NO_SECRET
    """Sent as a bearer token; empty sends none."""
    headers: Mapping[str, SecretStr] = field(default_factory=dict)
    """Sent with every request; Azure wants its key as `api-key`."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Added to the address; Azure wants `api-version` there."""
    reasons: bool = False
    """Whether it thinks before it answers: it gets room for that; and such models of OpenAI take
    no temperature and no stop words, and another name for the longest answer."""
    role: Literal["main", "backup", "light"] = "main"
    """Backups are asked when no main one can answer, light ones after them."""
    weight: Annotated[float, Ge(0), Le(1_000_000)] = 1
    """The share of turns among targets of the same role."""
    at_once: Annotated[int, Ge(1), Le(100_000)] = 64
    """Answers it writes at the same time; keep it below what the server takes."""
    max_prompt_tokens: Annotated[int, Ge(100), Le(100_000_000)] = 6_000
    """What it reads at most; a TGI server says it itself."""
    connect_s: Annotated[float, Ge(0.01), Le(600)] = 3
    first_token_s: Annotated[float, Ge(0.01), Le(600)] = 12
    between_tokens_s: Annotated[float, Ge(0.01), Le(600)] = 15

    def __post_init__(self) -> None:
        """Refuse what could never be asked.

        Raises:
            ValueError: no address, or no model where one must be named.
        """
        if not self.url.startswith(("http://", "https://")):
            raise ValueError("a model's url must begin with http:// or https://")
        if "@" in self.url.split("/")[2]:
            raise ValueError("a model's url holds no password: that is api_key, or a header")
        if self.type != "tgi" and not self.model:
            raise ValueError("a model of this type must be named, as model")


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
    models: tuple[ModelTarget, ...] = ()
    """One entry per language model that writes answers: type (tgi, openai, anthropic), url, model,
    name, api_key, headers, query, reasons, role (main, backup, light), weight, at_once,
    max_prompt_tokens, connect_s, first_token_s, between_tokens_s. Empty answers in the documents'
    own words, which is also what happens when no model can (see the runbook)."""
    model_turn_s: Annotated[float, Ge(0.1), Le(600)] = 45
    """Seconds that models have for one answer, all attempts together; keep it well below a minute,
    for a turn is given up after 90."""
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
