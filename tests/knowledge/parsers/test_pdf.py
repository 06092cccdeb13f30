import logging
from io import BytesIO

import pypdf
import pytest

from core.domain.errors import DocumentRefused
from tests.knowledge.files import a_line, a_page, a_pdf
from tests.knowledge.outlines import outline, read

LONG = "The warranty begins on the day of delivery and it is valid in every"


def test_lines_become_paragraphs_and_hyphens_are_mended() -> None:
    page = a_page(
        LONG,
        "country to which we deliver goods, and also in every other coun-",
        "try that is named below this line, except in those of the sea-",
        "side, which a well-known author calls the blue ones in a well-",
        "known book.",
        "",
        "A second paragraph.",
    )

    assert outline(read("a.pdf", a_pdf(page))) == [
        (
            "",
            f"{LONG} country to which we deliver goods, and also in every other country that is "
            "named below this line, except in those of the seaside, which a well-known author "
            "calls the blue ones in a well-known book.\n\nA second paragraph.",
        )
    ]


def test_large_and_bold_lines_are_headings() -> None:
    page = "\n".join(
        [
            a_line("Warranty", 720, 22),
            a_line("1. Periods", 690, 14),
            a_line(LONG, 670),
            a_line("Bikes", 650, 11, "F2"),
            a_line(LONG, 630),
        ]
    )

    document = read("a.pdf", a_pdf(page))

    assert document.title == "Warranty"
    assert outline(document) == [("1. Periods", LONG), ("1. Periods > Bikes", LONG)]


def test_numbered_lines_are_headings_where_all_type_is_alike() -> None:
    page = a_page("1. Periods", LONG, "", "1.1 Bikes", LONG, "", "1. first", "2. second")

    assert outline(read("a.pdf", a_pdf(page))) == [
        ("1. Periods", LONG),
        ("1. Periods > 1.1 Bikes", f"{LONG}\n\n1. first\n2. second"),
    ]


def test_sections_know_their_page_and_running_lines_are_dropped() -> None:
    pages = [
        a_page(f"Text of part {'ABC'[number]}.") + "\n"
        + a_line("Shop Ltd. Terms", 770) + "\n" + a_line(f"Page {number + 1} of 3", 20)
        for number in range(3)
    ]  # fmt: skip

    document = read("a.pdf", a_pdf(*pages))

    assert [section.page for section in document.sections] == [1, 2, 3]
    assert [body for _, body in outline(document)] == [
        "Text of part A.",
        "Text of part B.",
        "Text of part C.",
    ]


def test_a_sentence_goes_on_over_the_end_of_its_page() -> None:
    document = read("a.pdf", a_pdf(a_page(LONG, LONG, LONG), a_page("country.", "", "More.")))

    assert outline(document) == [("", f"{LONG} {LONG} {LONG} country."), ("", "More.")]


def test_title_and_language_are_those_of_its_properties() -> None:
    document = read(
        "a.pdf", a_pdf(a_page("Hi."), info="/Title (Our terms)", catalog="/Lang (en-GB)")
    )

    assert (document.title, document.language) == ("Our terms", "en")


def test_a_title_that_a_program_wrote_is_not_taken() -> None:
    raw = a_pdf(a_page("Hi."), info="/Title (Microsoft Word - final.docx)")

    assert read("our-terms.pdf", raw).title == "Our terms"


def test_a_pdf_under_another_name_is_recognised() -> None:
    assert outline(read("a.txt", a_pdf(a_page("Hi.")))) == [("", "Hi.")]


def _encrypted() -> bytes:
    writer, out = pypdf.PdfWriter(BytesIO(a_pdf(a_page("Hi.")))), BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


WHOLE = a_pdf(a_page("Hi."))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (_encrypted(), "it is encrypted"),
        (WHOLE[: len(WHOLE) // 2], "cut short"),
        (a_pdf("0 0 m 10 10 l S"), "pictures without text"),
        (b"%PDF-1.4\n%%EOF\n", "damaged"),
        (b"Dear Sir, no PDF", "named as PDF, but its content is not"),
    ],
    ids=["encrypted", "cut short", "pictures", "hollow", "letter"],
)
def test_a_pdf_that_cannot_be_read_says_why(
    raw: bytes, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(DocumentRefused, match=why):
        read("a.pdf", raw)

    assert caplog.records == []


@pytest.mark.slow
def test_a_page_of_hundreds_of_thousands_of_strokes_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="too many parts"):
        read("a.pdf", a_pdf("0 0 m\n" * 200_000 + a_page("Hi.")))
