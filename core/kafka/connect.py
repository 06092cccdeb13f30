"""How a call to brokers ends in time, and what its failure means."""

import asyncio
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiokafka import errors
from aiokafka.conn import collect_hosts, create_conn

from core.domain.errors import LogUnavailable, SetupError
from core.kafka.brokers import Brokers

_T = TypeVar("_T")
_OURS = (
    errors.TopicAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
    errors.AuthenticationFailedError,
    errors.SaslAuthenticationFailed,
    errors.UnsupportedSaslMechanismError,
)
"""What only an operator can mend."""
_TO_CONNECT = ("client_id", "request_timeout", "security", "ssl", "sasl")
_REACH_S = 10.0


async def reach(brokers: Brokers) -> None:
    """Open the first door that opens: aiokafka's clients would not say why none does.

    Raises:
        SetupError: they refuse us, or cannot be trusted.
        LogUnavailable: none answers.
    """
    options = brokers.options()
    passed = {name: value for name, value in options.items() if name.startswith(_TO_CONNECT)}
    failure: Exception = LogUnavailable()
    for host, port, _ in collect_hosts(options["bootstrap_servers"]):
        try:
            with unavailable():
                opened = await within(_REACH_S, create_conn(host, port, **passed))
        except (LogUnavailable, SetupError) as closed:
            failure = closed
        else:
            opened.close()
            return
    raise failure


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn what the brokers' absence raises into `LogUnavailable`, refusals into `SetupError`."""
    try:
        yield
    except _OURS as refused:
        raise SetupError(f"the brokers refuse us: {type(refused).__name__}") from refused
    except ssl.SSLError as untrusted:
        raise SetupError(
            "the brokers cannot be trusted: their certificate is not one of deploy.kafka_ca_file,"
            " or they do not speak TLS"
        ) from untrusted
    except (errors.KafkaError, OSError, TimeoutError) as away:
        raise LogUnavailable from away


async def within(seconds: float, call: Coroutine[Any, Any, _T]) -> _T:
    """The call's result; `TimeoutError` when it takes longer, for some of them wait for ever."""
    async with asyncio.timeout(seconds):
        return await call


async def end(call: Coroutine[Any, Any, object], seconds: float) -> bool:
    """Run what closes a client, whatever it raises; False when it did not end in time.

    Closing may raise the CancelledError of its own children (aio-libs/aiokafka#647), which must
    not be taken for ours: in a task of its own it is only that task's.
    """
    closing = asyncio.ensure_future(call)
    try:
        await asyncio.wait([closing], timeout=seconds)
    finally:
        closing.cancel()
    await asyncio.wait([closing], timeout=1)
    if closing.done() and not closing.cancelled():
        closing.exception()
    return closing.done() and not closing.cancelled()
