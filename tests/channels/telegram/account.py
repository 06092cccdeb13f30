"""The account of the tests: one bot of one shop."""

from channels.accounts import Account
from core.domain.messages import Channel
from tests.builders import TENANT

TOKEN = "42:AAtesttokenoftheshop"
SECRET = "secret-of-the-webhook"


def an_account(url: str = "", **options: str) -> Account:
    return Account(
        tenant=TENANT,
        channel=Channel.TELEGRAM,
        name="shop",
        native="42",
        secrets={"token": TOKEN, "webhook_secret": SECRET},
        options={"api_url": url, "username": "shop_bot", **options},
    )
