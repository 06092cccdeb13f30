"""W3C trace context: who caused what, across processes, without a tracing library.

Source: https://www.w3.org/TR/trace-context/
"""

import re
from uuid import UUID

HEADER = "traceparent"
_FORM = re.compile(r"^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$")


def traceparent(caller: str, fresh: UUID) -> str:
    """The header of a new span: in the caller's trace if it named one, else in its own.

    Args:
        caller: the traceparent that came in; empty or unreadable means none.
        fresh: an id nobody has used, as `Clock.new_id` gives it.
    """
    found = parse(caller)
    # the low half of a version 7 id is the random one
    span = f"{fresh.int & 0xFFFFFFFFFFFFFFFF:016x}"
    if found is None:
        return f"00-{fresh.int:032x}-{span}-01"
    trace, flags = found
    return f"00-{trace}-{span}-{flags}"


def parse(header: str) -> tuple[str, str] | None:
    """Trace id and flags of a traceparent; None when it is not one."""
    match = _FORM.match(header.strip())
    if match is None:
        return None
    version, trace, span, flags, more = match.groups()
    if version == "ff" or set(trace) == {"0"} or set(span) == {"0"}:
        return None
    if version == "00" and more:
        return None
    return trace, flags


def trace_of(header: str) -> str:
    """The trace's id, for log lines; empty when there is none."""
    found = parse(header)
    return found[0] if found else ""
