"""What stands below an answer: the verdict, the way to a person, and the reasons when asked."""

from collections.abc import Mapping
from typing import Any

from channels.slack.clicks import FEEDBACK, PERSON, REASON, REASONS
from core.domain.ids import TurnId

Block = Mapping[str, Any]
_WORDS: Mapping[str, tuple[str, str]] = {
    "up": ("Good answer", "回答得好"),
    "down": ("Bad answer", "回答得不好"),
    "person": ("Talk to a person", "转人工客服"),
    "why": ("What was wrong?", "哪里不对？"),
    "wrong": ("Wrong", "内容有误"),
    "out_of_date": ("Out of date", "已过时"),
    "no_answer": ("Didn't answer", "没有回答问题"),
    "other": ("Other", "其他"),
    "thanks": (
        "Thank you. This helps us to answer better.",
        "谢谢，我们会据此改进答案。",
    ),
    "busy": ("is looking for the answer…", "正在查找答案…"),
    "prompts": ("What would you like to know?", "您想了解什么？"),
}


def word(name: str, language: str) -> str:
    """One of our own words in English or Chinese."""
    english, chinese = _WORDS[name]
    return chinese if language.lower().partition("-")[0] == "zh" else english


def buttons(turn: TurnId, language: str) -> tuple[Block, ...]:
    """Below an answer of the bot.

    https://docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element
    """
    feedback = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": {"text": _plain("up", language), "value": f"up:{turn}"},
        "negative_button": {"text": _plain("down", language), "value": f"down:{turn}"},
    }
    person = _button(PERSON, "person", str(turn), language)
    return (
        {"type": "context_actions", "elements": [feedback]},
        {"type": "actions", "elements": [person]},
    )


def reasons(turn: TurnId, language: str) -> tuple[Block, ...]:
    """Asked of who said that an answer was no good."""
    offered = [_button(f"{REASON}:{one}", one, f"{one}:{turn}", language) for one in REASONS]
    question = {"type": "section", "text": _plain("why", language)}
    return question, {"type": "actions", "elements": offered}


def _button(action: str, name: str, value: str, language: str) -> Block:
    return {"type": "button", "action_id": action, "text": _plain(name, language), "value": value}


def _plain(name: str, language: str) -> Block:
    return {"type": "plain_text", "text": word(name, language)}
