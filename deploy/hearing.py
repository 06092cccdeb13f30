"""What hears of all that agents do in their chat, for the gateway."""

from collections.abc import Callable

from core.ports import Clock
from core.postgres.database import Database
from handoff.postgres.held import PostgresHeld
from handoff.settings import HandoffSettings


def hearing(
    database: Database, clock: Clock, ring: Callable[[str], None], settings: HandoffSettings
) -> PostgresHeld:
    """Stores it, and keeps back what it keeps back."""
    return PostgresHeld(database, clock, ring, note_mark=settings.desk_note_mark)
