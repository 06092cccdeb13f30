"""Recognises questions and answers by the names of columns or keys."""

from collections.abc import Iterable

from knowledge.parsers.normalise import squeeze

_QUESTIONS = frozenset({"question", "questions", "q", "问题", "问", "提问", "常见问题", "query"})
_ANSWERS = frozenset({"answer", "answers", "a", "答案", "回答", "答", "解答", "reply", "response"})
_TOPICS = frozenset({"category", "topic", "section", "group", "分类", "类别", "主题"})


def question_key(keys: Iterable[str]) -> str | None:
    """The key that holds the question, in any case and either language; None without one."""
    return _among(keys, _QUESTIONS)


def answer_key(keys: Iterable[str]) -> str | None:
    """The key that holds the answer; None without one."""
    return _among(keys, _ANSWERS)


def topic_key(keys: Iterable[str]) -> str | None:
    """The key by which questions are grouped; None without one."""
    return _among(keys, _TOPICS)


def _among(keys: Iterable[str], wanted: frozenset[str]) -> str | None:
    return next((key for key in keys if squeeze(key).casefold() in wanted), None)
