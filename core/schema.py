"""JSON Schemas: what configured tools and asked models are held to."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs


def validator(schema: Mapping[str, Any]) -> Any:
    """Checks values; it fetches nothing, and its patterns take linear time.

    Raises:
        ValueError: this is no JSON Schema.
    """
    return jsonschema_rs.validator_for(
        dict(schema),
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )


def first_error(schema: Mapping[str, Any], value: object) -> str:
    """What does not fit, in one sentence for whoever made the value; empty where all fits."""
    for error in validator(schema).iter_errors(value):
        place = "".join(f"[{step!r}]" for step in error.instance_path)
        return f"{place or 'the answer'}: {error.message}"
    return ""
