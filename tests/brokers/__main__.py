"""`python -m tests.brokers`: fetch what brokers need, once; says so, and never fails."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from tests.brokers import jars
from tests.brokers.cluster import Cluster


def main() -> None:
    """Jars first, then the archive of loaded classes, which halves the start of a broker."""
    if not jars.java_is_recent() or shutil.which("mvn") is None:
        print("Java 17 or Maven is missing; the tests with brokers will say so")
        return
    try:
        if jars.are_missing():
            print(f"fetching Apache Kafka {jars.VERSION} for the tests (once; some 40 MB)")
            jars.fetch()
        if not jars.archive().is_file():
            asyncio.run(_load_classes())
    except (OSError, RuntimeError, TimeoutError) as failed:
        print(f"{failed}; the tests with brokers will say so")


async def _load_classes() -> None:
    with tempfile.TemporaryDirectory(prefix="switchboard-kafka-") as folder:
        new = Path(folder) / "classes.jsa"
        async with Cluster.start(
            Path(folder), java=(f"-XX:ArchiveClassesAtExit={new}",)
        ) as cluster:
            await cluster.brokers[0].stop()
        shutil.copy(new, jars.archive().with_suffix(".new"))
    jars.archive().with_suffix(".new").rename(jars.archive())


if __name__ == "__main__":
    main()
