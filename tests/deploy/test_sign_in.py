"""From the settings to a company's sign-in."""

from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner

from core.domain.errors import SettingsInvalid
from core.postgres.database import Database
from core.sealing import new_key
from deploy import console, doctor
from deploy.cli import main
from deploy.settings import Settings, load
from handoff.people.roles import Role
from tests.fakes.clock import FakeClock
from tests.fakes.issuer import FakeIssuer

TOML = """
[channels]
secret_keys = ["{key}"]

[[handoff.oidc]]
name = "acme"
issuer = "{issuer}"
client_id = "switchboard"
client_secret = "hush"
role_claim = "groups"
roles = {{ support = "agent", it = "admin" }}
email_domains = ["example.com"]
"""


def settings_of(folder: Path, issuer: str = "https://id.example") -> Settings:
    file = folder / "switchboard.toml"
    file.write_text(TOML.format(key=new_key(), issuer=issuer))
    return load(file)


async def found(settings: Settings) -> doctor.Finding:
    (provider,) = console.providers_of(settings, FakeClock())
    return await doctor._issuer(provider)


def test_what_an_operator_writes_down_is_what_holds(tmp_path: Path) -> None:
    (issuer,) = settings_of(tmp_path).handoff.oidc

    assert issuer.roles == {"support": Role.AGENT, "it": Role.ADMIN}
    assert (issuer.tenant, issuer.default_role) == ("", None)
    assert issuer.client_secret.get_secret_value() == "hush"


def test_the_secret_is_not_shown(tmp_path: Path) -> None:
    settings_of(tmp_path)

    shown = CliRunner().invoke(
        main, ["config", "check", "--config", str(tmp_path / "switchboard.toml")]
    )

    assert "https://id.example" in shown.stdout
    assert "hush" not in shown.stdout


def test_an_issuer_that_anybody_could_listen_to_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"handoff.oidc, from .*https://"):
        settings_of(tmp_path, "http://id.example")


async def test_the_doctor_asks_every_issuer(tmp_path: Path) -> None:
    async with FakeIssuer(algorithm="ES256").open() as fake:
        well = await found(settings_of(tmp_path, fake.url))
        fake.says = {"issuer": "https://other.example"}
        odd = await found(settings_of(tmp_path, fake.url))
    away = await found(settings_of(tmp_path, fake.url))

    assert (well.check, well.state) == ("sign-in acme", "ok")
    assert (odd.state, away.state) == ("wrong", "wrong")
    assert "calls itself otherwise" in odd.what
    assert "cannot be reached" in away.what


async def test_the_console_has_the_way_in(tmp_path: Path, database: Database) -> None:
    app = web.Application()

    for routes in console.routes(settings_of(tmp_path), database):
        routes.add_to(app.router)

    served = {resource.canonical for resource in app.router.resources()}
    assert {"/console/api/oidc", "/console/api/oidc/{name}/callback"} <= served
