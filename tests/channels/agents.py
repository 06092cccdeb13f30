"""What an agent says with files, as the console stores it."""

from channels.postgres.files import PostgresFiles
from core.domain.events import MessageSent
from core.domain.files import received, words_for
from core.domain.ids import ConversationId, EventId
from core.postgres.database import Database
from tests.builders import TENANT

_PNG = b"\x89PNG\r\n\x1a\n"
_SAY = (
    "WITH said AS (UPDATE conversations SET seq = seq + 1 WHERE id = $1"
    " RETURNING id, tenant, seq, epoch, channel), stored AS ("
    " INSERT INTO messages (conversation, seq, tenant, author, text, event, epoch)"
    " SELECT id, seq, tenant, 'agent', $2, 'agent:a:1', epoch FROM said)"
    " SELECT seq, channel FROM said"
)


def picture(name: str) -> bytes:
    return _PNG + name.encode()


async def says_with_files(
    database: Database, files: PostgresFiles, talk: ConversationId, words: str, *names: str
) -> MessageSent:
    """The record that a dispatcher would get."""
    made = [received(name, picture(name)) for name in names]
    await files.keep(TENANT, talk, EventId("agent:a:1"), made)
    text = "\n".join(filter(None, (words, words_for(names))))
    async with database.as_service() as connection:
        said = await connection.fetchrow(_SAY, talk, text)
    return MessageSent(tenant=TENANT, conversation=talk, seq=said["seq"], channel=said["channel"])
