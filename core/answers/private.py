"""Whether words say who their writer is: such words are neither kept for others nor compared."""

import re
import unicodedata

_SIGNS = (
    re.compile(r"\S@\S"),
    re.compile(r"https?://|\bwww\."),
    re.compile(r"\d[\d\s().\-/]{4,}\d"),  # telephone, card, account and order numbers, dates
    re.compile(r"\b(?!(?:19|20)\d\d\b)\d{4,}\b"),
    re.compile(r"\b(?=\w*\d\w*\d)(?=\w*[a-z])[a-z0-9][\w\-]{4,}\b"),  # A1-55023, DE89370400
    re.compile(r"#\s?\w*\d"),
    re.compile(
        r"\b(?:order|ticket|invoice|booking|reservation|tracking|account|customer|case|reference|"
        r"policy|contract)\b[\s:]*(?:number|no\.?|id|code|#|is|nr\.?)*[\s:#]*\w*\d"
    ),
    re.compile(r"(?:订单|单号|工单|发票|账号|帐号|卡号|电话|手机|编号)[号码是为:：\s]*[a-z]*\d"),
    re.compile(r"\b(?:my name is|my name's|i am called|this is (?:mr|mrs|ms)|call me)\b"),
    re.compile(r"\bi(?:'m| am) (?:mr|mrs|ms|dr)\b"),
    re.compile(r"我叫|我是.{1,4}(?:先生|女士|小姐)|我的名字|姓名"),
    re.compile(r"\bmy (?:address|birthday|password|e-?mail|phone|passport|iban|pin) is\b"),
    re.compile(r"\b(?:born on|i live (?:in|at)|我住在|身份证)"),
)


def is_private(text: str) -> bool:
    """Whether there is a sign of a person: an address, a number that belongs to one, a name.

    Told by form alone, and in doubt it is: what is lost is a chance to answer faster.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return any(sign.search(folded) for sign in _SIGNS)
