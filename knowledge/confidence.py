"""The chance that what was found answers the question."""

import math
from collections.abc import Mapping
from typing import Any

from knowledge.postgres.search import Answered, Query


def confidence(query: Query, answered: Answered, calibration: Mapping[str, Any] | None) -> float:
    """0 to 1."""
    if not answered.hits:
        return 0.0
    return 1 / (1 + math.exp(-12 * (answered.hits[0].score - 0.45)))
