"""Numbers, their units, and days and months, as they can be compared between two texts."""

import re
import unicodedata

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:\s?:\s?\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WORDS = {
    word: str(value)
    for value, word in enumerate(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        start=2,
    )
} | {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90"}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_HAN_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_HAN_NUMBER = re.compile(
    r"(?P<tens>[一二三四五六七八九]?十)?(?P<ones>[一二两三四五六七八九])?"
    r"(?=\s*[个天日周月年岁小时分钟秒元块倍次件份页公斤里米%％])"
)
_UNITS: dict[str, tuple[str, str]] = {
    word: (kind, unit)
    for kind, units in {
        "time": "s=second,seconds,sec,secs,秒 min=minute,minutes,mins,分钟 "
        "h=hour,hours,hr,hrs,小时 "
        "d=day,days,天,日 wk=week,weeks,周,星期 mo=month,months,月 yr=year,years,yrs,年",
        "size": "kb=kb,kilobyte,kilobytes mb=mb,megabyte,megabytes gb=gb,gigabyte,gigabytes "
        "tb=tb,terabyte,terabytes",
        "money": "usd=dollar,dollars,usd,美元 eur=euro,euros,eur,欧元 gbp=pound,pounds,gbp,英镑 "
        "cny=yuan,rmb,元,块",
        "length": "mm=mm cm=cm,centimetre,centimetres,centimeters m=metre,metres,meter,meters,米 "
        "km=km,kilometre,kilometres,kilometer,kilometers,公里 "
        "mi=mile,miles ft=foot,feet in=inch,inches",
        "weight": "g=gram,grams,克 kg=kg,kilogram,kilograms,公斤 "
        "lb=lb,lbs oz=ounce,ounces,oz t=ton,tons",
        "scale": "th=thousand,万 mn=million,millions bn=billion,billions pct=percent,%",
    }.items()
    for group in units.split(" ")
    for unit, _, words in [group.partition("=")]
    for word in words.split(",")
}
_UNIT = re.compile(
    r"[\s-]*(?:(?:business|working|calendar|full)\s+)?("
    + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
    + r")(?![a-z])"
)
_SIGN = {
    "$": ("money", "usd"),
    "€": ("money", "eur"),
    "£": ("money", "gbp"),
    "¥": ("money", "cny"),
}
_DAYS = re.compile(
    r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|ember|tember"
    r"|ober)?\b|\b(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)days?\b"
)
_MAY = re.compile(r"\bMay\b(?=[\s,]*\d)|(?<=\d )May\b")


def folded(text: str) -> str:
    """The text with wide forms made narrow, in lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def digits(text: str) -> frozenset[str]:
    """Numbers in digits (`1,000` and `1000` are one), and Chinese ones before a measure."""
    plain = unicodedata.normalize("NFKC", text)
    return frozenset(_value(n) for n in _NUMBER.findall(plain)) | _han(plain)


def worded(text: str) -> frozenset[str]:
    """English numbers from two on that are written as words, in digits."""
    return frozenset(_WORDS[word] for word in _WORD.findall(folded(text)))


def measures(text: str) -> frozenset[tuple[str, str, str]]:
    """Numbers with the unit behind or before them: value, kind of unit, unit."""
    plain = folded(text)
    found: set[tuple[str, str, str]] = set()
    numbers = [(m.start(), m.end(), _value(m.group())) for m in _NUMBER.finditer(plain)]
    numbers += [(m.start(), m.end(), _WORDS[m.group()]) for m in _WORD.finditer(plain)]
    for start, end, value in numbers:
        if behind := _UNIT.match(plain, end):
            found.add((value, *_UNITS[behind.group(1)]))
        if sign := _SIGN.get(plain[start - 1 : start]):
            found.add((value, *sign))
    return frozenset(found)


def dates(text: str) -> frozenset[str]:
    """Months and days of the week, by their first three letters."""
    named = {(month or day)[:3] for month, day in _DAYS.findall(folded(text))}
    return frozenset(named | ({"may"} if _MAY.search(text) else set()))


def _value(number: str) -> str:
    if ":" in number:
        return re.sub(r"\s", "", number)
    number = number.replace(",", "") if _THOUSANDS.fullmatch(number) else number
    whole, point, part = number.partition(".")
    if point and part.isdigit():
        part = part.rstrip("0")
        return f"{whole}.{part}" if part else whole
    return number


def _han(text: str) -> frozenset[str]:
    found = set()
    for match in _HAN_NUMBER.finditer(text):
        tens, ones = match["tens"], match["ones"]
        if tens or ones:
            value = 10 * _HAN_DIGITS.get(tens[:-1], 1) if tens else 0
            found.add(str(value + (_HAN_DIGITS[ones] if ones else 0)))
    return frozenset(found) - {"1"}  # "one" is an article as often as a number
