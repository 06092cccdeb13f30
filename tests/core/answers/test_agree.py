import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.agree import agree, facts

DIFFERENT = [
    ("How do I cancel order 5?", "How do I cancel order 6?"),
    ("Is delivery free above 50 euros?", "Is delivery free above 100 euros?"),
    ("Can I get a second card?", "Can I get a third card?"),
    ("Does the trial last 30 days?", "Does the trial last 14 days?"),
    ("Is the limit 1,000 or more?", "Is the limit 10,000 or more?"),
    ("Is it sent within 24 hours?", "Is it sent within 24 days?"),
    ("Is it free above $50?", "Is it free above €50?"),
    ("Is the fee 5%?", "Is the fee 5?"),
    ("Can I return it for thirty days?", "Can I return it for thirty weeks?"),
    ("三天内可以退货吗", "三周内可以退货吗"),
    ("Does it cost 12.95?", "Does it cost 12.99?"),
    ("How do I cancel my order?", "How do I not cancel my order?"),
    ("Can I pay with cash?", "Can't I pay with cash?"),
    ("Why was I charged?", "Why was I not charged?"),
    ("Are batteries included?", "Are batteries excluded? Not included?"),
    ("Can I travel without a passport?", "Can I travel with a passport?"),
    ("How do I stop my subscription?", "How do I start my subscription?"),
    ("Cancel my order but do not refund it", "Refund my order but do not cancel it"),
    ("Do you deliver to Norway?", "do you deliver to canada"),
    ("Can I use Visa?", "Can I use Mastercard?"),
    ("Do you take USD?", "Do you take GBP?"),
    ("Does it work with Windows11?", "Does it work with Windows10?"),
    ("Why do I verify my identity?", "How do I verify my identity?"),
    ("My card isn't working. What do I do?", "My card isn't working. What do I not do?"),
    ("Can I have a virtual card?", "Can I have a non virtual card?"),
    ("How can I verify my identity?", "What other ways to verify my identity are there?"),
    ("How do I verify my identity?", "Do I need to verify my identity?"),
    ("What is a virtual card?", "What can I use a virtual card for?"),
    ("When does the shop open?", "Where does the shop open?"),
    ("How much is delivery?", "How long is delivery?"),
    ("怎么取消订单？", "怎么不取消订单？"),
    ("订单可以退款吗", "订单不可以退款吗"),
    ("没收到货怎么办", "收到货怎么办"),
    ("三天内可以退货吗", "七天内可以退货吗"),
    ("满50元包邮吗", "满100元包邮吗"),
    ("为什么要验证身份", "怎么验证身份"),
    ("多久到货", "多少到货"),
    ("可以用Visa付款吗", "可以用PayPal付款吗"),
]
ALIKE = [
    ("How do I cancel my order?", "how can i cancel an order"),
    ("Do you deliver to Norway?", "do you deliver to norway"),
    ("My card doesn't work", "my card is not working"),
    ("Is delivery free above 1,000 euros?", "is delivery free above 1000 euros"),
    ("Does it cost 12.50?", "Does it cost 12.5?"),
    ("Can I get a 2nd card?", "Can I get a 2nd card please?"),
    ("I don't know how to reset my password", "How do I reset my password?"),
    ("When will my card arrive?", "How long until my card arrives?"),
    ("Can I return it within 30 days?", "can i return it within thirty days"),
    ("Is it free above €50?", "is it free above 50 euros"),
    ("Is there a 30-day trial?", "is there a trial of 30 days"),
    ("Can I bring two bags?", "Can I bring 2 bags?"),
    ("I am having trouble to log in", "I cannot log in"),
    ("怎么取消订单", "请问如何取消订单？"),
    ("能不能取消订单", "可以取消订单吗"),
    ("三天内可以退货吗", "3天内可以退货吗"),
    ("不好意思，怎么退货", "怎么退货"),
    ("我不知道怎么退货", "怎么退货"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_numbers_names_denials_and_what_is_asked_for_must_agree(one: str, other: str) -> None:
    assert not agree(facts(one), facts(other))
    assert not agree(facts(other), facts(one))


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_ways_of_saying_the_same_agree(one: str, other: str) -> None:
    assert agree(facts(one), facts(other))


@given(st.text(max_size=200))
def test_every_text_agrees_with_itself(text: str) -> None:
    assert agree(facts(text), facts(text))


@given(st.text(max_size=80), st.text(max_size=80))
def test_agreeing_is_mutual(one: str, other: str) -> None:
    assert agree(facts(one), facts(other)) == agree(facts(other), facts(one))
