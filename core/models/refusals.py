"""Turns what a model server says went wrong into errors of ours, never with its own words."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
    SwitchboardError,
)

_LONGEST_REST_S = 600.0
_NO_TEMPLATE = frozenset({"template_error", "missing_template_variable"})
_BUSY = frozenset({"overloaded", "overloaded_error", "rate_limit_error", "rate_limit_exceeded"})
_NOT_SERVED = frozenset(
    {
        "insufficient_quota",
        "billing_error",
        "authentication_error",
        "permission_error",
        "not_found_error",
        "invalid_api_key",
        "model_not_found",
    }
)
_REFUSED = frozenset(
    {
        "validation",
        "invalid_request_error",
        "content_filter",
        "content_policy_violation",
        "BadRequestError",
    }
)
_TOO_LONG_KINDS = frozenset(
    {"context_length_exceeded", "exceed_context_size_error", "request_too_large"}
)
_TOO_LONG = re.compile(
    r"""context\ (?:length|window|size) | too\ long | range\ of\ input\ length
      | `inputs`.*(?:must\ be\ <=|must\ have\ less\ than)""",
    re.IGNORECASE | re.VERBOSE,
)


class TemplateRefused(PromptRefused):
    """The model's template cannot bear such roles; another form of the talk may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a server answered in the place of text."""

    status: int = 200
    """Of HTTP, or what the server writes in its place within a stream."""
    kinds: frozenset[str] = frozenset()
    """Its codes and types for the error."""
    message: str = ""
    """Only looked at, never passed on: it may quote the prompt."""
    retry_after_s: float | None = None

    def error(self) -> SwitchboardError:
        """The error of ours that tells the caller what to do."""
        if self.kinds & _NOT_SERVED or self.status in {401, 402, 403, 404}:
            return self._not_served()
        overloaded = "overloaded" in self.message.lower()
        if self.kinds & _BUSY or self.status in {429, 503, 529} or overloaded:
            return ModelBusy(self.retry_after_s)
        if self.kinds & _TOO_LONG_KINDS or self.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return PromptTooLong()
        if self.kinds & (_REFUSED | _NO_TEMPLATE) or self.status in {400, 422}:
            return self._refused()
        if self.status == HTTPStatus.OK:
            return ModelUnavailable("the model server failed in the middle of its answer")
        return ModelUnavailable(f"the model server answered {self.status}")

    def _refused(self) -> PromptRefused:
        if self.kinds & _NO_TEMPLATE:
            return TemplateRefused()
        return PromptTooLong() if _TOO_LONG.search(self.message) else PromptRefused()

    def _not_served(self) -> ModelNotServed:
        if self.status in {401, 403}:
            return ModelNotServed(f"the model server refused our key ({self.status})")
        return ModelNotServed()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of `Retry-After`, or of the finer header that OpenAI's servers send.

    Dates, which no model server sends, count as nothing said.
    """
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * unit_s
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return min(seconds, _LONGEST_REST_S)
    return None
