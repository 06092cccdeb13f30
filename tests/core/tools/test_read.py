"""A file of tools: what it means, and every mistake named at once."""

import pytest

from core.domain.errors import SettingsInvalid
from core.tools.read import EXAMPLE, parse, read

SECRETS = {"shop": "s3cret"}
GOOD = """
hosts = ["shop.example"]
private_hosts = ["orders.internal", "127.0.0.1", "169.254.169.254"]
[[tool]]
name = "order"
title = "Order"
description = "Looks."
url = "https://shop.example/orders/{order}"
arguments = { required = ["order"], properties = { order = { type = "string" } } }
ask = { order = "Which?" }
show = { Status = "status" }
"""
CHANGE = GOOD + 'changes = true\nmethod = "POST"\nconfirm = "Sure about {order}?"\nsay = "Done."\n'


def mistakes(text: str) -> str:
    with pytest.raises(SettingsInvalid) as refused:
        parse(text, SECRETS)
    return str(refused.value)


def test_the_example_is_without_a_mistake() -> None:
    status, cancel = read(EXAMPLE, SECRETS).tools

    assert status.headers == {"Authorization": "Bearer s3cret"}
    assert (status.changes, cancel.changes) == (False, True)
    assert status.address({"order": "AB/1"}) == "https://shop.example/api/orders/AB%2F1"
    assert cancel.body({"order": "AB-1"}) == {}
    assert status.body({"order": "AB-1"}) is None


def test_secrets_are_in_no_representation() -> None:
    assert "s3cret" not in repr(read(EXAMPLE, SECRETS))


def test_a_secret_that_is_not_set_is_named() -> None:
    with pytest.raises(SettingsInvalid, match=r"core\.tool_secrets has no shop"):
        read(EXAMPLE, {})


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ('url = "https://other.example/"', "other.example is in neither hosts nor private_hosts"),
        ('url = "http://shop.example/"', "http is for private_hosts only"),
        ('url = "https://{order}.example/"', "with {argument} in its path only"),
        ('url = "https://shop.example:{order}/"', "with {argument} in its path only"),
        ('url = "https://shop.example?x={order}"', "with {argument} in its path only"),
        ('url = "https://me:pw@shop.example/"', "it holds no password"),
        ('url = "file:///etc/passwd"', "an address is wanted"),
        ('url = "http://169.254.169.254/"', "this address must not be called"),
        ('url = "https://shop.example/{size}"', "{size} is not known there"),
        ('url = "https://shop.example/"\nmethod = "TRACE"', "it is one of GET"),
        ('url = "https://shop.example/"\ntimeout_s = 600', "a number up to 30"),
        ('url = "https://shop.example/"\nmax_bytes = true', "a number up to 1e+06"),
        ('url = "https://shop.example/"\nheaders = { "X: y" = "z" }', "sent as a header"),
        ('url = "https://shop.example/"\nheaders = { X = "a\\nb" }', "sent as a header"),
        ('url = "https://shop.example/"\ntake = { order = "(" }', "this is no pattern"),
        ('url = "https://shop.example/"\ntake = { size = "x" }', "for arguments only"),
        ('url = "https://shop.example/"\nsay = "{Sum}"', "{Sum} is not known there"),
        ('url = "https://shop.example/"\nsay = { zh = "好" }', "needs en"),
        ('url = "https://shop.example/"\nchange = true', "there is no such field"),
        ('url = "https://shop.example/"\nchanges = true', "its question is wanted"),
    ],
)
def test_each_mistake_is_named(now: str, why: str) -> None:
    told = mistakes(GOOD.replace('url = "https://shop.example/orders/{order}"', now))

    assert 'tool "order"' in told
    assert why in told


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ('{ type = "string" }', '{ type = "word" }', "this is no JSON Schema"),
        ('{ type = "string" }', '{ "$ref" = "https://shop.example/x" }', "this is no JSON Schema"),
        ('ask = { order = "Which?" }', "", "ask.order"),
        ('required = ["order"]', 'required = ["size"]', "size is required, but has no property"),
        ('show = { Status = "status" }', "", "may be told is wanted"),
        ('name = "order"', 'name = "Order!"', "lower-case letters"),
        ('hosts = ["shop.example"]', 'hosts = ["*.example"]', "whole host names"),
    ],
)
def test_each_mistake_elsewhere_is_named(was: str, now: str, why: str) -> None:
    assert why in mistakes(GOOD.replace(was, now))


def test_a_change_asks_about_all_that_it_sends() -> None:
    assert parse(CHANGE, SECRETS).tools[0].changes
    assert "GET changes nothing" in mistakes(CHANGE.replace('method = "POST"\n', ""))
    assert "{order} is wanted" in mistakes(CHANGE.replace("{order}?", "it?"))
    assert "requires all" in mistakes(CHANGE.replace('required = ["order"], ', ""))


def test_two_tools_have_two_names() -> None:
    assert "another tool has this name" in mistakes(GOOD + GOOD[GOOD.index("[[tool]]") :])


def test_all_mistakes_come_at_once() -> None:
    told = mistakes("tools = 1\nchoose = 'luck'\n[[tool]]\nname = 'a'\n")

    assert "has 6 mistakes" in told


def test_what_is_no_toml_is_said_in_one_sentence() -> None:
    assert "not readable as TOML" in mistakes("[[tool")
