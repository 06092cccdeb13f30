"""`make chaos SEED=n`: the long run; prints the verdict and exits 1 when a promise broke."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.chaos.storm import Storm, rage


def main() -> int:
    """Fifty kills under load of the seed on the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kills", type=int, default=50)
    said = options.parse_args()
    seed = said.seed
    storm = Storm(seed=seed, kills=said.kills, customers=16, messages=25, database_kills=0.2)
    with tempfile.TemporaryDirectory(prefix="switchboard-chaos-") as folder:
        Path(folder).chmod(0o755)
        verdict = asyncio.run(rage(storm, Path(folder)))
    out = Path("bench-out")
    out.mkdir(exist_ok=True)
    (out / f"chaos-{seed}.json").write_text(json.dumps(verdict, indent=2) + "\n")
    print(json.dumps(verdict, indent=2))
    return 0 if verdict["verdict"] == "held" else 1


if __name__ == "__main__":
    sys.exit(main())
