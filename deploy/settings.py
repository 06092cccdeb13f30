"""What an operator can change, from a file, the environment and a folder of secrets.

The only module that reads the environment. Of the places that name a setting the first wins:
command line, environment (`SWITCHBOARD_DEPLOY__PORT`), folder of secrets (files named like the
environment's variables), DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS, the TOML file, the default.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from channels.settings import ChannelsSettings
from core.domain.errors import SettingsInvalid
from core.settings import CoreSettings
from deploy.running import DeploySettings
from handoff.settings import HandoffSettings

PREFIX = "SWITCHBOARD_"
DEFAULT_FILE = Path("switchboard.toml")
CHECKOUT = Path(__file__).parents[1]
SAMPLE = Path(__file__).parent / "sample"
"""The sample company: `documents` and its `switchboard.toml`."""
_PLAIN = {"DATABASE_URL": "database_url", "KAFKA_BOOTSTRAP_SERVERS": "kafka_bootstrap_servers"}
_FOR_OTHERS = {"SWITCHBOARD_CONFIG", "SWITCHBOARD_SECRETS_DIR", "SWITCHBOARD_SKIP_UI"}
# Kubernetes puts these into every pod once a Service is called switchboard or switchboard-*.
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_KUBERNETES = re.compile(r"_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?$")


class Settings(BaseSettings):
    """All settings, one field per folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    core: CoreSettings = CoreSettings()
    channels: ChannelsSettings = ChannelsSettings()
    handoff: HandoffSettings = HandoffSettings()
    deploy: DeploySettings = DeploySettings()

    @property
    def data_dir(self) -> Path:
        """Where this service keeps its files, absolute."""
        if self.deploy.data_dir:
            return Path(self.deploy.data_dir).expanduser().resolve()
        if (CHECKOUT / "pyproject.toml").is_file():
            return CHECKOUT / "data"
        shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return Path(shared) / "switchboard"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller names; `load` reads the other places itself, to name them."""
        return (init_settings,)


def load(
    config: Path | None = None, under: Path | None = None, **said: Mapping[str, Any]
) -> Settings:
    """The settings as they hold now.

    Args:
        config: the TOML file; without it SWITCHBOARD_CONFIG, or ./switchboard.toml if it is there.
        under: another TOML file, weaker than everything but the defaults.
        said: what the command line says, by folder; None values are not said.

    Raises:
        SettingsInvalid: every mistake, each with its name and where it stands.
    """
    places = _places(config, said)
    if under is not None:
        places.append((str(under), _toml(under)))
    mistakes = _unknown_variables()
    merged: dict[str, dict[str, Any]] = {}
    for _, values in reversed(places):
        for folder, fields in values.items():
            if isinstance(fields, Mapping):
                merged.setdefault(folder, {}).update(fields)
            else:
                mistakes.append(f"{folder}: belongs into a table, such as [deploy]")
    try:
        settings = Settings(**merged)  # type: ignore[arg-type]  # pydantic makes the dataclasses
    except ValidationError as invalid:
        mistakes += [_sentence(error, places) for error in invalid.errors(include_input=False)]
        raise SettingsInvalid(_listing(mistakes)) from None
    if mistakes:
        raise SettingsInvalid(_listing(mistakes))
    return settings


_Place = tuple[str, Mapping[str, Any]]


def _places(config: Path | None, said: Mapping[str, Mapping[str, Any]]) -> list[_Place]:
    """Every place that names settings, the strongest first."""
    spoken = {
        folder: {name: value for name, value in fields.items() if value is not None}
        for folder, fields in said.items()
    }
    places: list[_Place] = [
        ("the command line", spoken),
        ("the environment", _with_json(EnvSettingsSource(Settings)())),
    ]
    secrets = os.environ.get("SWITCHBOARD_SECRETS_DIR")
    if secrets:
        if not Path(secrets).is_dir():
            raise SettingsInvalid(f"SWITCHBOARD_SECRETS_DIR: {secrets} is not a folder")
        source = NestedSecretsSettingsSource(
            InitSettingsSource(Settings, {}),
            secrets_dir=secrets,
            secrets_prefix=PREFIX,
            secrets_nested_delimiter="__",
        )
        places.append((f"the folder {secrets}", _with_json(source())))
    plain = {field: os.environ[name] for name, field in _PLAIN.items() if os.environ.get(name)}
    places.append(("the environment (plain names)", {"deploy": plain}))
    file = config or Path(os.environ.get("SWITCHBOARD_CONFIG") or DEFAULT_FILE)
    if config or os.environ.get("SWITCHBOARD_CONFIG") or file.is_file():
        places.append((str(file), _toml(file)))
    return places


def _with_json(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Texts that are JSON lists, tables or null as such; no other setting of ours begins so."""
    return {
        folder: {name: _read(value) for name, value in fields.items()}
        if isinstance(fields, Mapping)
        else fields
        for folder, fields in values.items()
    }


def _read(value: object) -> object:
    if isinstance(value, str) and (value.lstrip().startswith(("[", "{")) or value == "null"):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _toml(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as missing:
        raise SettingsInvalid(f"{file}: {missing.strerror}") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise SettingsInvalid(f"{file}: not readable as TOML: {broken}") from broken


def _unknown_variables() -> list[str]:
    folders = tuple(f"{PREFIX}{folder.upper()}__" for folder in Settings.model_fields)
    return [
        f"{name}, from the environment: there is no such setting"
        for name in sorted(os.environ)
        if name.upper().startswith(PREFIX)
        and not name.upper().startswith(folders)
        and name not in _FOR_OTHERS
        and not _KUBERNETES.search(name)
    ]


def _sentence(error: Mapping[str, Any], places: list[_Place]) -> str:
    """One mistake: its name, where it stands, what is wrong; never the value."""
    folder, *rest = (str(part) for part in error["loc"])
    name = rest[0] if rest else None
    where = next(
        (place for place, values in places if _names(values.get(folder), name)), "the defaults"
    )
    kind = str(error["type"])
    what = str(error["msg"])
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        what = "there is no such setting"
    if kind == "tuple_type":
        what = 'expected a list, as ["one", "two"]'
    label = f"{folder}.{name}" if name else folder
    return f"{label}, from {where}: {what[0].lower()}{what[1:]}"


def _names(fields: object, name: str | None) -> bool:
    if name is None:
        return fields is not None
    return isinstance(fields, Mapping) and name in fields


def _listing(mistakes: list[str]) -> str:
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return "\n".join([f"the configuration has {count}:", *(f"  {line}" for line in mistakes)])
