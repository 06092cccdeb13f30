"""What is known of a customer, for tests of channels."""

from core.domain.customers import Profile
from core.domain.ids import CustomerId
from core.domain.messages import Channel
from core.postgres.customers import Customer, PostgresCustomers
from core.postgres.database import Database
from tests.builders import TENANT


async def known_of(database: Database, customer: str, channel: Channel = Channel.API) -> Profile:
    who = Customer(tenant=TENANT, channel=channel, id=CustomerId(customer))
    return await PostgresCustomers(database).profile(who)
