"""What a message holds beside words: its files, and what can be said in words after all."""

from channels.happenings import File
from channels.telegram.updates import Media, Message

_KINDS = (
    ("document", "file", ""),
    ("video", "video.mp4", "video/mp4"),
    ("video_note", "video.mp4", "video/mp4"),
    ("audio", "audio.mp3", "audio/mpeg"),
    ("voice", "voice.ogg", "audio/ogg"),
)
"""Kind, and the name and type of one that has none of its own."""


def files(message: Message) -> tuple[File, ...]:
    """Its files; Telegram puts one into a message, and each of an album into its own."""
    found = [_file(message.photo[-1], "photo.jpg", "image/jpeg")] if message.photo else []
    for kind, name, media_type in _KINDS:
        media: Media | None = getattr(message, kind)
        if media is not None:
            found.append(_file(media, name, media_type))
    return tuple(found)


def told(message: Message) -> str:
    """A place, a number or a sticker in words; empty for everything else."""
    if message.location is not None:
        return _place(message)
    if message.contact is not None:
        contact = message.contact
        name = " ".join(part for part in (contact.first_name, contact.last_name) if part)
        return f"👤 {name}: {contact.phone_number}" if name else f"👤 {contact.phone_number}"
    return message.sticker.emoji if message.sticker is not None else ""


def _place(message: Message) -> str:
    at = message.location
    if at is None:
        return ""
    named = message.venue
    parts = [part for part in (named.title, named.address) if part] if named is not None else []
    return "📍 " + ", ".join([*parts, f"{at.latitude:.6f}, {at.longitude:.6f}"])


def _file(media: Media, name: str, media_type: str) -> File:
    return File(
        native=media.file_id,
        name=media.file_name or name,
        media_type=media.mime_type or media_type,
        size=media.file_size,
    )
