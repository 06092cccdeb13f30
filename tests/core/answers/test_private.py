import pytest

from core.answers.private import is_private


@pytest.mark.parametrize(
    "text",
    [
        "my mail is ada@example.com",
        "call me at +44 20 7946 0958",
        "where is order A1-55023",
        "where is order 5",
        "Order no. 77 is late",
        "ticket #12",
        "my name is Ada",
        "This is Mr Lovelace",
        "IBAN DE89370400440532013000",
        "card 4242 4242 4242 4242",
        "see https://example.com/u/7",
        "my password is hunter2",
        "born on 1.2.1980",
        "订单号 20261",
        "我叫李雷",
        "我的手机13800138000",
        "我是王先生",
    ],
)
def test_what_tells_who_somebody_is_is_private(text: str) -> None:
    assert is_private(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I cancel my order?",
        "Is delivery free above 50 euros?",
        "What changed in 2026?",
        "Do you open at 9:30?",
        "Can I get a 2nd card?",
        "How do I change my phone number?",
        "怎么取消订单？",
        "满50元包邮吗",
    ],
)
def test_general_questions_are_not(text: str) -> None:
    assert not is_private(text)
