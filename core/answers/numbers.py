"""The numbers in a question, in one form whether in digits or words, with what they count."""

import re

_NUMBER = re.compile(
    r"(?P<before>[$€£¥])?\s?(?P<digits>\d+(?:[.,:]\d+)*)\s?-?\s?"
    r"(?P<after>[%€£$¥]|[a-z]+|小时|分钟|公斤|公里|[\u3400-\u9fff])?"
)
_WORDS = {
    word: str(number)
    for number, words in {
        1: "one single", 2: "two both twice second", 3: "three third thrice", 4: "four fourth",
        5: "five fifth", 6: "six sixth", 7: "seven seventh", 8: "eight eighth", 9: "nine ninth",
        10: "ten tenth", 11: "eleven", 12: "twelve dozen", 14: "fourteen", 15: "fifteen",
        20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy",
        80: "eighty", 90: "ninety", 100: "hundred", 1000: "thousand",
    }.items()
    for word in words.split()
}  # fmt: skip
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_UNITS = {
    word: unit
    for unit, words in {
        "second": "seconds sec secs 秒", "minute": "minute minutes min mins 分钟",
        "hour": "hour hours hrs h 小时", "day": "day days 天 日", "week": "week weeks 周",
        "month": "month months 月", "year": "year years yr yrs 年",
        "%": "% percent pct", "€": "€ eur euro euros", "$": "$ usd dollar dollars bucks",
        "£": "£ gbp pound pounds", "¥": "¥ cny rmb yuan 元 块", "kg": "kg kilo kilos 公斤",
        "km": "km 公里", "mile": "mile miles", "gb": "gb", "mb": "mb", "am": "am", "pm": "pm",
    }.items()
    for word in words.split()
}  # fmt: skip
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_CHINESE_TENS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_CHINESE = re.compile(
    r"[零一二两三四五六七八九十百千万]+"
    r"(?=[个件单张次天日号周月年元块岁点折倍位人份条台部种家秒]|小时|分钟|公斤|公里)"
)


def numbers(text: str) -> frozenset[str]:
    """Each number with its unit, as `30 day`, `12.5 €` or `5`.

    A lone one is left out: `one` and `一` are articles as often as numbers.
    """
    digits = _WORD.sub(lambda word: _WORDS[word.group()], text.casefold())
    digits = _CHINESE.sub(lambda number: _chinese(number.group()), digits)
    found = set()
    for number in _NUMBER.finditer(digits):
        unit = _UNITS.get(number["before"] or "") or _UNITS.get(number["after"] or "", "")
        found.add(f"{_plain(number['digits'])} {unit}".strip())
    return frozenset(found - {"1"})


def _plain(digits: str) -> str:
    """Without the marks between thousands, and without empty decimals."""
    joined = re.sub(r",(?=\d{3}(?:\D|$))", "", digits)
    whole, point, rest = joined.partition(".")
    rest = rest.rstrip("0") if point else rest
    return f"{whole.lstrip('0') or '0'}{'.' + rest if rest else ''}"


def _chinese(text: str) -> str:
    total, digit = 0, 0
    for sign in text:
        if sign in _CHINESE_TENS:
            total += max(digit, 1) * _CHINESE_TENS[sign]
            digit = 0
        else:
            digit = _CHINESE_DIGITS[sign]
    return str(total + digit)
