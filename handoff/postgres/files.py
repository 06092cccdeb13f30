"""Files of talks in Postgres: what agents add to their words, and what customers sent.

A file that is added lies under `upload:AGENT:FILE`, for nobody else, until its words are said: the
transaction that stores the words moves it to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from core.domain.errors import ConversationNotFound
from core.domain.files import ROOM, NewFile, NoRoom
from core.domain.ids import AgentId, ConversationId, TenantId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.console.errors import FileGone
from handoff.console.views import FileView

_SQL = beside(__file__)
_KEPT = timedelta(days=1)


class PostgresTalkFiles:
    """The rows of channels' files; what a conversation may hold is counted under its lock."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, tenant: TenantId, conversation: ConversationId, agent: AgentId, file: NewFile
    ) -> FileView:
        """Keep a file until its agent sends it.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            NoRoom: the conversation has as many bytes of files as it may have.
        """
        fresh, now = self._clock.new_id(), self._clock.now()
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            if await connection.fetchval(_SQL.lock, tenant, conversation) is None:
                raise ConversationNotFound
            await connection.execute(_SQL.forget, tenant, conversation, now - _KEPT)
            if await connection.fetchval(_SQL.filled, conversation) + len(file.data) > ROOM:
                raise NoRoom
            await connection.execute(
                _SQL.add,
                *(fresh, tenant, conversation, f"{_mine(agent)}{fresh}"),
                *(file.name, file.media_type, len(file.data), file.data, now),
            )
        return FileView(id=fresh, name=file.name, media_type=file.media_type, size=len(file.data))

    async def remove(
        self, tenant: TenantId, conversation: ConversationId, agent: AgentId, file: UUID
    ) -> bool:
        """Take away what this agent added and has not sent; False when there is no such file."""
        async with self._database.as_tenant(tenant) as connection:
            event = f"{_mine(agent)}{file}"
            found = await connection.fetchval(_SQL.remove, tenant, conversation, file, event)
        return found is not None

    async def read(
        self, tenant: TenantId, conversation: ConversationId, agent: AgentId | None, file: UUID
    ) -> tuple[FileView, bytes] | None:
        """A file with its bytes, for this agent or a program; None when there is none for them."""
        event = f"{_mine(agent)}{file}" if agent else ""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.read, tenant, conversation, file, event)
        if row is None:
            return None
        view = FileView(id=file, name=row["name"], media_type=row["media_type"], size=row["size"])
        return view, row["data"]


async def attach(
    connection: Connection,
    place: tuple[TenantId, ConversationId, AgentId],
    files: Sequence[UUID],
    event: str,
    *,
    private: bool,
) -> list[str]:
    """Give what an agent added to what is said under this event; the files' names, in order.

    Raises:
        FileGone: one of them is not there, or not this agent's, or was sent before.
    """
    if not files:
        return []
    tenant, conversation, agent = place
    rows = await connection.fetch(
        _SQL.attach, tenant, conversation, files, event, _mine(agent), private
    )
    if len(rows) != len(files):
        raise FileGone
    return [row["name"] for row in sorted(rows, key=lambda row: int(row["place"]))]


async def files_with(
    connection: Connection,
    tenant: TenantId,
    conversation: ConversationId,
    events: Iterable[str],
) -> Mapping[str, list[FileView]]:
    """The files of each of these events; an event without any has an empty list."""
    found: defaultdict[str, list[FileView]] = defaultdict(list)
    wanted = sorted(set(events))
    if wanted:
        for row in await connection.fetch(_SQL.with_events, tenant, conversation, wanted):
            found[row["event"]].append(
                FileView(
                    id=row["id"],
                    name=row["name"],
                    media_type=row["media_type"],
                    size=row["size"],
                )
            )
    return found


def noted(author: str, client_id: str) -> str:
    """The event under which files of a private note lie."""
    return f"note:{author}:{client_id}"


def _mine(agent: AgentId) -> str:
    return f"upload:{agent}:"
