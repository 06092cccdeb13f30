"""What of the addresses in an answer may leave: those of its documents, and of known hosts.

Addresses are also taken out where a channel would make them links by itself. Images never leave:
who shows one fetches it, and tells its server so.
"""

import html
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from core.domain.answers import Passage

GONE = "…"
"""What is left of an address that may not leave."""
_LONGEST = 600
"""Characters that a link in brackets may have."""
_LABEL = r"[^\W_](?:[^\W_]|[-_](?=[\w-]*[^\W_])){0,62}"
_ADDRESS = re.compile(
    rf"""(?: [a-z][a-z0-9+.-]{{1,20}}:// [^\s<>"'`\])}}|，。；！？、）】]+
          | (?:javascript|data|vbscript|file|mailto|tel): [^\s<>"`\])]+
          | [\w.+-]+ @ (?:{_LABEL}\.)+[^\W\d_]{{2,24}}
          | (?<![^\W_]) (?:{_LABEL}\.)+ (?:xn--[a-z0-9-]{{2,59}}|[^\W\d_]{{2,24}}) (?![^\W_])
            (?: [:/?\#] [^\s<>"'`\])|]* )?
          | (?<![\w.]) \d{{1,3}}(?:\.\d{{1,3}}){{3}} (?: :\d+ )? / [^\s<>"'`\])|]*
        )""",
    re.VERBOSE | re.IGNORECASE,
)
_IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)\n]*\)?|\[[^\]\n]*\])?")
_LINK = re.compile(
    r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]"
    r"\(\s*(?:<([^>\n]*)>|([^)\n]*?))(?:\s+[\"'(][^)\n]*)?\)"
)
_DEFINITION = re.compile(r"(?m)^\s{0,3}\[([^\]\n]+)\]:\s*\S[^\n]*$")
_PICTURE = re.compile(
    r"<\s*/?\s*(?:img|picture|video|audio|iframe|object|embed|svg|link|script)\b[^>]*>?",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?…"
_OPEN = re.compile(
    r"!\[[^\]]*$|!?\[[^\]\n]*(?:\](?:\([^)\n]*|\[[^\]\n]*)?)?$|!$|<(?:[a-z/!][^>\n]*)?$",
    re.IGNORECASE,
)
_RUN = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]*")
_LETTERS = re.compile(r"[a-zA-Z]*")
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs "
    "bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec "
    "ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy "
    "hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz "
    "la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx "
    "my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re "
    "ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th "
    "tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_GENERIC = (
    "academy agency app art asia bank best bid biz blog business buzz cafe center chat click "
    "cloud club codes com community company cool cyou date deals dev digital direct download edu "
    "email energy events expert express farm fashion finance fit fun fund games gift global gov "
    "green group guru health help homes host house info ink int international jobs land life link "
    "live loan lol love ltd market marketing media men mil mobi money monster name net network "
    "news ninja one online org page party photo photos pics pink plus press pro promo pub quest "
    "racing rent rest review reviews rocks run sale sbs school science services shop show site "
    "social software solutions space store stream studio style support systems team tech "
    "technology tel tips today tools top tours trade training travel tube university vip wang "
    "watch web website wiki win work works world wtf xin xxx xyz zip zone "
    "arpa aero coop museum post"
)
_ENDINGS = frozenset(f"{_COUNTRIES} {_GENERIC}".split())
"""Of hosts that channels make links of where nothing else tells that they are some."""


@dataclass(frozen=True, slots=True)
class Links:
    """What may leave, whatever the documents say."""

    hosts: frozenset[str] = frozenset()
    """With all that is below them."""
    from_text: bool = True
    """Whether addresses inside the documents' text may leave too, or only their own."""

    def allowed(self, passages: Iterable[Passage]) -> "Allowed":
        """What may leave of an answer on the ground of these."""
        known: set[str] = set()
        for passage in passages:
            known.add(_bare(passage.uri))
            if self.from_text:
                known.update(_bare(found.group()) for found in _ADDRESS.finditer(passage.text))
        return Allowed(hosts=self.hosts, known=frozenset(known - {""}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What may leave of one answer."""

    hosts: Collection[str]
    known: frozenset[str]

    def strip(self, text: str) -> tuple[str, int]:
        """The text without other addresses and without images, and how many were taken out."""
        taken = 0

        def out(found: re.Match[str], left: str) -> str:
            nonlocal taken
            taken += 1
            return left

        def link(found: re.Match[str]) -> str:
            return found.group() if self.lets(found[2] or found[3]) else out(found, found[1])

        def address(found: re.Match[str]) -> str:
            whole = found.group()
            tail = whole[len(whole.rstrip(_TRAILING)) :]
            if not _is_address(whole) or self.lets(whole):
                return whole
            return out(found, GONE + tail.replace(GONE, ""))

        steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_IMAGE, lambda found: out(found, found[1])),
            (_PICTURE, lambda found: out(found, "")),
            (_LINK, link),
            (_DEFINITION, lambda found: found.group() if self._names(found) else out(found, "")),
            (_ADDRESS, address),
        )
        for pattern, change in steps:
            before = None
            while before != text:  # one inside another
                before, text = text, pattern.sub(change, text)
        return text, taken

    def lets(self, address: str) -> bool:
        """Whether it may leave."""
        bare = _bare(address)
        if bare in self.known:
            return True
        host = _host(bare)
        return host is not None and any(
            host == known or host.endswith(f".{known}") for known in self.hosts
        )

    def _names(self, found: re.Match[str]) -> bool:
        """Whether a definition's address may leave; footnotes have none."""
        said = found.group().partition(":")[2].strip()
        return not _ADDRESS.match(said) or self.lets(said.split()[0])


def settled(text: str) -> int:
    """Up to where the text holds no address that is still being written."""
    end = len(text) - _last(_RUN, text)
    scheme = text.rfind("://", -_LONGEST)
    if scheme >= 0 and not re.search(r"\s", text[scheme:]):
        end = min(end, scheme - _last(_LETTERS, text[:scheme]))
    near = max(len(text) - _LONGEST, 0)
    for found in re.finditer(r"!?\[|!$|<", text[near:]):
        if _OPEN.match(text, near + found.start()):
            return min(end, near + found.start())
    return end


def _is_address(text: str) -> bool:
    """Whether a channel may make a link of it: `node.js` and `done.Next` are none."""
    if re.search(r"[:/@?#]", text.rstrip(_TRAILING)):
        return True
    *before, ending = text.rstrip(_TRAILING).split(".")
    glued = ending.istitle() and len(ending) == len("is") and before[-1][-1:].islower()
    foreign = not ending.isascii() or ending.casefold().startswith("xn--")
    return (
        (ending.casefold() in _ENDINGS or foreign) and not glued and len(max(before, key=len)) > 1
    )


def _last(kind: re.Pattern[str], text: str) -> int:
    """How many characters at the end of the text are of this kind."""
    found = kind.match(text[::-1])
    return found.end() if found else 0


def _bare(address: str) -> str:
    """As it is compared: decoded, without scheme, `www.` and what only closes a sentence."""
    plain = html.unescape(address.strip()).replace("\\", "").rstrip(_TRAILING)
    plain = re.sub(r"^(?:https?:)?//|^mailto:", "", plain, flags=re.IGNORECASE)
    host, slash, rest = plain.partition("/")
    return f"{unquote(host).casefold().removeprefix('www.')}{slash}{rest}".rstrip("/")


def _host(bare: str) -> str | None:
    """The host of an address without its scheme; None where it is none of http."""
    if re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", bare, re.IGNORECASE) or "@" in bare.partition("/")[0]:
        return None
    try:
        return urlsplit(f"//{bare}").hostname
    except ValueError:
        return None
