"""Any file at all: hostile ones are refused in a sentence, and quickly."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import DocumentRefused
from knowledge.documents import Document, Pair, Prose, Table
from knowledge.parsers.choose import Told, parse
from knowledge.parsers.kinds import Kind
from knowledge.parsers.limits import Limits
from knowledge.parsers.normalise import normalise, squeeze
from tests.knowledge.files import a_docx, a_page, a_paragraph, a_pdf
from tests.knowledge.outlines import outline, read

NAMES = ["a.md", "a.html", "a.txt", "a.csv", "a.tsv", "a.json", "a.jsonl", "a.pdf", "a.docx", "a"]
SEEDS = [
    b"# T\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- x\n  - y\n",
    b"<html><main><h1>T</h1><table><tr><td>a<td>b</table><ul><li>x</ul><dl><dt>q<dd>a</main>",
    b"question,answer\nOpen?,At 9.\n",
    b'[{"question": "Open?", "answer": ["At", 9]}, {"a": [null, {"b": 1.5}]}]',
    a_pdf(a_page("Terms", "Text of it.")),
    a_docx(a_paragraph("Terms", "Title") + a_paragraph("Text.")),
]


def _texts(document: Document) -> list[str]:
    texts = [document.title]
    for section in document.sections:
        texts += section.heading
        match section.body:
            case Prose(text):
                texts.append(text)
            case Table(rows):
                texts += [cell for row in rows for cell in row]
            case Pair(question, answer):
                texts += [question, answer]
    return texts


def _read_or_refused(name: str, raw: bytes) -> Document | DocumentRefused:
    try:
        return parse(name, raw, name)
    except DocumentRefused as refused:
        return refused


def _holds(name: str, raw: bytes) -> None:
    document = _read_or_refused(name, raw)
    if isinstance(document, DocumentRefused):
        assert document.name == name
        assert "\n" not in document.why
        return
    assert document.sections
    for text in _texts(document):
        assert text == normalise(text)
        text.encode()


@given(name=st.sampled_from(NAMES), raw=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_document_or_a_refusal(name: str, raw: bytes) -> None:
    _holds(name, raw)


@given(name=st.sampled_from(NAMES[:8]), text=st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_document_or_a_refusal(name: str, text: str) -> None:
    _holds(name, text.encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@given(
    name=st.sampled_from(NAMES),
    raw=st.sampled_from(SEEDS),
    at=st.floats(0, 1, exclude_max=True),
    cut=st.integers(0, 30),
    put=st.binary(max_size=8),
)
@settings(max_examples=250, deadline=None)
def test_a_damaged_file_gives_a_document_or_a_refusal(
    name: str, raw: bytes, at: float, cut: int, put: bytes
) -> None:
    where = int(at * len(raw))

    _holds(name, raw[:where] + put + raw[where + cut :])


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_normalised_text_is_nfkc_without_invisible_characters(text: str) -> None:
    clean = normalise(text)

    assert clean == unicodedata.normalize("NFKC", clean)
    assert not [
        char for char in clean if char != "\n" and unicodedata.category(char) in {"Cc", "Cs", "Co"}
    ]
    assert normalise(clean) == clean
    assert "\n" not in squeeze(text)


def test_what_hides_in_text_is_taken_out() -> None:
    text = "re\u00adfund\u200b \u202eeerf\u202c\ufeff"
    text += " pass\u2060word\x00\x1b \uff21\u00a0b\r\nc\u2028d\x85e"

    assert normalise(text) == "refund eerf password A b\nc\nd\ne"


def test_a_tower_of_accents_is_cut_down() -> None:
    tower = "a" + "\u0301\u0323" * 200_000

    assert len(normalise(tower)) < 100


WIDE = "<tr>" + "<td rowspan=500 colspan=50>x" * 40
NESTED_LIST = "\n".join("  " * level + "- x" for level in range(2_000))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "it is a picture"),
        ("a.md", b"\x7fELF\x02\x01\x01" + bytes(64), "it is a program"),
        ("a.md", bytes(range(256)) * 4, "it is a binary file, not text"),
        ("a.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file; save it as .docx"),
        ("a.txt", b"", "it is empty"),
        ("a.txt", b" \n\n ", "it is empty"),
        ("a.html", "<script>x</script>", "there is no text in it"),
        ("a.zip", "text", "files of this kind are not read"),
        ("a.txt", b"x" * 20_000_001, "it has 20.0 MB, more than the 20 MB that are read"),
        ("a.txt", "word " * 1_100_000, "more than 5,000,000 characters"),
        ("a.md", "- x\n" * 300_000, "more than 250,000 lines"),
        ("a.html", f"<table>{WIDE * 300}</table>", "a table of too many cells"),
        ("a.html", "<div>" * 100_000, "nested deeper than 3,000 levels"),
        ("a.html", "<p " + " ".join(f"a{n}" for n in range(9_000)) + ">x", "500 attributes"),
        ("a.json", "[" * 100_000 + "]" * 100_000, "nested deeper than 64 levels"),
        ("a.json", "[" * 70 + "1" + "]" * 70, "nested deeper than 64 levels"),
        ("a.jsonl", "[" * 70 + "1" + "]" * 70, "nested deeper than 64 levels"),
        ("a.json", "[" + "[]," * 1_100_000 + "[]]", "more than 2,000,000 values"),
        ("a.csv", "a,b\n" + "x" * 4_000_000 + ",y\n", "more than 131,072 characters"),
        ("a.csv", "," * 600_000, "more than 500,000 cells"),
        ("a.csv", "x," * 5_000 + "\n" + "a\n" * 5_000, "table of more than 500,000 cells"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_a_sentence(
    name: str, content: str | bytes, why: str
) -> None:
    with pytest.raises(DocumentRefused, match=f"^{name.replace('.', '[.]')}: [^\n]*{why}"):
        read(name, content)


def test_a_csv_with_one_cell_of_fifty_megabytes_is_refused_by_its_size() -> None:
    with pytest.raises(DocumentRefused, match="more than the 20 MB"):
        read("a.csv", b'a\n"' + b"x" * 50_000_000 + b'"\n')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", ">" * 10_000 + " deep"),
        ("a.md", "> " * 10_000 + "deep"),
        ("a.md", "- " * 10_000 + "deep"),
        ("a.md", NESTED_LIST),
        ("a.md", "[" * 50_000 + "deep"),
        ("a.md", "*deep_ " * 3_000),
        ("a.md", "deep\n" * 50_000),
        ("a.md", "<!--" * 20_000 + "deep"),
        ("a.md", "![deep" * 20_000),
        ("a.html", "<div>" * 2_900 + "<header>deep</header>" * 10_000),
        ("a.html", "<b>deep" * 2_000),
        ("a.html", "<table><td>" * 2_000 + "deep"),
        ("a.html", "<ul><li>" * 1_400 + "deep"),
        ("a.html", "<p><!-" * 50_000 + "deep"),
        ("a.html", "deep <a <" * 50_000),
        ("a.html", "deep<script" * 50_000),
        ("a.txt", "deep(" * 100_000),
        ("a.json", json.dumps({"deep": 1, "b" * 100_000: [[1]]})),
    ],
    ids=lambda value: str(value)[:16],
)
def test_strange_markup_is_read_or_refused_at_once(name: str, text: str) -> None:
    _holds(name, text.encode())


def test_a_server_s_word_decides_over_the_name() -> None:
    told = Told(kind=Kind.HTML, charset="windows-1252")

    document = parse("index.php", "<p>caf\xe9</p>".encode("cp1252"), "http://x/index.php", told)

    assert outline(document) == [("", "café")]
    assert document.uri == "http://x/index.php"


def test_limits_can_be_set() -> None:
    with pytest.raises(DocumentRefused, match="more than 10 characters"):
        parse("a.txt", b"twelve chars", "a.txt", limits=Limits(characters=10))


def test_the_digest_is_that_of_the_bytes() -> None:
    assert (
        read("a.txt", "x").digest
        == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    )


def test_a_very_long_title_is_shortened() -> None:
    title = read("a.md", "# " + "word " * 50 + "\n\ntext").title

    assert len(title) <= 200
    assert title.endswith("...")
