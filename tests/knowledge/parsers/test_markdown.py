from tests.knowledge.outlines import outline, read


def test_sections_stand_under_the_path_of_their_headings() -> None:
    document = read(
        "a.md", "# Shop\n\nHello.\n\n## Pay\n\nCards.\n\n### Fees\n\nNone.\n\n## Post\n\nFast."
    )

    assert document.title == "Shop"
    assert outline(document) == [
        ("", "Hello."),
        ("Pay", "Cards."),
        ("Pay > Fees", "None."),
        ("Post", "Fast."),
    ]


def test_front_matter_names_title_and_language() -> None:
    document = read(
        "a.md", "---\ntitle: 'Our terms'\nlang: de-AT\ntags: [x]\n---\n# Bedingungen\n\nText."
    )

    assert (document.title, document.language) == ("Our terms", "de")
    assert outline(document) == [("Bedingungen", "Text.")]


def test_a_file_without_a_heading_is_called_by_its_name() -> None:
    assert read("opening-hours.md", "We open at 9.").title == "Opening hours"


def test_a_table_keeps_its_rows_and_columns() -> None:
    document = read("a.md", "| Size | Price |\n|---|---:|\n| S | **5** |\n| L | [7](x) |")

    assert outline(document) == [("", (("Size", "Price"), ("S", "5"), ("L", "7")))]


def test_marks_are_dropped_and_words_kept() -> None:
    text = "A *b* **c** `d` [e](http://f) ![g](h.png) <b>i</b> &amp; \\*j\\*  \nk\nl"

    assert outline(read("a.md", text)) == [("", "A b c d e g i & *j*\nk l")]


def test_lists_keep_their_numbers_and_levels() -> None:
    text = "- one\n- two\n  1. a\n  2. b\n\n     more\n- three"

    assert outline(read("a.md", text)) == [
        ("", "- one\n- two\n  1. a\n  2. b\n    more\n- three"),
    ]


def test_code_is_kept_as_it_is() -> None:
    assert outline(read("a.md", "Run:\n\n```sh\nmake\n    run\n```")) == [
        ("", "Run:\n\nmake\n    run")
    ]


def test_embedded_html_gives_its_text() -> None:
    text = "<div><p>Inside</p><script>x()</script></div>\n\nOutside."

    assert outline(read("a.md", text)) == [("", "Inside\n\nOutside.")]


def test_a_heading_with_nothing_below_it_is_not_lost() -> None:
    assert outline(read("a.md", "# T\n\n## Closed on Sunday\n\n## Hours\n\n9 to 5")) == [
        ("", "Closed on Sunday"),
        ("Hours", "9 to 5"),
    ]
