from tests.knowledge.outlines import outline, read

PAGE = """<!doctype html><html lang="fr-CA"><head><title>Returns | Shop</title>
<style>p{}</style></head><body>
<header><a href="/">Shop</a></header><nav><ul><li>Menu</li></ul></nav>
<div class="cookie-banner">We use cookies</div>
%s
<aside>Related</aside><footer>Imprint</footer><script>alert(1)</script></body></html>"""


def test_menus_banners_and_scripts_are_left_out() -> None:
    document = read("a.html", PAGE % "<h1>Returns</h1><p>60 days&nbsp;&amp; free.</p><!-- x -->")

    assert (document.title, document.language) == ("Returns", "fr")
    assert outline(document) == [("", "60 days & free.")]


def test_the_main_part_is_preferred() -> None:
    document = read(
        "a.html", PAGE % "<p>Around</p><main><header><h1>Returns</h1></header>In</main>"
    )

    assert outline(document) == [("", "In")]


def test_a_page_whose_main_part_is_empty_is_read_whole() -> None:
    assert outline(read("a.html", PAGE % "<main></main><p>Text</p>")) == [("", "Text")]


def test_a_short_list_of_links_is_a_menu_outside_the_main_part_only() -> None:
    links = "<ul>" + "".join(f"<li><a href=x>L{n}</a></li>" for n in range(5)) + "</ul>"

    assert outline(read("a.html", f"<body>{links}<p>Text</p></body>")) == [("", "Text")]
    assert "L4" in str(outline(read("a.html", f"<main>{links}<p>Text</p></main>")))


def test_headings_lists_and_breaks_keep_their_shape() -> None:
    inner = "<li>a<ul><li>b</li></ul></li><li><p>c</p></li>"
    body = f"<h2>Pay</h2><p>By<br>card</p><ol start=3>{inner}</ol>"

    assert outline(read("a.html", f"<main>{body}</main>")) == [
        ("Pay", "By\ncard\n\n3. a\n  - b\n4. c"),
    ]


def test_a_table_keeps_its_caption_and_repeats_what_spans() -> None:
    body = """<table><caption>Prices</caption><thead><tr><th>Size<th colspan=2>Price</thead>
      <tr><td rowspan=2>S<td>5<td>6<tr><td>7<td>8</table>"""

    assert outline(read("a.html", body)) == [
        ("", "Prices"),
        ("", (("Size", "Price", "Price"), ("S", "5", "6"), ("S", "7", "8"))),
    ]


def test_a_table_that_only_places_text_is_read_as_text() -> None:
    body = "<table><tr><td><h2>Post</h2><p>Fast</p></td><td>Side</td></tr></table>"

    assert outline(read("a.html", body)) == [("Post", "Fast\n\nSide")]


def test_terms_stand_before_their_definitions() -> None:
    assert outline(read("a.html", "<dl><dt>Refund</dt><dd>5 days</dd></dl>")) == [
        ("", "Refund: 5 days")
    ]


def test_the_charset_of_the_page_is_used() -> None:
    page = '<meta charset="shift_jis"><p>送料は無料です</p>'.encode("shift_jis")

    assert outline(read("a.html", page)) == [("", "送料は無料です")]


def test_a_charset_that_does_not_fit_is_ignored() -> None:
    assert outline(read("a.html", "<meta charset=koi7-zlib><p>naïve</p>")) == [("", "naïve")]


def test_preformatted_text_keeps_its_lines() -> None:
    assert outline(read("a.html", "<pre>a\n  b</pre>")) == [("", "a\n  b")]
