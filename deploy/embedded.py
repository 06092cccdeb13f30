"""Postgres 18 with pgvector from a Python package, run beside us in the data folder.

The server belongs to the data folder, not to a process: whoever uses it holds a shared lock,
the first one starts it and the last one stops it. A lock dies with its process, so after
`kill -9` the next user finds the server running, or lets it recover, and goes on.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from core.domain.errors import SetupError
from deploy.data_dir import lock_file, make_folder
from deploy.programs import VERSION, account, let_pass, run

DATABASE = "switchboard"
# Written into postgresql.conf when the folder is made; an operator may change it there.
# fsync and synchronous_commit stay on: an accepted message must survive a power cut.
CONFIGURATION = {
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_connections": "120",
    "jit": "off",  # compiling costs more than our short statements take
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements and error details carry customers' words; the log may not.
    "log_min_messages": "log",  # neither errors nor what they quote, only the server's own life
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_LONGEST_SOCKET = 100  # bytes; Linux allows 107 for a socket's path, macOS 103
_OLD_WORKERS_S = 30  # those of a killed server end once they have noticed
_REST_S = 0.25
_LAST_WORDS = 600  # bytes of the log: what the last attempt said
_STOP_S = 60
_PATIENCE_S = 300  # recovery after a crash replays at most max_wal_size
_PORT = 5432  # only names the socket; nothing listens on the network
_LINES = 8  # of a complete postmaster.pid
_NOBODY = 2**31 - 2  # above every process number an operating system gives


class EmbeddedPostgres:
    """A running server and the right to use it, until `close`."""

    def __init__(self, folder: Path, socket: Path, right: IO[str]) -> None:
        self._folder = folder
        self._right = right
        self.dsn = (
            f"postgresql://postgres@/{DATABASE}?host={quote(str(socket), safe='')}&port={_PORT}"
        )

    @classmethod
    def open(cls, data_dir: Path) -> Self:
        """Use the server of this data folder, made and started as needed. Blocks.

        Raises:
            SetupError: it cannot be made or started; the sentence says why.
        """
        make_folder(data_dir)
        folder = data_dir / "postgres"
        with _changing(data_dir):
            right = lock_file(data_dir / "postgres.users")
            try:
                fcntl.flock(right, fcntl.LOCK_SH)
                _make(folder)
                socket = _running(folder) or _start(folder)
                _create_database(socket)
            except BaseException:
                right.close()
                raise
        return cls(folder, socket, right)

    def close(self) -> None:
        """Give the right back; the last user's leaving stops the server. Blocks. Twice is fine."""
        if self._right.closed:
            return
        with _changing(self._folder.parent):
            try:
                fcntl.flock(self._right, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(self._folder)
            except BlockingIOError:
                pass  # somebody else still uses it
            finally:
                self._right.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Server:
    """What postmaster.pid says of the server that wrote it."""

    pid: int
    socket: Path
    ready: bool


@contextmanager
def _changing(data_dir: Path) -> Iterator[None]:
    """Nobody else starts or stops the server meanwhile."""
    with lock_file(data_dir / "postgres.changing") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    """The server's folder, whole or not at all: a killed initdb leaves nothing in its place."""
    version = folder / "PG_VERSION"
    if version.is_file():
        found = version.read_text(encoding="ascii").strip()
        if found != VERSION:
            raise SetupError(
                f"{folder} was made by Postgres {found}, and this version brings {VERSION}:"
                " restore a backup into a new --data-dir"
            )
        return
    for unfinished in folder.parent.glob("postgres.new-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=folder.parent))
    owner = account()
    if owner:
        let_pass(new.parent)
        shutil.chown(new, owner, owner)
    run(
        "initdb",
        *("--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", str(new)),
        # the server's own sort order: the same on every machine and after every upgrade
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *(word for name, value in CONFIGURATION.items() for word in ("-c", f"{name}={value}")),
        own=True,
    )
    new.rename(folder)


def _running(folder: Path) -> Path | None:
    """The socket of the server that runs in the folder, once it is ready; None without one."""
    for _ in range(_PATIENCE_S * 10):
        server = _server(folder)
        if server is None:
            return None
        if server.ready and _accepts(server.socket):
            return server.socket
        time.sleep(0.1)
    raise SetupError(
        f"Postgres in {folder} has been starting or stopping for {_PATIENCE_S} s;"
        f" see {folder}/server.log"
    )


def _server(folder: Path) -> _Server | None:
    file = folder / "postmaster.pid"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    if not _serves(int(lines[0]), folder):
        # After a crash the number may belong to another program, which Postgres would take for
        # a server and refuse to start. The other lines let it see whether old workers remain.
        file.write_text("\n".join([str(_NOBODY), *lines[1:], ""]), encoding="utf-8")
        return None
    pid = int(lines[0])
    if len(lines) < _LINES:
        return _Server(pid, folder, ready=False)
    return _Server(pid, Path(lines[4].strip()), ready=lines[7].strip() == "ready")


def _accepts(socket: Path) -> bool:
    """A server that was killed a moment ago still looks alive, and does not."""
    try:
        run("pg_isready", "-q", "-h", str(socket), "-p", str(_PORT))
    except SetupError:
        return False
    return True


def _serves(pid: int, folder: Path) -> bool:
    import psutil

    try:
        return str(folder) in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def _start(folder: Path) -> Path:
    owner = account()
    if owner:
        let_pass(folder.parent)
    socket = _socket_folder(folder, owner)
    # A killed server whose parent never asked for its end still has its number, and so its lock.
    (socket / f".s.PGSQL.{_PORT}.lock").unlink(missing_ok=True)
    until = time.monotonic() + _OLD_WORKERS_S
    while True:
        try:
            run(
                "pg_ctl",
                *("start", "-w", "-t", str(_PATIENCE_S), "-D", str(folder)),
                *("-l", str(folder / "server.log"), "-o", f"-h '' -p {_PORT} -k '{socket}'"),
                own=True,
            )
        except SetupError as failed:
            if time.monotonic() < until and _old_workers_remain(folder):
                time.sleep(_REST_S)
                continue
            raise SetupError(f"Postgres does not start; see {folder}/server.log") from failed
        return socket


def _old_workers_remain(folder: Path) -> bool:
    """Whether the server refused because those of a killed one have not all ended yet."""
    with (folder / "server.log").open("rb") as log:
        log.seek(0, os.SEEK_END)
        log.seek(max(log.tell() - _LAST_WORDS, 0))
        return b"pre-existing shared memory block" in log.read()


def _stop(folder: Path) -> None:
    """End the server with everything written out; the hard way if that takes too long.

    By signals, for pg_ctl would have to reach the folder under the server's account.
    """
    for number in (signal.SIGINT, signal.SIGQUIT):
        for attempt in range(_STOP_S * 10):
            server = _server(folder)
            if server is None:
                return
            if attempt == 0:
                os.kill(server.pid, number)
            time.sleep(0.1)


def _socket_folder(folder: Path, owner: str | None) -> Path:
    """The server's own folder, which nobody else may enter; another where its path is too long."""
    if len(os.fsencode(folder / f".s.PGSQL.{_PORT}")) <= _LONGEST_SOCKET:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    socket = Path(tempfile.gettempdir()) / f"switchboard-{os.geteuid()}-{name}"
    socket.mkdir(mode=0o700, exist_ok=True)
    if owner:
        shutil.chown(socket, owner, owner)
    elif socket.stat().st_uid != os.geteuid():
        raise SetupError(f"{socket} belongs to somebody else; pass a shorter --data-dir")
    return socket


def _create_database(socket: Path) -> None:
    where = ("-h", str(socket), "-p", str(_PORT), "-U", "postgres")
    there = run("psql", *where, "-qAtX", "-c", "SELECT datname FROM pg_database").splitlines()
    if DATABASE not in there:
        run("createdb", *where, DATABASE)
