from ipaddress import ip_address

import pytest
from yarl import URL

from core.egress.addresses import is_own, is_public, literal
from knowledge.sources.calls import NotFetched, checked
from knowledge.sources.limits import WebLimits

OPEN = WebLimits()
OURS = WebLimits(allow_private=True)
LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "0177.0.0.1",
]
CLOSED = [
    *LOOPBACK,
    "127.0.0.1.",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::8.8.8.8]",
    "[2002:7f00:1::]",
    "[2002:a00:1::1]",
    "[2001:0:a00:1::f5ff:fffe]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
]
PUBLIC = ["8.8.8.8", "134744072", "[2606:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::8.8.8.8]"]


@pytest.mark.parametrize("host", CLOSED)
def test_an_address_of_our_own_is_closed_in_every_spelling(host: str) -> None:
    with pytest.raises(NotFetched, match="private network"):
        checked(URL(f"http://{host}/"), OPEN)


@pytest.mark.parametrize("host", PUBLIC)
def test_an_address_of_the_internet_is_open(host: str) -> None:
    assert checked(URL(f"http://{host}/a#b"), OPEN) == URL(f"http://{host}/a")


@pytest.mark.parametrize(
    "host", [*LOOPBACK, "[::1]", "10.0.0.1", "[::ffff:192.168.0.1]", "[fd00::1]"]
)
def test_an_operator_may_open_private_addresses(host: str) -> None:
    assert checked(URL(f"http://{host}:8080/"), OURS)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "[::]", "224.0.0.1"])
def test_link_local_addresses_stay_closed_for_operators_too(host: str) -> None:
    with pytest.raises(NotFetched, match="private network"):
        checked(URL(f"http://{host}/"), OURS)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("//example.org/", "only http and https"),
        ("http://example.org:22/", "port 22"),
        ("http://user:secret@example.org/", "user name"),
    ],
)
def test_other_schemes_ports_and_passwords_are_closed(url: str, why: str) -> None:
    with pytest.raises(NotFetched, match=why) as closed:
        checked(URL(url), OPEN)

    assert "secret" not in str(closed.value.refusal(URL(url)))


@pytest.mark.parametrize("host", ["example.org", "1.2.3.4.5", "0x", "localhost", "08.1.1.1", ""])
def test_a_name_spells_no_address(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "fd00::1"])
def test_nothing_is_both_ours_and_public(address: str) -> None:
    assert is_own(ip_address(address))
    assert not is_public(ip_address(address))
