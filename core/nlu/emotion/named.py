"""Words that say how somebody feels about a matter, and nothing of what the matter is.

Shorter than the lexicon: `complaint` or `broken` give a feeling away, too, but may be what is
asked about. Whole forms, no stems: `tired` is a feeling, `tires` are not.
"""

import re

_SPACED = frozenset(
    """
    absurd anger angry annoy annoyed annoying annoys appalled appalling atrocious awful bloody
    bullshit crap crappy damn damned desperate devastated disappointed disappointing
    disappointment disgrace disgraceful disgust disgusted disgusting dreadful embarrassing enraged
    exasperated excited fed frustrated frustrating frustration fuck fucked fucking furious glad
    goddamn grateful happy hate hated hates hell hopeless horrible horrid idiot idiotic idiots
    incompetent infuriated infuriating insane irritated irritating joke livid ludicrous mad
    miserable nonsense outraged outrageous pathetic pissed pleased ridiculous sad scared shame
    shameful shit shitty shocked shocking stupid terrible terrified thrilled tired ugh
    unacceptable unbelievable unhappy upset useless worried worst worthless wtf

    ärgerlich enttäuscht enttäuschend frech frustriert furchtbar genervt lächerlich nutzlos
    peinlich sauer schade scheiße scheisse schrecklich traurig unverschämt unverschämtheit
    verärgert wut wütend

    agacé colère déçu déçue fâché fâchée furieuse furieux honte honteux inacceptable inadmissible
    lamentable merde ridicule scandaleux triste

    decepcionado decepcionada enfadado enfadada enojado enojada frustrado frustrada furioso
    furiosa harto harta inaceptable indignado indignada inútil mierda molesto molesta ridículo
    ridícula vergonzoso vergüenza
    """.split()  # noqa: SIM905
)
CHINESE = tuple(
    """
    生气 生氣 气死 氣死 气愤 氣憤 愤怒 憤怒 火大 恼火 惱火 冒火 发火 發火 气人 氣人 抓狂 受不了
    忍无可忍 忍無可忍 太过分 太過分 过分 過分 岂有此理 豈有此理 莫名其妙 可笑 荒唐 离谱 離譜
    太差 差劲 差勁 太烂 太爛 无语 無語 烦死 煩死 很烦 好烦 烦人 煩人 不耐烦 不耐煩 恶心 噁心
    讨厌 討厭 厌恶 厭惡 失望 沮丧 沮喪 郁闷 鬱悶 难过 難過 伤心 傷心 难受 難受 委屈 无奈 無奈
    绝望 絕望 害怕 担心 擔心 焦虑 焦慮 着急 著急 急死 开心 開心 高兴 高興 满意 滿意 不满 不滿
    他妈的 妈的 傻逼 王八蛋 混蛋 狗屎
    """.split()  # noqa: SIM905
)
"""To be cut out of runs of characters, the longest first."""


_WORD = re.compile(r"[^\W\d_]+")
_CHINESE = re.compile("|".join(sorted(CHINESE, key=len, reverse=True)))


def names_feeling(word: str) -> bool:
    """Whether a word only names a feeling: in English, German, French or Spanish."""
    return word.casefold() in _SPACED


def without_feelings(text: str) -> str:
    """The text without the words that only name a feeling."""
    spaced = _WORD.sub(lambda word: "" if names_feeling(word.group()) else word.group(), text)
    return _CHINESE.sub(" ", spaced)
