"""What an operator can change about the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le
from pydantic import SecretStr

_NO_SECRET = SecretStr("")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTarget:
    """A language model that answers may be written with."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    type: Literal["tgi", "openai", "anthropic", "local"]
    """What its server speaks: Text Generation Inference, chat completions, or Messages; or local,
    in this process, one answer after another."""
    url: str = ""
    """As `http://127.0.0.1:3000`; for chat completions with what stands before
    `/chat/completions`, as `http://127.0.0.1:8000/v1`."""
    path: str = ""
    """Of a local one: a folder with a causal transformers model, or the name of one that is in the
    cache of this machine; nothing is fetched."""
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
    at_once: Annotated[int, Ge(1), Le(100_000)] | None = None
    """Answers it writes at the same time; keep it below what the server takes. Left out, a TGI
    server says it itself, and others get 64."""
    max_prompt_tokens: Annotated[int, Ge(100), Le(100_000_000)] = 6_000
    """What it reads at most, without its answer; a TGI server says it itself."""
    tokenizer: str = ""
    """Its tokenizer.json, or a folder that has one, to count tokens with; empty estimates them, a
    little too many."""
    connect_s: Annotated[float, Ge(0.01), Le(600)] = 3
    first_token_s: Annotated[float, Ge(0.01), Le(600)] = 12
    between_tokens_s: Annotated[float, Ge(0.01), Le(600)] = 15

    def __post_init__(self) -> None:
        """Refuse what could never be asked.

        Raises:
            ValueError: no address or path, or no model where one must be named.
        """
        if self.type == "local":
            if not self.path:
                raise ValueError("a local model needs the path of its folder")
            return
        if not self.url.startswith(("http://", "https://")):
            raise ValueError("a model's url must begin with http:// or https://")
        if "@" in self.url.split("/")[2]:
            raise ValueError("a model's url holds no password: that is api_key, or a header")
        if self.type != "tgi" and not self.model:
            raise ValueError("a model of this type must be named, as model")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierSettings:
    """A model of the operator's own in the place of a head that comes with the service."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    type: Literal["tei", "endpoint", "transformers"]
    """What its server speaks: Text Embeddings Inference, or what Hugging Face's inference
    endpoints do for text classification; or transformers, in this process."""
    url: str = ""
    """As `http://127.0.0.1:8080`; of an endpoint the whole address."""
    path: str = ""
    """Of one in this process: a folder with a transformers model for sequence classification, or
    the name of one that is in the cache of this machine; nothing is fetched."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What its labels mean: names of intents ("" for messages of none), or emotions; several may
    mean the same, and one that is left out counts for nothing. Empty takes them as they are, and
    the 28 emotions of GoEmotions as the seven they belong to."""
    several: bool = False
    """Whether several labels may hold at once, each with a chance of its own, as in GoEmotions."""
    languages: tuple[str, ...] = ()
    """Of emotions: the languages it reads, as ["en"]; others are judged by what comes with the
    service. Empty is all."""
    at_least: Annotated[float, Ge(0), Le(1)] = 0.5
    """Of intents: the chance from which one is taken."""
    within_s: Annotated[float, Ge(0.01), Le(30)] = 1.0
    """Seconds; what takes longer is judged by what comes with the service."""
    api_key: SecretStr = _NO_SECRET
    """Sent as a bearer token; empty sends none."""
    headers: Mapping[str, SecretStr] = field(default_factory=dict)
    """Sent with every request."""

    def __post_init__(self) -> None:
        """Refuse what could never be asked.

        Raises:
            ValueError: no address, or no path.
        """
        if self.type == "transformers":
            if not self.path:
                raise ValueError("a classifier in this process needs the path of its folder")
        elif not self.url.startswith(("http://", "https://")):
            raise ValueError("a classifier's url must begin with http:// or https://")
        elif "@" in self.url.split("/")[2]:
            raise ValueError("a classifier's url holds no password: that is api_key, or a header")


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSettings:
    """An operator's own code in the middle of a turn."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    use: str
    """The name of an entry point in the group `switchboard.hooks`, or `module:object`."""
    name: str = ""
    """In metrics, logs and records of turns; empty means the same as `use`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What a class is made with."""
    limit_s: Annotated[float, Ge(0.01), Le(30)] = 1.0
    """Seconds for each step of a turn; what takes longer is left out."""
    tenants: tuple[str, ...] = ()
    """Whose turns it takes part in; empty is everybody's."""
    rewrites: bool = False
    """Whether it may change words of an answer that a citation covers."""


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
    policy: str = ""
    """A TOML file with what the bot does by itself and when people come in, as `switchboard policy
    check` reads it; empty means the policy that comes with it."""
    models: tuple[ModelTarget, ...] = ()
    """One entry per language model that writes answers: type (tgi, openai, anthropic, local), url
    or path, model, name, api_key, headers, query, reasons, role (main, backup, light), weight,
    at_once, max_prompt_tokens, tokenizer, connect_s, first_token_s, between_tokens_s. Empty
    answers in the documents' own words, which is also what happens when no model can (see the
    runbook)."""
    prompts: str = ""
    """A folder with prompts that count for more than those that ship: answer.txt, answer.zh.txt,
    TENANT/answer.txt and so on (see `switchboard prompts`); empty means those that ship."""
    experiments: str = ""
    """A TOML file with variants of answering that conversations are divided among; empty compares
    nothing."""
    intent_model: ClassifierSettings | None = None
    """A classifier that takes messages for intents in the place of the heads that are trained on
    examples: type (tei, endpoint, transformers), url or path, labels, several, at_least, within_s,
    api_key, headers. Tenants' catalogues still say what is done, and the heads judge whenever it
    cannot."""
    emotion_model: ClassifierSettings | None = None
    """A classifier that tells feelings in the place of what comes with the service, which judges
    whenever it cannot: the same, with languages in the place of at_least."""
    model_turn_s: Annotated[float, Ge(0.1), Le(600)] = 45
    """Seconds that models have for one answer, all attempts together; keep it well below a minute,
    for a turn is given up after 90."""
    hooks: tuple[HookSettings, ...] = ()
    """One entry per piece of your own code that takes part in turns: use (an entry point or
    module:object), name, options, limit_s, tenants, rewrites. They run in this order."""
    tools: str = ""
    """A TOML file with the actions that the bot may take over HTTP, as `switchboard tools check`
    reads it; empty means that it takes none."""
    tool_secrets: Mapping[str, SecretStr] = field(default_factory=dict)
    """What stands for `${name}` in the headers of that file, each in a variable of its own, such
    as SWITCHBOARD_CORE__TOOL_SECRETS__SHOP; names are in lower case."""
    approved_wins: Annotated[float, Ge(0), Le(1)] = 0.87
    """Likeness of a question to one with an approved answer from which that answer is said instead
    of anything written anew; higher says it less often and errs less."""
    approved_near: Annotated[float, Ge(0), Le(1)] = 0.8
    """Likeness from which an approved answer is said when no model can write one."""
    cache_answers: bool = False
    """Whether an answer that a model wrote is said again to the next who asks the same; on saves
    models work, and what was once written badly is said more than once."""
    cache_takes: Annotated[float, Ge(0), Le(1)] = 0.95
    """Likeness of two questions from which the answer to one is said to the other."""
    cache_weighs: Annotated[float, Ge(0), Le(1)] = 0.92
    """Likeness from which it is said if the two share most of their words, too."""
    cache_hours: Annotated[float, Ge(0.01), Le(8760)] = 24
    """Hours that a kept answer is said; a change of the documents ends it earlier."""
    cache_entries: Annotated[int, Ge(1), Le(20_000)] = 1_000
    """Answers kept for each tenant; each question is compared with all of them."""
    link_hosts: tuple[str, ...] = ()
    """Hosts to which an answer may link beside the documents that it rests on, as `shop.example`
    with all below it; any other link is taken out."""
    history: Annotated[int, Ge(0), Le(200)] = 20
    """Earlier messages a turn sees; more helps follow-ups and costs time in every turn."""
    memory_tokens: Annotated[int, Ge(400), Le(1_000_000)] = 1_800
    """Tokens that a conversation may take up in a prompt: what is remembered of it, and its latest
    messages. From three quarters on, older messages are summarised. More costs in every turn."""
    memory_silence_hours: Annotated[float, Ge(0.1), Le(8760)] = 24
    """Hours without a word after which another talk begins: its prompts show no message of the
    one before, only what is remembered of it."""
    memory_at_once: Annotated[int, Ge(1), Le(100)] = 2
    """Conversations of a worker that are summarised at the same time, beside the turns; more takes
    more from those who answer."""
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
