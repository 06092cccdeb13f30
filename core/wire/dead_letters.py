"""Records that could not be handled: their own bytes, and why, in the headers. Version 1."""

from datetime import datetime

import msgspec

from core.dead_letters import DeadLetter, Failure
from core.domain.errors import UndecodableRecord
from core.event_log import NewRecord, Partition, Record

VERSION = "1"
REPLAY_OF = "replay_of"
"""The header of a record that was put back into its topic: the number of its letter."""
_MAX_ERROR = 500


def encode_dead_letter(topic: str, letter: DeadLetter) -> NewRecord:
    """The entry for the topic of dead letters; key and value stay as they were."""
    record, failure = letter.record, letter.failure
    return NewRecord(
        topic=topic,
        key=record.key,
        value=record.value,
        headers={
            "version": VERSION,
            "topic": record.partition.topic,
            "partition": str(record.partition.number),
            "offset": str(record.offset),
            "at": record.at.isoformat(),
            "headers": msgspec.json.encode(record.headers).decode(),
            "error_class": failure.error_class,
            "error": failure.error[:_MAX_ERROR],
            "attempts": str(failure.attempts),
            "first_at": failure.first_at.isoformat(),
            "last_at": failure.last_at.isoformat(),
        },
    )


def decode_dead_letter(entry: Record) -> DeadLetter:
    """The counterpart of `encode_dead_letter`.

    Raises:
        UndecodableRecord: not a dead letter of a version that can be read.
    """
    said = entry.headers
    if said.get("version") != VERSION:
        raise UndecodableRecord("not a dead letter of version 1")
    try:
        return DeadLetter(
            record=Record(
                partition=Partition(said["topic"], int(said["partition"])),
                offset=int(said["offset"]),
                key=entry.key,
                value=entry.value,
                headers=msgspec.json.decode(said["headers"], type=dict[str, str]),
                at=datetime.fromisoformat(said["at"]),
            ),
            failure=Failure(
                error_class=said["error_class"],
                error=said["error"],
                attempts=int(said["attempts"]),
                first_at=datetime.fromisoformat(said["first_at"]),
                last_at=datetime.fromisoformat(said["last_at"]),
            ),
        )
    except (KeyError, ValueError, msgspec.MsgspecError) as wrong:
        raise UndecodableRecord("a dead letter with a broken header") from wrong
