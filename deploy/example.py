"""Documents the settings from their own sentences: what `env.example` holds."""

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from itertools import pairwise
from typing import Any

from pydantic import SecretStr

from deploy.settings import PREFIX, Settings

_HEAD = """\
# Every setting with its default. Uncomment a line to change it.
# The same names, lower-case, stand in a TOML file under [core], [deploy] and so on; a folder of
# secrets (SWITCHBOARD_SECRETS_DIR) holds files with the names below. SWITCHBOARD_CONFIG names the
# TOML file. A list is written as ["one", "two"]. `switchboard config check` shows
# what holds.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """One setting."""

    folder: str
    name: str
    default: object
    sentence: str

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return f"{PREFIX}{self.folder}__{self.name}".upper()

    def value_in(self, settings: Settings) -> object:
        """What holds now; a secret says only whether it is set."""
        value = getattr(getattr(settings, self.folder), self.name)
        if isinstance(value, SecretStr):
            return "(set, hidden)" if value.get_secret_value() else ""
        return value


def documented() -> Iterator[Documented]:
    """Every setting, in the order of the code."""
    for folder, field in Settings.model_fields.items():
        holder: Any = field.annotation
        sentences = _sentences(holder)
        for setting in fields(holder):
            yield Documented(
                folder=folder,
                name=setting.name,
                default={} if setting.default is MISSING else setting.default,
                sentence=sentences[setting.name],
            )


def render() -> str:
    """The text of `env.example`."""
    blocks = [_HEAD]
    for entry in documented():
        comment = textwrap.fill(
            entry.sentence, 97, initial_indent="# ", subsequent_indent="# ",
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip
        blocks.append(f"{comment}\n#{entry.variable}={_plain(entry.default)}\n")
    return "\n".join(blocks)


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if value is None or isinstance(value, bool | tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _sentences(holder: type) -> dict[str, str]:
    """The string under each field; a field without one is a mistake of ours."""
    lines = [
        line
        for part in ast.parse(textwrap.dedent(inspect.getsource(holder))).body
        if isinstance(part, ast.ClassDef)
        for line in part.body
    ]
    found = {}
    for line, below in pairwise(lines):
        match line, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
            case _:
                continue
    return found
