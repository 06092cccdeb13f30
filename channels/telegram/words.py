"""What buttons say, in the customer's language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's."""

    up: str = "👍"
    down: str = "👎"
    person: str
    why: str
    """Told when a thumb went down; the reasons to choose from stand below the answer then."""
    thanks: str
    connecting: str
    """Told when the button for a person was pressed."""
    reasons: tuple[str, ...]
    """For `pressed.REASONS`, in their order."""
    bot: str
    """On the button that takes a request for a person back."""
    talk_reasons: tuple[str, ...]
    """For `ratings.TALK_REASONS`, in their order."""
    talk_thanks: str
    others: str
    """Told who presses what is for the customer of a talk alone."""
    withdrawn: str
    """In the place of a message that was taken back, and cannot be deleted any more."""
    language: str


_ENGLISH = Words(
    person="Talk to a person",
    why="What was wrong?",
    thanks="Thank you. This helps us to answer better.",
    connecting="You asked for a person.",
    reasons=("Wrong", "Out of date", "Didn't answer", "Other"),
    bot="Talk to the bot instead",
    talk_reasons=("Too slow", "Not solved", "Unfriendly", "Other"),
    talk_thanks="Thank you. This helps us to do better.",
    others="Only the customer can do this.",
    withdrawn="This message was withdrawn.",
    language="en",
)
_CHINESE = Words(
    person="转人工客服",
    why="哪里不对？",
    thanks="谢谢，我们会据此改进答案。",
    connecting="您已请求人工客服。",
    reasons=("内容有误", "已过时", "没有回答问题", "其他"),
    bot="改由机器人服务",
    talk_reasons=("太慢", "没有解决问题", "态度不好", "其他"),
    talk_thanks="谢谢，我们会据此改进服务。",
    others="只有客户本人可以操作。",
    withdrawn="此消息已撤回。",
    language="zh",
)


def words_in(language: str) -> Words:
    """The words of a language as `zh-hans`; English where there are none."""
    return _CHINESE if language.lower().partition("-")[0] == "zh" else _ENGLISH


def words_of(label: str, language: str) -> Words:
    """The words whose button for a person has this label, else those of the language."""
    for words in (_ENGLISH, _CHINESE):
        if words.person == label:
            return words
    return words_in(language)
