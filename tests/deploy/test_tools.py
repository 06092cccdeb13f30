"""`switchboard tools`, and the tools of a worker as the settings have them."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from core.clock import SystemClock
from core.domain.errors import SettingsInvalid
from core.models.ports import LanguageModel
from core.postgres.database import Database
from core.settings import CoreSettings
from core.tools.choose import ModelChooser
from core.tools.toolbox import Toolbox
from deploy.cli import main
from deploy.tools import tools
from tests.fakes.models import ScriptedModel
from tests.fakes.shop import FakeShop


@pytest.fixture
async def shop() -> AsyncIterator[FakeShop]:
    async with FakeShop().open() as shop:
        yield shop


@pytest.fixture
def file(shop: FakeShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SWITCHBOARD_CORE__TOOL_SECRETS__SHOP", "s3cret")
    path = tmp_path / "tools.toml"
    path.write_text(shop.tools(), encoding="utf-8")
    return path


async def call(*words: str | Path, said: str = "") -> Result:
    runner, line = CliRunner(), ["tools", *map(str, words)]
    return await asyncio.to_thread(runner.invoke, main, line, input=said)


async def test_a_good_file_has_no_mistake(file: Path) -> None:
    assert (await call("check", file)).output == "2 tools, no mistake\n"


async def test_mistakes_are_one_message_and_no_secret(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("${shop}", "${other}"), "utf-8")

    done = await call("check", file)

    assert done.exit_code == 1
    assert "core.tool_secrets has no other" in done.output
    assert "s3cret" not in done.output


async def test_tools_are_listed(file: Path, shop: FakeShop) -> None:
    rows = json.loads((await call("list", "--tools", file, "--json")).stdout)

    assert [(row["tool"], row["changes"]) for row in rows] == [
        ("order_status", "no"),
        ("cancel_order", "yes"),
    ]
    assert shop.asked == []


async def test_a_call_shows_what_the_customer_would_be_told(file: Path, shop: FakeShop) -> None:
    done = await call("try", "order_status", "order=ab-123456", "--tools", file)

    assert done.exit_code == 0
    assert done.output.splitlines()[:2] == ["done, status 200", "Status: on its way."]
    assert shop.headers[0]["Authorization"] == "Bearer s3cret"


async def test_a_change_is_asked_about_before_it_is_tried(file: Path, shop: FakeShop) -> None:
    line = ("try", "cancel_order", "order=AB-123456", "--tools", file)

    assert (await call(*line, said="n\n")).exit_code == 1
    assert shop.asked == []

    done = await call(*line, "--yes", "--language", "zh", "--json")
    assert json.loads(done.stdout)["lines"] == ["订单 AB-123456 已取消。退款：12 EUR。"]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("no_such",), 1, "there are order_status, cancel_order"),
        (("order_status",), 1, "order"),
        (("order_status", "order=AB-000001", "size=2"), 1, "size"),
        (("order_status", "AB-123456"), 2, "ARGUMENT=VALUE"),
    ],
)
async def test_a_wrong_call_is_told_in_one_sentence(
    file: Path, shop: FakeShop, words: tuple[str, ...], code: int, why: str
) -> None:
    done = await call("try", *words, "--tools", file)

    assert (done.exit_code, shop.asked) == (code, [])
    assert why in done.output


async def test_a_shop_that_is_away_is_a_failure(file: Path, shop: FakeShop) -> None:
    shop.status = 500

    done = await call("try", "order_status", "order=AB-123456", "--tools", file)

    assert done.exit_code == 1
    assert "failed, status 500" in done.output


async def test_without_a_file_there_is_nothing_to_list() -> None:
    done = await call("list")

    assert done.exit_code == 1
    assert "core.tools names no file" in done.output


async def made(core: CoreSettings, database: Database, light: LanguageModel | None) -> object:
    async with tools(core, database, SystemClock(), light, CollectorRegistry()) as found:
        return found


async def test_a_worker_has_the_tools_of_the_settings(file: Path, database: Database) -> None:
    core = CoreSettings(tools=str(file), tool_secrets={"shop": SecretStr("s3cret")})

    found = await made(core, database, None)
    chooses = await made(core, database, ScriptedModel("m"))

    assert isinstance(found, Toolbox)
    assert isinstance(chooses, Toolbox)
    assert found.settling.chooser is None
    assert isinstance(chooses.settling.chooser, ModelChooser)


async def test_a_worker_without_a_file_has_none(database: Database) -> None:
    assert await made(CoreSettings(), database, None) is None


async def test_a_worker_does_not_start_with_a_file_of_mistakes(
    tmp_path: Path, database: Database
) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        await made(CoreSettings(tools=str(tmp_path / "none.toml")), database, None)
