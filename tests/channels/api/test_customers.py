"""Who asks over HTTP: believed with a token, kept apart without one."""

import pytest

from core.domain.customers import Profile
from tests.channels.kit import VOUCHER, Service
from tests.channels.known import known_of

pytestmark = pytest.mark.slow  # many connections: not for make quick

CHAT = "/api/v1/chat"
ADA = {
    "id": "42",
    "name": "Ada",
    "email": "ada@example.com",
    "attributes": {"seats": 5, "vip": True},
}


async def ask(http, customer=None, *, token: str = "", key: str = "", **body) -> dict:
    headers = {"Idempotency-Key": key} if key else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    said = {"query": "Where?", **body}
    if customer is not None:
        said["customer"] = customer
    async with http.post(CHAT, json=said, headers=headers) as response:
        return {"status": response.status, **await response.json()}


async def customers(service: Service) -> list[str]:
    async with service.database.as_service() as connection:
        rows = await connection.fetch("SELECT customer FROM conversations ORDER BY created_at")
    return [row["customer"] for row in rows]


async def test_with_a_token_a_customer_is_whom_the_program_says(service: Service, http) -> None:
    assert (await ask(http, ADA, token=VOUCHER))["status"] == 200

    assert await customers(service) == ["person-42"]
    assert await known_of(service.database, "person-42") == Profile(
        name="Ada", email="ada@example.com", attributes={"seats": "5", "vip": "true"}
    )
    await ask(http, {"id": "42"}, token=VOUCHER)
    assert (await known_of(service.database, "person-42")).name == "Ada"


async def test_without_one_only_the_id_is_taken_and_believed_of_nobody(
    service: Service, http
) -> None:
    assert (await ask(http, {"id": "42"}))["status"] == 200
    assert (await ask(http, {"id": "42"}, token="default.guessed"))["status"] == 200
    async with http.get(CHAT, params={"query": "Where?", "customer": "43"}) as response:
        assert response.status == 200

    assert await customers(service) == ["claimed-42", "claimed-42", "claimed-43"]
    for token in ("", "default.guessed", "other.a program's secret"):
        refused = await ask(http, ADA, token=token)
        assert refused["status"] == 403
        assert "customers.vouch" in refused["error"]["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Ada"},
        {"id": ""},
        {"id": "4\n2"},
        {"id": "42", "email": "nobody"},
        {"id": "42", "plan": "gold"},
        {"id": "42", "attributes": {"2nd": "x"}},
        {"id": "42", "attributes": {"plan": ["gold"]}},
        {"id": "42", "attributes": {"plan": "x" * 201}},
        {"id": "42", "attributes": {f"a{n}": n for n in range(21)}},
    ],
)
async def test_what_does_not_fit_is_refused_in_one_sentence(service: Service, http, wrong) -> None:
    refused = await ask(http, wrong, token=VOUCHER)

    assert refused["status"] == 422
    assert refused["error"]["message"].endswith(".")
    assert await customers(service) == []


async def test_nobody_goes_on_in_a_conversation_of_somebody_elses(http) -> None:
    first = await ask(http, {"id": "42"}, token=VOUCHER)
    nobodys = await ask(http)
    here, there = first["conversation"], nobodys["conversation"]

    for who, token in (({"id": "43"}, VOUCHER), ({"id": "42"}, "")):
        assert (await ask(http, who, token=token, conversation=here))["status"] == 404
    for who, place in (({"id": "42"}, here), (None, here), ({"id": "42"}, there)):
        assert (await ask(http, who, token=VOUCHER, conversation=place))["status"] == 200


async def test_one_key_of_two_customers_is_two_questions(http) -> None:
    ann = await ask(http, {"id": "ann"}, key="one")
    again = await ask(http, {"id": "ann"}, key="one")
    bo = await ask(http, {"id": "bo"}, key="one")

    assert ann["turn"] == again["turn"] != bo["turn"]
    assert ann["conversation"] != bo["conversation"]
