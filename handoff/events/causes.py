"""Why handoffs move, as other desks are told."""

from collections.abc import Mapping

from handoff.leading import Assign, Route
from handoff.life import Move
from handoff.moves import (
    AgentGone,
    Leave,
    NobodyFree,
    OutOfHours,
    TakeBack,
    ToAgent,
    ToTeam,
)

CAUSES: Mapping[type[Move], str] = {
    AgentGone: "agent_gone",
    ToTeam: "passed_on",
    ToAgent: "passed_on",
    Assign: "passed_on",
    Route: "passed_on",
    TakeBack: "taken_back",
    Leave: "customer_left",
    NobodyFree: "nobody_free",
    OutOfHours: "out_of_hours",
}
"""Of moves after which the state alone does not say it; migration 0021 reads them."""
