"""Whether a sentence denies, and on which side of opposites it stands."""

import re

from core.nlu.words import telling_terms

_DENIES = re.compile(
    r"""\b(?: not | no | never | none | nothing | nobody | neither | nor | cannot | without
          | unable | \w+n['’]t | impossible | unavailable | unsupported | prohibited
          | forbidden | lacks? )\b
      | [不没沒無无未非勿别]""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT_MORE = re.compile(
    r"\b(?:not? (?:only|less|more|later|fewer)\b|no longer than)|不(?:超过|少于)", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[,;:.!?()，。；：！？]")
_REACH = 60
_OPPOSITES = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in (
        (
            r"\bat least\b|\bminimum\b|\b(?:more|greater|higher|longer|later) than\b|\bover \d"
            r"|\babove\b|\bexceed|\bno(?:t)? (?:less|fewer)\b|至少|最少|不少于|超过|以上|高于",
            r"\bat most\b|\bmaximum\b|\bup to\b|\b(?:less|fewer|lower|shorter) than\b|\bunder \d"
            r"|\bbelow\b|\bwithin\b|\bno(?:t)? (?:more|later)\b|至多|最多|不超过|以下|以内|低于",
        ),
        (r"\bbefore\b|\bprior to\b|之前|以前", r"\bafter(?:wards)?\b|\bfollowing\b|之后|以后"),
        (
            r"\bincreas|\brais(?:e|ing)|\brises?\b|\bgrow|增加|提高|上升",
            r"\bdecreas|\breduc|\blower(?:s|ed|ing)\b|\bfalls?\b|\bshrink|减少|降低|下降",
        ),
        (
            r"\benabl|\bturn(?:ed|s)? on\b|开启|启用",
            r"\bdisabl|\bturn(?:ed|s)? off\b|关闭|禁用|停用",
        ),
        (r"\binclud(?:e|es|ed|ing)\b|包括|包含", r"\bexclud|\bexcept\b|不包括|不含"),
        (r"\balways\b|总是|始终", r"\bnever\b|\bsometimes\b|\brarely\b|从不|有时"),
        (r"\ball\b|\bevery\b|\beach\b|所有|全部", r"\bsome\b|\bnone\b|\bfew\b|部分|个别"),
        (r"\bfree\b|\bno charge\b|免费", r"\bpaid\b|\bfee\b|\bcharged?\b|收费|付费"),
        (
            r"\brequire[sd]?\b|\bmust\b|\bmandatory\b|\bneeds? to\b|必须|需要",
            r"\boptional(?:ly)?\b|\bneed not\b|可选|无需",
        ),
        (r"\ballow|\bpermit|\baccept|允许|接受", r"\brefus|\breject|\bdeclin|\bprevent|拒绝|禁止"),
        (r"\bfirst\b|\bearliest\b|首先|第一", r"\blast\b|\bfinal\b|\blatest\b|最后"),
        (r"\bfaster\b|\bquicker\b|更快", r"\bslower\b|更慢"),
        (
            r"\blarger?\b|\bbigger\b|\bhigh(?:er|est)?\b|更大|更高",
            r"\bsmall(?:er)?\b|\blow(?:er|est)?\b|更小|更低",
        ),
        (r"\bmore\b|\bmost\b|更多", r"\bless\b|\bfewer\b|\bleast\b|更少"),
        (r"\bstarts?\b|\bbegin", r"\bends?\b|\bstops?\b|\bfinish"),
        (r"\bsucceed|\bsuccess", r"\bfail"),
        (r"\bsame\b|相同", r"\bdifferent\b|不同"),
    )
)


def denies(text: str) -> bool:
    """Whether it says that something is not so."""
    return _DENIES.search(_NOT_MORE.sub(" ", text)) is not None


def denied_terms(text: str) -> frozenset[str]:
    """The telling terms that a denial stands before, two at most for each."""
    plain = _NOT_MORE.sub(" ", text)
    found: set[str] = set()
    for match in _DENIES.finditer(plain):
        clause = _CLAUSE_END.split(plain[match.end() : match.end() + _REACH], maxsplit=1)[0]
        if clause.strip():
            found.update(telling_terms(clause)[:2])
    return frozenset(found)


def opposed(said: str, ground: str) -> int:
    """On how many pairs of opposites the one stands on one side alone, the other on the other."""
    return sum(
        _against(one, other, said, ground) or _against(other, one, said, ground)
        for one, other in _OPPOSITES
    )


def _against(one: re.Pattern[str], other: re.Pattern[str], said: str, ground: str) -> bool:
    return (
        one.search(said) is not None
        and other.search(said) is None
        and other.search(ground) is not None
        and one.search(ground) is None
    )
