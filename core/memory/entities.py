"""Finds in a text what must not be lost: references, dates, numbers with what they count, names.

Rules for English and Chinese; other languages have their numbers, references and most dates. An
entity has a key, by which it is known again in another spelling.
"""

import re
import unicodedata
from dataclasses import dataclass

from core.domain.memory import Kind

_A, _Z = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_HAN_NUMBER = "[\\d一二两三四五六七八九十百千万半]{1,12}"
_COUNTED = "两|二|三|四|五|六|七|八|九|十|百|千|万"

_REFERENCE = rf"""
    (?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}
  | https?://[^\s，。]+ | www\.[^\s，。]+
  | {_A}[A-Z]{{2}}\d{{2}}(?:\ ?[\dA-Z]{{4}}){{3,}}(?:\ ?[\dA-Z]{{1,3}})?{_Z}
  | \#\ ?[\w-]*\d[\w-]*
  | {_A}(?=[A-Za-z0-9_/-]{{0,40}}?[A-Za-z])
    (?=(?:[A-Za-z_/-]{{0,20}}\d){{3}}|[A-Za-z0-9]{{0,20}}[-_/][A-Za-z0-9_/-]{{0,20}}?\d|[A-Z]{{1,20}}\d)
    [A-Za-z0-9]{{1,40}}(?:[-_/][A-Za-z0-9]{{1,40}}){{0,8}}{_Z}(?<!\d[a-z][a-z])(?<!-[a-z][a-z][a-z])
  | {_A}\d{{2,}}(?:-\d{{2,}})+{_Z}(?<!\d{{4}}-\d\d)(?<!\d{{4}}-\d\d-\d\d)
  | (?<![\w+])\+?\d[\d\ ()/-]{{7,}}\d(?!\w)(?<!\d{{4}}-\d\d-\d\d)
  | {_A}\d{{5,}}(?![.,]?\d|\ ?(?:[%€$£¥元块万亿]|[A-Z]{{3}}\b|(?:euro|dollar|pound|cent|yuan)))
"""
_DATE = rf"""
    {_A}\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}{_Z}
  | {_A}\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d\d){_Z}
  | {_A}\d{{1,2}}/\d{{1,2}}{_Z}
  | \b(?i:{_DAY}(?:\ of)?\ {_MONTH}(?:,?\ \d{{4}})? | {_MONTH}\.?\ {_DAY}(?:,?\ \d{{4}})?
        | {_MONTH}\ \d{{4}})\b
  | \b(?i:(?:(?:next|this|last|on|by|until|before|after|since|every)\ )?{_WEEKDAY})s?\b
  | \b(?i:(?:the\ day\ (?:after|before)\ )?(?:tomorrow|yesterday)|tonight
        |(?:next|last|this)\ (?:week|month|year|weekend|morning|afternoon|evening))\b
  | {_A}\d{{1,2}}:\d{{2}}(?:\ ?[ap]\.?m\b\.?)? | \b\d{{1,2}}\ ?[ap]\.?m\b\.? | \bnoon\b
  | (?:\d{{2,4}}年)?\d{{1,2}}月(?:\d{{1,2}}[日号])? | \d{{4}}年 | \d{{1,2}}[日号](?!码|线|楼)
  | (?:下个?|这个?|上个?|本)?(?:周|星期|礼拜)[一二三四五六日天末]
  | (?:下|上|这|本)(?:个)?(?:周|月|星期)
  | 大?[明后昨前]天 | 今[天晚] | (?:上午|下午|晚上|早上|中午)?{_HAN_NUMBER}点(?:半|\d{{1,2}}分?)?
"""
_NUMBER = rf"""
    [$€£¥]\ ?\d[\d.,]*\d|[$€£¥]\ ?\d
  | \d(?:[\d.,]*\d)?\ ?(?:%|€|£|\$|¥|percent\b|per\ cent\b|[A-Z]{{3}}\b
       |(?:euros?|dollars?|pounds?|cents?|yuan)\b)
  | (?:{_HAN_NUMBER}|\d[\d.,]*)(?:美元|欧元|元|块|万|亿|％|%|个|件|台|张|条|本
       |次|天|小时|分钟|年|周|公斤|千克|斤|米|人|位|辆|份|箱|盒|双|套|只|瓶|包|部|间|晚|平方米)
  | (?:{_COUNTED})(?:个|件|台|张|条|次|天|位|辆|份|箱|盒|双|套|只|瓶|包|部|间|晚)
  | (?<![A-Za-z])\d(?:[\d.,]*\d)?(?:-?[A-Za-z]{{1,3}}\b|[\ -][a-z][\w-]*)?
  | \b(?i:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty
       |fifty|sixty|hundred|thousand)[\ -][A-Za-z]+
"""
_NAME_WORD = r"[A-Z][\w'’-]*[a-z][\w'’-]*"
_NAMES = rf"{_NAME_WORD}(?:\ (?:(?:of|de|van|von|der|la)\ )?(?:{_NAME_WORD}|[A-Z]\b\.?|\d+\b))*"
_NAME = rf"""
    (?i:\b(?:my\ (?:full\ |last\ |first\ |sur)?name(?:\ is|'s|’s)|name[:：]|i\ am\ called|call\ me
       |this\ is|i\ am|i'm|i’m)\ )(?P<introduced>{_NAMES})
  | \b(?:Mr|Mrs|Ms|Dr|Prof)\b\.?\ {_NAMES}
  | (?:我叫|名字[是叫为]|名叫|叫做|姓名[是为:：]?\ ?|本人|收件人[是:：]?\ ?|联系人[是:：]?\ ?)
      (?P<named>[\u4e00-\u9fff·]{{2,4}}?)(?=[，。,.\s!！、；;]|的|$)
  | [\u4e00-\u9fff]{{1,2}}(?:先生|女士|小姐|经理|主管|老师|工程师)
  | [《「“"](?P<quoted>[^《》「」“”"]{{2,24}})[》」”"]
  | (?<=[a-z0-9,;:]\ )(?P<proper>{_NAMES})
"""
_ORDER = (
    (Kind.REFERENCE, re.compile(_REFERENCE, re.VERBOSE)),
    (Kind.DATE, re.compile(_DATE, re.VERBOSE)),
    (Kind.NUMBER, re.compile(_NUMBER, re.VERBOSE)),
    (Kind.NAME, re.compile(_NAME, re.VERBOSE)),
)
_RELATIVE = re.compile(
    rf"""\b(?:tomorrow|yesterday|today|tonight|{_WEEKDAY}
        |(?:next|last|this)\ (?:week|month|year|weekend|morning|afternoon|evening))\b
      | [明后昨前]天 | 今[天晚] | (?:周|星期|礼拜)[一二三四五六日天末]
      | (?:下|上|这|本)(?:个)?(?:周|月|星期)""",
    re.VERBOSE | re.IGNORECASE,
)
_FEW_WORDS, _CAPITAL = 4, 0.6
_LITTLE_NAMES = frozenset(
    ("i", "i'm", "i’m", "i've", "i’ve", "i'd", "i’d", "i'll", "i’ll", "ok", "okay", "hi", "hello")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something of a text that must not be lost."""

    kind: Kind
    text: str
    key: str
    """The same for the same thing in another spelling."""
    start: int
    end: int


def entities(text: str) -> tuple[Entity, ...]:
    """All of a text, in their order; of two that overlap the one of the more telling kind."""
    found: list[Entity] = []
    shouts = _shouts(text)
    rest = text
    for kind, pattern in _ORDER:
        for match in pattern.finditer(rest):
            group = match.lastgroup or 0
            said = match.group(group).strip()
            if said.lower() in _LITTLE_NAMES or (shouts and group == "proper"):
                continue
            start, end = match.span(group)
            found.append(Entity(kind=kind, text=said, key=key(said), start=start, end=end))
        for one in found:
            rest = rest[: one.start] + "\x00" * (one.end - one.start) + rest[one.end :]
    return tuple(sorted(found, key=lambda one: one.start))


def key(text: str) -> str:
    """By which something is known again: folded, without spaces and signs around it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s#()]+", "", folded).strip(".,;:!?'\"")


def is_relative(text: str) -> bool:
    """Whether the text names a time that only the day on which it was said makes clear."""
    return _RELATIVE.search(text) is not None


def _shouts(text: str) -> bool:
    """Whether capitals say nothing here."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    capital = sum(word[0].isupper() for word in words)
    return len(words) >= _FEW_WORDS and capital > _CAPITAL * len(words)
