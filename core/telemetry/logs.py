"""Log lines: a fact and fields, one JSON object per line or columns for people.

What a field may hold is decided here, not where the line is written. Names on the list of plain
fields pass; every other text must look like an id, a name or a number. Customers' words do not:
they are replaced by their length, whatever field they come in and however deep they lie.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO, TypeAlias

import structlog

Event: TypeAlias = MutableMapping[str, Any]
"""A log line on its way out."""

LONGEST = 80
"""Longest text a field may hold, in characters."""
WORDLESS = re.compile(r"[\w.:/@+#%=,\-\[\]]*", re.ASCII)
"""What an id, a route, a version, a class or a file name looks like: one ASCII word."""
PLAIN = frozenset({"event", "level", "timestamp", "logger", "hint"})
"""Fields that only our own literals fill."""
FORBIDDEN = frozenset(
    {"text", "query", "question", "answer", "comment", "title", "quote", "body", "payload",
     "message", "delta", "prompt", "email", "phone", "token", "password", "secret", "dsn",
     "authorization", "cookie", "database_url"}
)  # fmt: skip
"""Fields that are replaced whatever they hold."""


def redact(_logger: object, _method: str, event: Event) -> Event:
    """Replace whatever could be a customer's words or a secret; a structlog processor."""
    for name, value in event.items():
        if name not in PLAIN:
            event[name] = _safe(name, value)
    return event


def _safe(name: str, value: object) -> object:
    if name.lower() in FORBIDDEN:
        return _replaced(value)
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {_text(str(key)): _safe(str(key), inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_safe(name, inner) for inner in value]
        case BaseException():
            return type(value).__name__
        case _:
            return _text(str(value))


def _text(value: str) -> str:
    return value if len(value) <= LONGEST and WORDLESS.fullmatch(value) else _replaced(value)


def _replaced(value: object) -> str:
    return f"<{len(value)} characters>" if isinstance(value, str) else "<left out>"


def _traceback_without_words(_logger: object, _method: str, event: Event) -> Event:
    """Where it happened and what kind it was; an exception's text may quote its input."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event["error"] = type(raised).__name__
        event["where"] = _where(raised)
    return event


def _where(raised: BaseException) -> list[str]:
    """The frames, innermost first, as `module:line`."""
    frames = []
    trace = raised.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[::-1][:12]


def configure(
    form: Literal["auto", "console", "json"] = "auto",
    level: Literal["debug", "info", "warning", "error"] = "info",
    stream: TextIO | None = None,
) -> None:
    """Send log lines to a stream (stderr), our own and other libraries', through `redact`.

    Args:
        form: `auto` is console in a terminal and JSON otherwise.
        level: the least that is written.
        stream: where to.
    """
    out = stream or sys.stderr
    people = form == "console" or (form == "auto" and out.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _traceback_without_words,
        redact,
    ]
    last = structlog.dev.ConsoleRenderer(colors=out.isatty()) if people else _json()
    minimum = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(minimum),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = _Foreign()
    logging.basicConfig(handlers=[handler], level=max(minimum, logging.WARNING), force=True)


def _json() -> structlog.processors.JSONRenderer:
    return structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False)


class _Foreign(logging.Handler):
    """Lines of other libraries: who, how bad and what kind; their text may quote anything."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name, "at": f"{record.module}:{record.lineno}"}
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        structlog.get_logger().log(record.levelno, "a library complains", **fields)
