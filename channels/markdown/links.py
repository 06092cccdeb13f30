"""Links for platforms that cannot show them all."""

from collections.abc import Collection, Iterator
from itertools import groupby

from channels.markdown.inlines import joined, shown
from channels.markdown.tree import PLAIN_ADDRESS, Inline, Inlines, Text


def spelled_out(inlines: Inlines, schemes: Collection[str]) -> Inlines:
    """The same with addresses of other schemes written behind their words."""
    return joined(_spelled(inlines, schemes))


def _spelled(inlines: Inlines, schemes: Collection[str]) -> Iterator[Inline]:
    for href, group in groupby(inlines, lambda one: one.href if isinstance(one, Text) else ""):
        run = list(group)
        if not href or _scheme(href) in schemes:
            yield from run
            continue
        yield from (Text(one.words, one.marks) if isinstance(one, Text) else one for one in run)
        address = href.removeprefix("mailto:").removeprefix("tel:")
        if address not in {"".join(map(shown, run)).strip(), PLAIN_ADDRESS}:
            yield Text(f" ({address})")


def _scheme(href: str) -> str:
    return href.partition(":")[0].lower()
