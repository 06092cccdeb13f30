import zipfile
from io import BytesIO

import pytest

from core.domain.errors import DocumentRefused
from tests.knowledge.files import a_docx, a_docx_table, a_paragraph
from tests.knowledge.outlines import outline, read


def test_titles_headings_and_tables_are_kept() -> None:
    body = (
        a_paragraph("Rental terms", "Title")
        + a_paragraph("Hello.")
        + a_paragraph("Prices", "Heading1")
        + a_docx_table(["Gear", "Price"], ["Bike", "$45"])
        + a_paragraph("Waiver", "Heading2")
        + a_paragraph("Optional &amp; cheap.")
    )

    document = read("a.docx", a_docx(body))

    assert document.title == "Rental terms"
    assert outline(document) == [
        ("", "Hello."),
        ("Prices", (("Gear", "Price"), ("Bike", "$45"))),
        ("Prices > Waiver", "Optional & cheap."),
    ]


def test_a_word_file_under_another_name_is_recognised() -> None:
    assert outline(read("a.txt", a_docx(a_paragraph("Hello.")))) == [("", "Hello.")]


def _zip(**entries: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
WHOLE = a_docx(a_paragraph("Hello. " * 500))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (a_docx(a_paragraph("x" * 30_000_000)), "packed so tightly that it may be a zip bomb"),
        (a_docx("", more={"m.bin": bytes(61_000_000)}), "would unpack to more than 60 MB"),
        (a_docx("", more={f"{n}.bin": b"" for n in range(2_100)}), "more than 2,000 parts"),
        (a_docx(a_paragraph("&b;"), before=BOMB), "declares a document type"),
        (a_docx("<w:p>" * 300 + "</w:p>" * 300), "nested deeper than 200 levels"),
        (a_docx("<w:p>"), "not well-formed XML"),
        (WHOLE[: len(WHOLE) // 2], "damaged or cut short"),
        (WHOLE.replace(b"word/document.xml", b"word/doXument.xml"), "without a Word document"),
        (_zip(a=b"b"), "without a Word document"),
        (b"no zip at all", "named as DOCX, but its content is not"),
        (a_docx(""), "there is no text in it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_or_damaged_word_file_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why):
        read("a.docx", raw)
