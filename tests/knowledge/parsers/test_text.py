import pytest

from core.domain.errors import DocumentRefused
from tests.knowledge.outlines import outline, read

CHINESE = "退货政策:您可以在六十天内退货。"
FRENCH = "Le café est fermé à Noël — désolé, revenez après l'été."


def test_wrapped_lines_are_joined_and_paragraphs_kept() -> None:
    text = (
        "The return label costs a few dollars, which we take off\n"
        "your refund. It is free for members who live in the con-\n"
        "tiguous states.\n\nGoodbye."
    )

    assert outline(read("a.txt", text)) == [
        (
            "",
            "The return label costs a few dollars, which we take off your refund. It is free "
            "for members who live in the contiguous states.\n\nGoodbye.",
        )
    ]


def test_short_lines_and_list_items_stay_apart() -> None:
    text = "Shop\n1 Road\nTown\n\n- one\n- two"

    assert outline(read("a.txt", text)) == [("", "Shop\n1 Road\nTown\n\n- one\n- two")]


def test_shouted_underlined_and_numbered_lines_are_headings() -> None:
    text = (
        "CARE GUIDE\n\nHello.\n\nWASHING\n\nCold.\n\nDrying\n------\nSlow.\n\n2.1 Iron\n\nNever."
    )

    document = read("a.txt", text)

    assert document.title == "Care guide"
    assert outline(document) == [
        ("", "Hello."),
        ("WASHING", "Cold."),
        ("Drying", "Slow."),
        ("Drying > 2.1 Iron", "Never."),
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (CHINESE, "utf-32"),
        (CHINESE, "gb18030"),
        (FRENCH, "cp1252"),
        ("Über die Größe: süß und schön", "cp1252"),
        ("It costs 5 €", "cp1252"),
    ],
)
def test_encodings_are_told_apart(text: str, encoding: str) -> None:
    assert outline(read("a.txt", text.encode(encoding))) == [("", text)]


@pytest.mark.parametrize(
    "raw",
    [
        "Возврат товара в течение шестидесяти дней".encode("koi8-r"),
        "送料は無料です。".encode("utf-16-le")[:-1],
        b"\xff\xfe" + b"\x00\xd8" * 5,
        b"plain \x00 binary",
    ],
)
def test_an_encoding_that_cannot_be_told_is_refused(raw: bytes) -> None:
    with pytest.raises(DocumentRefused, match=r"^a\.txt: its? "):
        read("a.txt", raw)
