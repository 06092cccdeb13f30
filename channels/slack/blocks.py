"""What stands below an answer: the verdict, the way to a person, and the reasons when asked."""

from collections.abc import Mapping
from typing import Any

from channels.ratings import TALK_REASONS
from channels.slack.clicks import (
    BOT,
    FEEDBACK,
    PERSON,
    REASON,
    REASONS,
    TALK,
    TALK_REASON,
)
from core.domain.ids import HandoffId, TurnId
from core.domain.messages import BotInstead, HowWasIt, Message

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
    "bot": ("Talk to the bot instead", "改由机器人服务"),
    "well": ("It went well", "满意"),
    "badly": ("It did not go well", "不满意"),
    "slow": ("Too slow", "太慢"),
    "not_solved": ("Not solved", "没有解决问题"),
    "unfriendly": ("Unfriendly", "态度不好"),
    "talk_thanks": ("Thank you. This helps us to do better.", "谢谢，我们会据此改进服务。"),
    "others": ("Only the customer can do this.", "只有客户本人可以操作。"),
    "busy": ("is looking for the answer…", "正在查找答案…"),
    "prompts": ("What would you like to know?", "您想了解什么？"),
}


def word(name: str, language: str) -> str:
    """One of our own words in English or Chinese."""
    english, chinese = _WORDS[name]
    return chinese if language.lower().partition("-")[0] == "zh" else english


def below(message: Message, language: str) -> tuple[Block, ...]:
    """What can be pressed below a message; most of the system's have nothing."""
    match message.choice:
        case BotInstead(handoff):
            return (
                {"type": "actions", "elements": [_button(BOT, "bot", str(handoff), language)]},
            )
        case HowWasIt(handoff):
            verdict = _verdict(TALK, ("well", "badly"), str(handoff), language)
            return ({"type": "context_actions", "elements": [verdict]},)
        case None:
            return buttons(message.turn, language) if message.turn else ()


def buttons(turn: TurnId, language: str) -> tuple[Block, ...]:
    """Below an answer of the bot.

    https://docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element
    """
    feedback = _verdict(FEEDBACK, ("up", "down"), str(turn), language)
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


def talk_reasons(handoff: HandoffId, language: str) -> tuple[Block, ...]:
    """Asked of who said that a talk was no good."""
    offered = [
        _button(f"{TALK_REASON}:{one}", one, f"{one}:{handoff}", language) for one in TALK_REASONS
    ]
    question = {"type": "section", "text": _plain("why", language)}
    return question, {"type": "actions", "elements": offered}


def _verdict(action: str, names: tuple[str, str], about: str, language: str) -> Block:
    good, bad = names
    return {
        "type": "feedback_buttons",
        "action_id": action,
        "positive_button": {"text": _plain(good, language), "value": f"up:{about}"},
        "negative_button": {"text": _plain(bad, language), "value": f"down:{about}"},
    }


def _button(action: str, name: str, value: str, language: str) -> Block:
    return {"type": "button", "action_id": action, "text": _plain(name, language), "value": value}


def _plain(name: str, language: str) -> Block:
    return {"type": "plain_text", "text": word(name, language)}
