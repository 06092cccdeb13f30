"""A classifier that is kept to its time, and left alone while it fails."""

import asyncio
from collections.abc import Sequence

import structlog

from core.domain.errors import ModelNotServed, ModelUnavailable
from core.models.breaker import Breaker, State
from core.nlu.classifiers.scores import Classifies, Scores

_log = structlog.get_logger(__name__)
_NOT_SERVED_S = 300.0


class Guarded(Classifies):
    """Asks another one; while that is away, who asks hears it at once."""

    def __init__(self, classifier: Classifies, name: str, within_s: float) -> None:
        """Guard a classifier.

        Args:
            classifier: It.
            name: For the operator, in logs.
            within_s: What takes longer has failed.
        """
        self._classifier = classifier
        self._name = name
        self._within_s = within_s
        self._breaker = Breaker()

    async def classify(self, texts: Sequence[str]) -> tuple[Scores, ...]:
        now = asyncio.get_running_loop().time
        before = self._breaker.state(now())
        if not self._breaker.admits(now()):
            raise ModelUnavailable("the classifier is left alone for a while")
        entered = self._breaker.enter(now())
        try:
            async with asyncio.timeout(self._within_s):
                found = await self._classifier.classify(texts)
            self._breaker.succeeded(entered, now())
        except ModelNotServed:
            self._breaker.open_until(now() + _NOT_SERVED_S)
            raise
        except ModelUnavailable:
            self._breaker.failed(entered, now())
            raise
        except TimeoutError as late:
            self._breaker.failed(entered, now())
            raise ModelUnavailable("the classifier took too long") from late
        finally:
            self._breaker.left(entered)
            self._tell(before, self._breaker.state(now()))
        return found

    def _tell(self, before: State, after: State) -> None:
        """Say when it went, and when it came back."""
        if before is State.CLOSED and after is State.OPEN:
            _log.warning(
                "a classifier is away; what comes with the service judges", name=self._name
            )
        elif before is not State.CLOSED and after is State.CLOSED:
            _log.info("a classifier is back", name=self._name)
