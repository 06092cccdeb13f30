"""What a site's robots.txt allows.

Source: RFC 9309, https://www.rfc-editor.org/rfc/rfc9309; Crawl-delay is the usual extension.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

_MOST_BYTES = 512_000  # RFC 9309, 2.5: at least 500 kibibytes are to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The rules for one robot on one host."""

    rules: tuple[tuple[str, bool], ...] = ()
    """Path patterns and whether each allows."""
    delay_s: float = 0.0

    def allows(self, path: str) -> bool:
        """Whether a path with its query may be read: the longest pattern decides, a tie allows."""
        path = _plain(path)
        fitting = [(len(rule), allowed) for rule, allowed in self.rules if _fits(rule, path)]
        return max(fitting)[1] if fitting else True


EVERYTHING = Robots()
NOTHING = Robots(rules=(("/", False),))


def robots_of(body: bytes, robot: str) -> Robots:
    """The rules for `robot`: those of its own groups, else those for all."""
    own: list[tuple[str, str]] = []
    all_others: list[tuple[str, str]] = []
    named = False
    for agents, lines in _groups(body[:_MOST_BYTES].decode("utf-8", "replace")):
        if robot.lower() in agents:
            named = True
            own += lines
        elif "*" in agents:
            all_others += lines
    chosen = own if named else all_others
    rules = ((_plain(value), key == "allow") for key, value in chosen if key != "crawl-delay")
    delays = [_seconds(value) for key, value in chosen if key == "crawl-delay"]
    return Robots(rules=tuple(rule for rule in rules if rule[0]), delay_s=max(delays, default=0.0))


def _groups(text: str) -> Iterator[tuple[set[str], list[tuple[str, str]]]]:
    agents: set[str] = set()
    lines: list[tuple[str, str]] = []
    for key, value in _fields(text):
        if key == "user-agent":
            if lines:
                yield agents, lines
                agents, lines = set(), []
            agents.add(value.partition("/")[0].strip().lower())
        elif agents:
            lines.append((key, value))
    if agents:
        yield agents, lines


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key = key.strip().lower()
        if colon and key in {"user-agent", "allow", "disallow", "crawl-delay"}:
            yield key, value.strip()


def _plain(path: str) -> str:
    """One spelling of escapes, so that `/%7Ea` and `/~a` are the same."""
    return quote(unquote(path), safe="/?&=*$:@!,;+~()'[]")


def _fits(rule: str, path: str) -> bool:
    """`*` stands for anything, a final `$` for the end. Each part is sought once, in order."""
    ends = rule.endswith("$")
    first, *rest = rule.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not ends or path == first
    at = len(first)
    last = rest.pop() if ends else ""
    for part in rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not ends or (path.endswith(last) and len(path) - len(last) >= at)


def _seconds(value: str) -> float:
    try:
        return max(0.0, min(float(value), 3_600.0))
    except ValueError:
        return 0.0
