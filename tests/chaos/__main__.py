"""`make chaos SEED=n`: the long run; prints the verdict and exits 1 when a promise broke."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.crowd import Load
from tests.chaos.outage import outage
from tests.chaos.rebalance import rebalance
from tests.chaos.stage import Trial
from tests.chaos.storm import rage
from tests.chaos.timing import Pace
from tests.chaos.trouble import Malice


def main() -> int:
    """The trial that the command line asks for; without further words the storm."""
    said = _asked()
    with tempfile.TemporaryDirectory(prefix="switchboard-chaos-") as folder:
        Path(folder).chmod(0o755)  # Postgres runs under another account when we are root
        name, verdict = asyncio.run(_run(said, Path(folder)))
        out = Path("bench-out") / f"chaos-{name}-{said.backend}-{said.seed}"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        for log in Path(folder).glob("*.log"):
            shutil.copy(log, out)
    text = json.dumps(verdict, indent=2)
    (out / "verdict.json").write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if verdict["verdict"] == "held" else 1


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--backend", choices=["single", "postgres", "kafka"], default="postgres")
    options.add_argument("--conversations", type=int, default=500)
    options.add_argument("--messages", type=int, default=20, help="in each conversation")
    trials = options.add_mutually_exclusive_group()
    trials.add_argument(
        "--outage", type=float, metavar="SECONDS", help="of all brokers, else of the database"
    )
    trials.add_argument("--rebalance", action="store_true", help="a third worker comes and goes")
    return options.parse_args()


async def _run(said: argparse.Namespace, folder: Path) -> tuple[str, dict[str, object]]:
    if said.outage:
        trial = _trial(said, _steady(said.outage + 45))
        return "outage", await outage(trial, said.outage, folder)
    if said.rebalance:
        return "rebalance", await rebalance(_trial(said, _steady(75)), folder)
    load = Load(
        conversations=said.conversations,
        messages=said.messages,
        at_once=100,
        pushed=0.0 if said.backend == "single" else 0.5,
        pace=Pace(think_s=4),
    )
    malice = Malice(gap_s=3, longest_s=12)
    return "storm", await rage(_trial(said, load), malice, folder)


def _trial(said: argparse.Namespace, load: Load) -> Trial:
    return Trial(kind=said.backend, seed=said.seed, load=load)


def _steady(seconds: float) -> Load:
    """Fifty customers with good lines, who talk for about so long."""
    pace = Pace(think_s=4, hangs_up=0, repeats=0)
    a_burst = 2  # messages, on average
    messages = round(seconds / pace.think_s * a_burst)
    return Load(conversations=50, messages=messages, at_once=50, pushed=0.5, pace=pace)


if __name__ == "__main__":
    sys.exit(main())
