"""Which trace the work in hand belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from structlog.contextvars import bound_contextvars

from core.telemetry.traces import trace_of

_current: ContextVar[str] = ContextVar("traceparent", default="")


def current() -> str:
    """The traceparent of what is being done here; empty when there is none."""
    return _current.get()


@contextmanager
def followed(header: str) -> Iterator[None]:
    """What is done in the block belongs to this trace: log lines and live signs say so."""
    token = _current.set(header)
    try:
        with bound_contextvars(trace=trace_of(header)):
            yield
    finally:
        _current.reset(token)
