"""Kafka's jars, in a cache folder that survives between runs; `make services` fetches them."""

import fcntl
import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
VERSION = re.findall(r"<version>(.+?)</version>", POM.read_text(encoding="utf-8"))[1]
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_OLDEST_JAVA = 17
CURE = (
    "Kafka is missing: apt-get install -y --no-install-recommends openjdk-17-jre-headless maven,"
    " then make services"
)


def cache() -> Path:
    """The folder of this version; it need not be there."""
    given = os.environ.get("XDG_CACHE_HOME", "")  # noqa: TID251 - the tests' own folder
    return (Path(given) if given else _home() / ".cache") / "switchboard" / f"kafka-{VERSION}"


def class_path() -> str:
    """What java is to be given with -cp."""
    return ":".join(sorted(str(jar) for jar in (cache() / "lib").glob("*.jar")))


def archive() -> Path:
    """The loaded classes of a broker, for this Java; halves its start when it is there."""
    return cache() / f"classes-{_java_version()}.jsa"


def are_missing() -> bool:
    """Whether a broker cannot be started here; `CURE` says what to do about it."""
    return not (cache() / "lib").is_dir() or not java_is_recent()


def java_is_recent() -> bool:
    """Whether there is a Java that Kafka runs on."""
    major = re.match(r"\d+", _java_version())
    return major is not None and int(major[0]) >= _OLDEST_JAVA


@functools.cache
def _java_version() -> str:
    """Like 17.0.15, or nothing."""
    if shutil.which("java") is None:
        return ""
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "([\w.]+)', said.stderr)
    return version[1] if version else ""


def fetch() -> None:
    """Have Maven put the jars into the cache, whole or not at all. Blocks; twice is fine.

    Raises:
        RuntimeError: Maven could not; its last words are in the sentence.
    """
    with _alone():
        if (cache() / "lib").is_dir():
            return
        with tempfile.TemporaryDirectory(dir=cache()) as new:
            words = ["mvn", "-q", "-B", "-f", str(POM), f"{_PLUGIN}:copy-dependencies"]
            words += ["-DincludeScope=runtime", f"-DoutputDirectory={new}/lib"]
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise RuntimeError(f"Maven could not fetch Kafka: {done.stdout[-500:].strip()}")
            (Path(new) / "lib").rename(cache() / "lib")


@contextmanager
def _alone() -> Iterator[None]:
    """No other run fetches meanwhile."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # an account without a home
        return Path(tempfile.gettempdir())
