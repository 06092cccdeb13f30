"""Drafts a ticket by rules, for English and Chinese; other languages get what needs no words."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.domain.conversation import Conversation
from core.domain.memory import NO_MEMORY, Kind
from core.domain.messages import Author, Message
from core.domain.tickets import LONGEST_TITLE, OTHER, Priority, TicketDraft
from core.memory.entities import entities
from core.memory.extract import Extractive
from core.memory.sentences import is_chinese, sentences
from core.memory.speech import asks
from core.models.counting import tokens
from core.nlu.matter import is_matter, is_telling, of_matter, until_wish

_SUMMARY_TOKENS = 160
_MOST_STEPS = 8
_FRUSTRATED = 0.7
"""As in the policy that ships: from there on it apologises and offers a person."""
_CITATION = re.compile(r" ?\[\d{1,2}\]")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NO_ORDER = re.compile(r"@|^(?:https?:|www\.)|^\+|^[\d ()/-]*[ ()/][\d ()/-]*$")
_MODEL = re.compile(
    r"""(?<![\w-])(?!(?:Orders?|Tickets?|Invoice|Case|Reference|Ref|Number|No|Nr|Version|Room|Line|Page
        |Chapter|Step|Jan\w*|Feb\w*|Mar(?:ch)?|Apr\w*|May|June?|July?|Aug\w*|Sep\w*|Oct\w*|Nov\w*
        |Dec\w*|It|I|The|At|On|In|By|From|To|Until|After|Before|Over|Only|About|My|Your)\b)
        (?:[A-Z][\w'’]{1,20}\ ){1,3}[A-Z]{0,3}-?\d{1,4}[A-Za-z]{0,3}(?![\w-]|[.,:]\d)""",
    re.VERBOSE,
)
"""A name with a short number behind it, as models have them."""
_STEP = re.compile(
    r"""\b(?:i|we)(?:\ have|['’]ve)?(?:\ (?:already|also|then|even|just))*
        \ (?:tried|restarted|rebooted|reset|reinstalled|installed|uninstalled|checked|cleared
            |updated|upgraded|changed|replaced|cleaned|unplugged|plugged|removed|deleted|called
            |contacted|e-?mailed|wrote\ to|logged\ (?:in|out)|signed\ (?:in|out)|turned|switched
            |waited|read|looked|searched|followed|repeated|charged|asked)\b
      | \b(?:i|we)(?:\ have|['’]ve)?\ already\ (?!order|pa[iy]|receiv|return)\w{2,}ed\b
      | \b(?:tried|restarting|rebooting|resetting|reinstalling)\b.{0,60}
        \b(?:did|does)(?:n['’]t|\ not)\b
      | 试[过了]
      | (?:已经|我也?|都)?(?:重启|重装|重置|重新登录|重新安装|清除|清理|更新|升级|更换|换|检查
        |查|联系|退出)[过了]
      | 按(?:照)?.{0,12}(?:做|操作)[过了]""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_STEP = re.compile(
    r"\b(?:haven['’]t|have not|didn['’]t|did not)\b(?! (?:help|work|change|solve|fix|make))"
    r"|\b(?:should i|can i|could i|if i|before i)\b"
    r"|没有?(?:试|重启|重装)|要不要|需要.{0,4}吗",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"""\b(?:fraud\w*|stolen|theft|hacked|scam\w*|unauthori[sz]ed|injur\w+|smok(?:e|ing)|fire
        |burn(?:t|ed|s|ing)?|electric\ shock|hospital|allergic|lawyer|data\ breach)\b
      | 被盗 | 盗刷 | 诈骗 | 受伤 | 着火 | 冒烟 | 触电 | 过敏 | 医院 | 律师 | 泄露""",
    re.IGNORECASE | re.VERBOSE,
)
_SOON = re.compile(
    r"""\b(?:urgent(?:ly)?|asap|as\ soon\ as\ possible|immediately|right\ (?:now|away)|at\ once
        |deadline|emergency|by\ (?:today|tonight|tomorrow))\b
      | 紧急 | 马上 | 立刻 | 立即 | 尽快 | 加急 | 急用 | 很急 | 着急""",
    re.IGNORECASE | re.VERBOSE,
)
_LATER = re.compile(
    r"\b(?:no (?:rush|hurry)|not urgent|whenever you|when you have time)\b|不急|不着急|有空",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"""(?<!\w)[\w.+-]+@[\w.-]+ | [#\w-]*\d[\w-]* | \b(?:order|number|e-?mail|phone|name|address)\b
      | 订单号? | 单号 | 编号 | 邮箱 | 电话 | 手机号 | 姓名 | 地址 | 是""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""Whom and what it is about, which is kept elsewhere in a ticket."""
_FIRST_CLAUSE = re.compile(
    r"^(?:hi|hello|hey|dear \w+|good (?:morning|afternoon|evening)|please|thanks|你好|您好|请问)"
    r"[\w ]{0,12}[,!.，。！:：\s]+\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a conversation beside its words."""

    emotion: str = ""
    """The customer's last."""
    frustration: float = 0.0
    """The highest level that the talk reached, 0 to 1: it fades while a person is written to."""
    category: str = OTHER
    """Where the intent says it."""
    categories: tuple[str, ...] = ()
    """Those that a model may choose from; with none it keeps `category`."""
    products: tuple[str, ...] = ()
    """The company's own, to be found by their names."""


async def by_rule(
    conversation: Conversation, messages: Sequence[Message], known: Known
) -> TicketDraft:
    """The draft in the customer's own words; a talk without any has a title that says so.

    Of the bot only what it answered from documents is summarised: its own phrases tell nothing.
    """
    said = [message.text for message in messages if message.author is Author.CUSTOMER]
    whole = "\n".join(said)
    led = [*await asyncio.to_thread(_led_here, messages), *said]
    told = [_uncited(one) for one in messages if one.author is not Author.BOT or one.sources]
    summarising = Extractive(tokens)
    summary = await summarising.summarise(NO_MEMORY, told, conversation, _SUMMARY_TOKENS)
    return TicketDraft(
        title=title_of(led),
        summary=_beginning_with(_matter(led), summary.text) or whole,
        category=known.category or OTHER,
        priority=priority_of(whole, max(conversation.mood.frustration, known.frustration)),
        order_numbers=order_numbers_in(whole),
        products=products_in(whole, known.products),
        emails=tuple(dict.fromkeys(_EMAIL.findall(whole))),
        language=conversation.language,
        emotion=known.emotion,
        steps_tried=tuple(_steps(said))[:_MOST_STEPS],
    )


def title_of(said: Sequence[str]) -> str:
    """The first sentence that says something of the matter, shortened to a line."""
    longest = max((one for text in said for one in sentences(text)), key=len, default="")
    best = _matter(said) or " ".join(longest.split())
    return shortened(_FIRST_CLAUSE.sub("", best) or best) or "A conversation without words"


def _matter(said: Sequence[str]) -> str:
    """The first sentence that tells of it, is no step, and asks for nobody; empty without one."""
    every = (one for text in said for one in sentences(text))
    return " ".join(next(filter(_tells_matter, every), "").split())


def _tells_matter(sentence: str) -> bool:
    without = _DETAIL.sub(" ", sentence)
    return is_telling(without) and is_matter(sentence) and not _is_step(sentence)


def _led_here(messages: Sequence[Message]) -> list[str]:
    """What the customer said of the matter until they asked for a person or one wrote.

    The nearest comes first: what was asked at the beginning has often been answered.
    """
    by_agent = (at for at, one in enumerate(messages) if one.author is Author.AGENT)
    before = messages[: next(by_agent, len(messages))]
    said = [one.text for one in before if one.author is Author.CUSTOMER]
    return of_matter(until_wish(said))[::-1]


def _beginning_with(matter: str, summary: str) -> str:
    """The summary with the sentence that the ticket is about in the first place."""
    if not matter:
        return summary
    first = f"客户：{matter}" if is_chinese(matter) else f"Customer: {matter}"
    return "\n".join([first, *(line for line in summary.splitlines() if line != first)])


def _uncited(message: Message) -> Message:
    if message.author is not Author.BOT:
        return message
    return replace(message, text=_CITATION.sub("", message.text))


def shortened(text: str) -> str:
    """One line that is short enough for a title, cut between words."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[: LONGEST_TITLE - 1]
    before, space, _ = cut.rpartition(" ")
    return f"{before if space and len(before) > LONGEST_TITLE // 2 else cut}…"


def priority_of(text: str, frustration: float) -> Priority:
    """Danger first, then haste and anger; the word of somebody who can wait counts, too."""
    if _URGENT.search(text):
        return Priority.URGENT
    if _SOON.search(text) and not _LATER.search(text):
        return Priority.HIGH
    if frustration >= _FRUSTRATED:
        return Priority.HIGH
    return Priority.LOW if _LATER.search(text) else Priority.NORMAL


def order_numbers_in(text: str) -> tuple[str, ...]:
    """References that are neither addresses nor telephone numbers nor products."""
    rest = _MODEL.sub(" ", text)
    found = (one.text for one in entities(rest) if one.kind is Kind.REFERENCE)
    plain = (one.lstrip("# ") for one in found if not _NO_ORDER.search(one))
    return tuple(dict.fromkeys(plain))


def products_in(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """The company's products by their names, and names with a number, as of a model."""
    folded = text.casefold()
    own = [name for name in known if name.casefold() in folded]
    return tuple(dict.fromkeys([*own, *_MODEL.findall(text)]))


def _steps(said: Sequence[str]) -> Iterator[str]:
    return (
        " ".join(one.split()) for one in dict.fromkeys(s for t in said for s in sentences(t))
        if _is_step(one)
    )  # fmt: skip


def _is_step(sentence: str) -> bool:
    found = _STEP.search(sentence) is not None
    return found and not _NO_STEP.search(sentence) and not asks(sentence)
