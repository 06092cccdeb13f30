"""What must hold of two conversations in the database, and what must hold of them in the end."""

import json
from typing import Any

from core.domain.ids import ConversationId
from core.postgres.database import Connection
from core.postgres.queries import beside

SQL = beside(__file__)


class Truth:
    """One look at a conversation's rows."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._seq: int = found["seq"]
        self._seen: int = found["covered"]
        self._messages: list[dict[str, Any]] = found["messages"]
        self._turns: list[dict[str, Any]] = found["turns"]
        self._outbound: int = found["outbound"]

    @classmethod
    async def of(cls, connection: Connection, conversation: ConversationId) -> "Truth":
        """The rows as they are now."""
        return cls(json.loads(await connection.fetchval(SQL.truth, conversation)))

    def holds(self, agents: set[int]) -> None:
        """What holds at every moment.

        Args:
            agents: the epochs in which a person had the conversation.
        """
        seqs = [m["seq"] for m in self._messages]
        assert seqs == [*range(1, self._seq + 1)], "a gap in seq"
        epochs = [m["epoch"] for m in self._messages]
        assert epochs == sorted(epochs), "a message of an old epoch"
        bots = [m for m in self._messages if m["author"] == "bot"]
        assert not agents & {m["epoch"] for m in bots}, "the bot spoke for an agent"
        assert len(bots) == self._outbound, "a message that is not on its way, or twice"
        self._turns_hold([m["turn"] for m in bots])

    def is_complete(self) -> None:
        """What holds when there is nothing left to do."""
        said = {m["seq"] for m in self._messages if m["author"] == "customer"}
        assert said == set(self._covered()), "a message without its turn"

    def _turns_hold(self, answers: list[Any]) -> None:
        covered = self._covered()
        assert covered == sorted(set(covered)), "a message with two turns, or out of order"
        assert max(covered, default=0) == self._seen, "a seen mark without its turn"
        speaking = {
            turn["id"]
            for turn in self._turns
            if turn["sent"] and turn["decision"] not in ("pass_to_agent", "stay_silent")
        }
        assert set(answers) == speaking, "an answer without its turn, or a turn without its answer"
        assert len(answers) == len(speaking), "a turn with two answers"

    def _covered(self) -> list[int]:
        return [seq for turn in self._turns for seq in turn["covers"]]
