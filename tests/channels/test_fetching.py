"""Files on platforms: fetched behind their message, held to what their bytes are."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from channels.accounts import Account
from channels.fetching import Fetching, FetchingParts
from channels.happenings import File, Said
from channels.postgres.accounts import PostgresAccounts
from channels.postgres.files import PostgresFiles
from channels.postgres.places import PostgresPlaces
from channels.postgres.wanted import PostgresWantedFiles
from channels.receiving import Receiver
from channels.slack.fetch import SlackFetch
from channels.telegram.fetch import TelegramFetch
from core.clock import SystemClock
from core.domain.files import MAX_FILE, FileRefused, KeptFile
from core.domain.ids import CustomerId, EventId
from core.domain.messages import Channel
from core.postgres.database import Database
from core.sealing import Seal, new_key
from tests.builders import NOON, TENANT
from tests.channels.slack.stage import Stage, a_stage
from tests.channels.telegram.kit import Kit
from tests.channels.test_receiving import Kit as Receiving
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import How

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.7 a bill"
PROGRAM = b"MZ\x90\0\x03"


class Played:
    """A platform that is a dictionary; it is away while `away` is set."""

    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, account: Account, file: File) -> bytes:
        self.asked.append(file.native)
        await self.gate.wait()
        return self.files[file.native]


class Store:
    """A tenant's files, and those who fetch them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.files = PostgresFiles(database, SystemClock())
        self.accounts = PostgresAccounts(database, Seal([new_key()]))
        self.counted: Counter[str] = Counter()

    def fetching(self, **fetch: object) -> Fetching:
        return Fetching(
            FetchingParts(
                wanted=PostgresWantedFiles(self.database),
                files=self.files,
                accounts=self.accounts,
                fetch=fetch,
                count=lambda channel, outcome: self.counted.update([outcome]),
            )
        )

    async def pass_once(self, fetching: Fetching) -> None:
        """All that is due, and nothing twice."""
        wanted = PostgresWantedFiles(self.database)
        await asyncio.gather(*map(fetching.take, await wanted.due(10)))

    async def come_again(self) -> None:
        async with self.database.as_service() as connection:
            await connection.execute("UPDATE wanted_files SET due_at = now()")

    async def kept(self, event: str, address: str) -> list[tuple[str, str, bytes]]:
        place = await PostgresPlaces(self.database).at(TENANT, Channel.TELEGRAM, address)
        assert place is not None
        found = await self.files.of(TENANT, place.conversation, EventId(event))
        return [await self._whole(one) for one in found]

    async def _whole(self, file: KeptFile) -> tuple[str, str, bytes]:
        read = await self.files.read(TENANT, file.id)
        assert read is not None
        return file.name, file.media_type, read[1]

    async def left_to_do(self) -> int:
        async with self.database.as_service() as connection:
            return await connection.fetchval("SELECT count(*) FROM wanted_files")


@pytest.fixture
async def store(database: Database) -> Store:
    made = Store(database)
    await made.accounts.keep(SHOP)
    return made


SHOP = Account(tenant=TENANT, channel=Channel.TELEGRAM, name="shop", native="42")


def said(*files: File) -> Said:
    return Said(
        address="shop/7/0",
        customer=CustomerId("ann"),
        event=EventId("e1"),
        text="My bill",
        at=NOON,
        files=files,
    )


@pytest.fixture
async def receive(database: Database) -> Receiver:
    return Receiving(database).receive


async def test_files_are_stored_behind_their_message_once(store: Store, receive) -> None:
    bill, photo = File(native="b", name="bill.pdf"), File(native="p", name="../me.exe")
    platform = Played(b=PDF, p=PNG)
    for _ in range(2):
        await receive(SHOP, [said(bill, photo)])
        await store.pass_once(store.fetching(telegram=platform))

    assert await store.kept("e1", "shop/7/0") == [
        ("bill.pdf", "application/pdf", PDF),
        ("me.exe", "image/png", PNG),
    ]
    assert await store.left_to_do() == 0


async def test_what_no_kind_is_taken_of_is_left_and_the_rest_is_kept(store, receive) -> None:
    files = [File(native=name, name=name) for name in ("program", "bill")]
    large = File(native="large", name="large", size=MAX_FILE + 1)
    platform = Played(program=PROGRAM, bill=PDF)
    await receive(SHOP, [said(*files, large)])

    await store.pass_once(store.fetching(telegram=platform))

    assert [name for name, _, _ in await store.kept("e1", "shop/7/0")] == ["bill"]
    assert platform.asked == ["program", "bill"]


async def test_two_processes_do_not_fetch_the_same(store: Store, receive) -> None:
    platform = Played(b=PDF)
    await receive(SHOP, [said(File(native="b", name="b"))])

    await asyncio.gather(*(store.pass_once(store.fetching(telegram=platform)) for _ in range(4)))

    assert platform.asked == ["b"]


async def test_an_account_that_was_removed_leaves_its_files_where_they_lie(store, receive) -> None:
    await receive(SHOP, [said(File(native="b", name="b"))])
    await store.accounts.remove(Channel.TELEGRAM, "shop")

    await store.pass_once(store.fetching(telegram=Played(b=PDF)))

    assert store.counted == {"left": 1}
    assert await store.left_to_do() == 0


async def test_a_running_fetching_fetches_until_it_is_stopped(store: Store, receive) -> None:
    fetching = store.fetching(telegram=Played(b=PDF))
    running = asyncio.create_task(fetching.run())
    await receive(SHOP, [said(File(native="b", name="b"))])
    async with asyncio.timeout(20):
        while not await store.kept("e1", "shop/7/0"):
            await asyncio.sleep(0.02)

    fetching.stop()
    await running


# --- the platforms themselves -------------------------------------------------------------


@pytest.fixture
async def telegram(database: Database, store: Store) -> AsyncIterator[Kit]:
    clock = FakeClock()
    async with FakeTelegram.start(clock.monotonic) as fake:
        kit = Kit(database, fake, clock)
        await store.accounts.keep(kit.account)
        yield kit
        await kit.bots.close()


async def test_a_photo_on_telegram_is_fetched_when_telegram_is_back(
    store: Store, telegram: Kit
) -> None:
    telegram.telegram.files["p1"] = PNG
    telegram.telegram.fails("getFile", How.BROKEN)
    photo = [{"file_id": "p1", "file_unique_id": "1", "width": 1, "height": 1}]
    update = telegram.ann.sends(photo=photo)
    await telegram.takes(update)
    fetching = store.fetching(telegram=TelegramFetch(telegram.bots))

    await store.pass_once(fetching)
    assert store.counted == {"put_off": 1}
    await store.come_again()
    await store.pass_once(fetching)

    number = update["message"]["message_id"]
    assert await store.kept(f"telegram:42:7:{number}", "shop/-/7/0") == [
        ("photo.jpg", "image/png", PNG)
    ]


@pytest.fixture
async def slack(database: Database) -> AsyncIterator[Stage]:
    async with a_stage(database) as stage:
        yield stage


def lies_at(stage: Stage, address: str, data: bytes, **more: object) -> File:
    about = {"id": "F1", "url_private": address, "mimetype": "application/pdf", **more}
    stage.slack.app.files["F1"] = (about, data)
    return File(native="F1", name="bill.pdf")


async def test_a_file_in_slack_is_read_with_our_token(slack: Stage) -> None:
    file = lies_at(slack, f"{slack.slack.url}/files/F1", PDF)

    assert await SlackFetch(slack.calls, slack.session)(slack.account, file) == PDF


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("http://127.0.0.1:9/files/F1", {}),
        ("https://files.slack.com.evil.example/F1", {}),
        ("http://files.slack.com/F1", {}),
        ("", {}),
        ("{slack}/files/F1", {"size": MAX_FILE + 1}),
        ("{slack}/files/unknown", {}),
    ],
)
async def test_our_token_goes_to_slack_alone_and_large_files_stay(
    slack: Stage, address: str, more: dict
) -> None:
    file = lies_at(slack, address.format(slack=slack.slack.url), PDF, **more)

    with pytest.raises(FileRefused):
        await SlackFetch(slack.calls, slack.session)(slack.account, file)


async def test_a_file_that_grows_while_it_is_read_is_refused(slack: Stage) -> None:
    file = lies_at(slack, f"{slack.slack.url}/files/F1", b"%PDF-" + b"x" * MAX_FILE)

    with pytest.raises(FileRefused):
        await SlackFetch(slack.calls, slack.session)(slack.account, file)


async def test_a_file_that_slack_does_not_know_is_refused(slack: Stage) -> None:
    unknown = dataclasses.replace(lies_at(slack, "", PDF), native="F2")

    with pytest.raises(FileRefused):
        await SlackFetch(slack.calls, slack.session)(slack.account, unknown)
