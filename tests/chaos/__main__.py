"""`make chaos SEED=n`: the long run; prints the verdict and exits 1 when a promise broke."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.crowd import Load
from tests.chaos.storm import Storm, rage
from tests.chaos.timing import Pace
from tests.chaos.trouble import Malice


def main() -> int:
    """Ten thousand messages in five hundred conversations, of the seed on the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--backend", choices=["single", "postgres", "kafka"], default="postgres")
    options.add_argument("--conversations", type=int, default=500)
    options.add_argument("--messages", type=int, default=20, help="in each conversation")
    said = options.parse_args()
    load = Load(
        conversations=said.conversations,
        messages=said.messages,
        at_once=100,
        pushed=0.0 if said.backend == "single" else 0.5,
        pace=Pace(think_s=4),
    )
    malice = Malice(gap_s=3, longest_s=12)
    storm = Storm(kind=said.backend, seed=said.seed, load=load, malice=malice)
    with tempfile.TemporaryDirectory(prefix="switchboard-chaos-") as folder:
        Path(folder).chmod(0o755)
        verdict = asyncio.run(rage(storm, Path(folder)))
        out = Path("bench-out") / f"chaos-{said.backend}-{said.seed}"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        for log in Path(folder).glob("*.log"):
            shutil.copy(log, out)
    (out / "verdict.json").write_text(json.dumps(verdict, indent=2) + "\n")
    print(json.dumps(verdict, indent=2))
    return 0 if verdict["verdict"] == "held" else 1


if __name__ == "__main__":
    sys.exit(main())
