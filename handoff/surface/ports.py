"""What handoffs need of the chat in which agents work, as a Protocol."""

from typing import Protocol

from core.domain.desk import DeskThread, Posting
from core.domain.ids import TenantId


class Surface(Protocol):
    """A chat. All methods raise RetryableError (again later) and RefusedError (never)."""

    async def post(
        self, tenant: TenantId, thread: DeskThread, posting: Posting, mark: str, *, perhaps: bool
    ) -> str:
        """Say something in a thread, or with an empty root begin one.

        Args:
            tenant: whose chat it is.
            thread: where.
            posting: what.
            mark: ours, unique in the place; the chat keeps it with the message.
            perhaps: it may stand there already: it is looked for by its mark first.

        Returns:
            The chat's id of the message.
        """
        ...

    async def change(
        self, tenant: TenantId, thread: DeskThread, message: str, posting: Posting
    ) -> None:
        """Put something else in the place of a message of ours; one that is gone is a no-op."""
        ...

    async def whisper(self, tenant: TenantId, thread: DeskThread, to: str, text: str) -> None:
        """Tell one person something that nobody else in the thread reads."""
        ...

    async def ask_note(self, tenant: TenantId, thread: DeskThread, trigger: str) -> None:
        """Open a form for a private note; a trigger that is too old is a no-op."""
        ...

    async def email(self, tenant: TenantId, at: str, who: str) -> str | None:
        """The address of one of the company's own people; None of anybody else."""
        ...
