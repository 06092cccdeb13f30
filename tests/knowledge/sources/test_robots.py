import pytest

from knowledge.sources.robots import robots_of

FILE = b"""\xef\xbb\xbf# for all
User-agent: *
Disallow: /shop/
Allow: /shop/help
Disallow: /*?sort=
Disallow: /*.pdf$
Disallow: /~a
Disallow:
Crawl-delay: 2

User-Agent: badbot
User-agent: Switchboard/1.0
Disallow: /mine
Crawl-delay: soon
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/shop/", False),
        ("/shop/cart", False),
        ("/shop/help/a", True),
        ("/list?sort=x", False),
        ("/list?page=2&sort=x", True),
        ("/a.pdf", False),
        ("/a.pdf?x", True),
        ("/%7Eanna", False),
        ("/mine", True),
    ],
)
def test_the_longest_rule_decides(path: str, allowed: bool) -> None:
    assert robots_of(FILE, "Other").allows(path) is allowed


def test_a_robot_s_own_group_takes_the_place_of_the_one_for_all() -> None:
    robots = robots_of(FILE, "Switchboard")

    assert robots.allows("/shop/")
    assert not robots.allows("/mine")
    assert (robots.delay_s, robots_of(FILE, "Other").delay_s) == (0, 2)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"Disallow: /", b"<html>User-agent</html>"])
def test_a_file_that_says_nothing_allows_everything(raw: bytes) -> None:
    assert robots_of(raw, "Switchboard").allows("/")


def test_a_rule_of_many_stars_is_matched_at_once() -> None:
    robots = robots_of(b"User-agent: *\nDisallow: /" + b"*a" * 5_000 + b"$", "Other")

    assert robots.allows("/" + "a" * 4_000 + "b")
