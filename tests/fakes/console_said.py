"""What is said in a scripted console's conversations."""

from typing import Any
from uuid import uuid4

Json = dict[str, Any]


def a_message(**given: Any) -> Json:
    """A message as the protocol has it."""
    nothing = dict.fromkeys(("agent", "agent_name", "turn", "delivery", "client_id"))
    plain = {"author": "customer", "sources": [], "edited": False, "deleted": False}
    return {**nothing, **plain, **given}


def a_note(author: Json, **given: Any) -> Json:
    """A private note of somebody's."""
    by = {"author": f"person:{author['id']}", "author_name": author["name"]}
    return {"id": str(uuid4()), "client_id": "", **by, **given}
