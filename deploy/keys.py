"""What secrets in the database are encrypted with."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from core.domain.errors import SetupError
from core.sealing import Seal, new_key
from deploy.data_dir import make_folder
from deploy.settings import Settings

_FILE = "secret.key"


def seal_of(settings: Settings) -> Seal:
    """With the configured keys; on the embedded database with one that lies in the data folder.

    That one is made when it is first needed. It is not in a backup of the database: who has only
    the backup cannot read the tokens.

    Raises:
        SetupError: a key is no key, or the folder cannot be written.
    """
    return Seal(_keys(settings))


def keys_of(settings: Settings) -> Sequence[str]:
    """The same keys, for what else is sealed with them.

    Raises:
        SetupError: there is none, or the folder cannot be written.
    """
    keys = _keys(settings)
    if not keys:
        raise SetupError(
            "channels.secret_keys: accounts and their log need a key;"
            " `switchboard config key` makes one"
        )
    return keys


def _keys(settings: Settings) -> Sequence[str]:
    keys = [key.get_secret_value() for key in settings.channels.secret_keys]
    if not keys and not settings.deploy.database_url.get_secret_value():
        return [_kept(settings.data_dir)]
    return keys


def _kept(folder: Path) -> str:
    make_folder(folder)
    file = folder / _FILE
    if not file.exists():
        # Written whole under another name: of two processes at once one key stays.
        fresh = folder / f"{_FILE}.{os.getpid()}-{threading.get_ident()}"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(new_key() + "\n")
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text("ascii").strip()
