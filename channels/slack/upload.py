"""Brings a file into a thread, in Slack's three steps: an address, the bytes, and the post.

Source: https://docs.slack.dev/messaging/working-with-files#upload. Needs the scope `files:write`.
"""

import json

from channels.slack.calls import Call
from channels.slack.threads import Thread
from core.domain.errors import DeliveryUnknown


async def upload(thread: Thread, name: str, data: bytes) -> str:
    """Post a file into the thread; Slack's id of it.

    Raises:
        DeliveryDelayed, DeliveryRefused: nothing of it is seen.
        DeliveryUnknown: nobody knows whether it is seen.
    """
    body = {"filename": name, "length": len(data)}
    asked = Call(method="files.getUploadURLExternal", body=body)
    answer = await thread.calls.make(thread.account, asked)
    file, address = answer.get("file_id"), answer.get("upload_url")
    if not isinstance(file, str) or not isinstance(address, str):
        raise DeliveryUnknown("Slack's answer names no place for the file")
    await thread.calls.bring(address, data)
    shown = {
        "files": json.dumps([{"id": file, "title": name}]),
        "channel_id": thread.channel,
        "thread_ts": thread.root,
    }
    post = Call(method="files.completeUploadExternal", body=shown)
    await thread.calls.make(thread.account, post)
    return file
