"""What was changed after it was said, as the socket tells it."""

from channels.markdown.html import to_html
from channels.web.protocol import ChangedFrame
from core.domain.messages import Revised


def changed_frame(revised: Revised) -> ChangedFrame:
    """How a message reads now."""
    message = revised.message
    return ChangedFrame(
        seq=message.seq,
        text=message.text,
        html=to_html(message.author, message.text) if message.text else "",
        withdrawn=revised.withdrawn,
    )
