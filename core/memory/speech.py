"""What a sentence does: promises, asks, states; and whether an answer knew nothing.

Rules for English and Chinese. They err on the side of keeping: a sentence that is kept needlessly
costs a line, one that is lost costs a customer's trust.
"""

import re

_DOING = "(?:connecting|transferring|forwarding|passing|sending|arranging|crediting|refunding)"
_PROMISE = re.compile(
    rf"""\b(?: (?: i|we|they|he|she|it|you|somebody|someone|our\ team|support|one\ of\ us
               |(?:a|my|our)\ colleagues? )
               (?: ['’]ll | ['’](?:re|m)\ going\ to | \ (?:will|shall)
                 | \ (?:am|are|is)\ going\ to )
          | will\ (?: be|get|call|send|write|contact|refund|ship|arrive|receive|look|check|come
                    | follow )
          | (?:i|we)\ (?:promise|guarantee|commit)
          | i(?:\ am|['’]m)\ {_DOING} | we(?:\ are|['’]re)\ {_DOING}
          | you\ (?:can\ expect|have\ my\ word)
          | let\ me\ (?:check|look|find|ask|get\ back) )\b
      | (?: 我|我们|客服|同事|专员|工程师|经理|系统|您 )[^，。！？]{{0,8}}?
        (?: 会|将|保证|承诺|一定|马上|稍后|负责 )
      | (?:会|将)(?: 在|于|为您|给您|尽快|安排|联系|通知|退款|退还|补发|寄出|回复 )
      | 保证 | 承诺 | 正在为您(?:转接|安排)""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_PROMISE = re.compile(
    r"\b(?:if|unless|will you|would|not (?:be able|know))\b|^(?:will|do|can|shall)\b|如果|吗[？?]",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"""\b(?: (?:do(?:es)?\ not|don['’]t|doesn['’]t)\ know
          | (?:do(?:es)?\ not|don['’]t|doesn['’]t)\ have\ (?:any\ |enough\ |specific\ |the\ )*
            (?:information|details|an\ answer)
          | (?:could|can)\s?(?:not|n['’]t)\ (?:find|answer|say|tell) | no\ (?:information|answer)
          | not\ sure | unable\ to | nothing\ about | i['’]?m\ sorry,?\ (?:but\ )?i )\b
      | 不知道 | 不清楚 | 没有找到 | 找不到 | 无法(?:回答|确认) | 没有相关""",
    re.VERBOSE | re.IGNORECASE,
)
_ASKS = re.compile(r"[?？][!！]*\s*[\"”’)」]*$|[吗呢]\s*$")
_STATED = re.compile(
    r"""\b(?: i\ (?:live|work|prefer|have|own|use|need|bought|ordered|moved|study
                 |always|never|only)
          | i(?:\ am|['’]m)\ (?:a|an|allergic|based|from|deaf|blind)\b
          | my\ [\w\ ]{2,30}\ (?:is|are)\b | we\ (?:live|are|have|use|need) )
      | 我(?:住在|在|喜欢|不喜欢|想要|需要|用的|买的|是|有|对)""",
    re.VERBOSE | re.IGNORECASE,
)


def promises(sentence: str) -> bool:
    """Whether somebody of the service binds themselves by it."""
    return _PROMISE.search(sentence) is not None and _NO_PROMISE.search(sentence) is None


def asks(sentence: str) -> bool:
    """Whether it is a question."""
    return _ASKS.search(sentence) is not None


def states(sentence: str) -> bool:
    """Whether a customer says by it how things are with them."""
    return _STATED.search(sentence) is not None


def knew_nothing(answer: str) -> bool:
    """Whether an answer leaves the question open."""
    return _UNKNOWN.search(answer) is not None
