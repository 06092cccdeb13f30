"""How long customers wait for a person: `python -m tests.bench.desk`.

Fifty agents and five thousand customers of a simulated day, with the desk's own decisions. Prints
a table; bench-out/desk.json has it all. Exit status 1 where anybody had too much, or waited for
nothing.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handoff.life import Wants
from tests.bench.desk_day import Day
from tests.bench.desk_simulation import Found, Simulation
from tests.bench.load import percentile

_OUT = Path("bench-out") / "desk.json"
_GROUPS: dict[str, Callable[[Wants], str]] = {
    "all": lambda wants: "all",
    "priority": lambda wants: f"priority {wants.priority}",
    "skill": lambda wants: next(iter(wants.skills), "no skill"),
    "language": lambda wants: wants.language,
}


def figures(found: Found) -> dict[str, Any]:
    """What a reader wants to know, seconds throughout."""
    waits: dict[str, list[float]] = defaultdict(list)
    for wants, wait in found.waits:
        for group in _GROUPS.values():
            waits[group(wants)].append(wait)
    ratios = [was / told for told, was in found.told]
    return {
        "waits": {
            name: {
                "served": len(values),
                "p50_s": round(percentile(values, 50) / 1000, 1),
                "p95_s": round(percentile(values, 95) / 1000, 1),
                "longest_s": round(max(values), 1),
            }
            for name, values in sorted(waits.items())
        },
        "ends": dict(found.ends),
        "moves": dict(found.moves),
        "utilisation": round(found.busy_s / found.staffed_s, 3),
        "longest_queue": found.longest_queue,
        "told": {
            "waits": len(ratios),
            "was_to_told_p10": round(percentile(ratios, 10) / 1000, 2),
            "was_to_told_p50": round(percentile(ratios, 50) / 1000, 2),
            "was_to_told_p90": round(percentile(ratios, 90) / 1000, 2),
        },
        "over_capacity": max(0, found.most_over),
        "stranded": found.left_over,
        "waited_beside_a_free_slot": found.beside,
        "asked_twice_in_a_row": found.asked_again,
    }


def main() -> int:
    """Print and store the figures of one day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--conversations", type=int, default=5_000)
    given = parser.parse_args()
    day = Day(seed=given.seed, agents=given.agents, conversations=given.conversations)
    found = figures(Simulation(day).run())
    print(f"{'wait of':<14}{'served':>8}{'p50 s':>8}{'p95 s':>8}{'longest s':>11}")
    for name, row in found["waits"].items():
        columns = f"{row['served']:>8}{row['p50_s']:>8}{row['p95_s']:>8}{row['longest_s']:>11}"
        print(f"{name:<14}{columns}")
    for name in (each for each in found if each != "waits"):
        print(f"{name}: {json.dumps(found[name])}")
    _OUT.parent.mkdir(exist_ok=True)
    _OUT.write_text(json.dumps(found, indent=2), encoding="utf-8")
    bad = ("over_capacity", "stranded", "waited_beside_a_free_slot", "asked_twice_in_a_row")
    return int(any(found[name] for name in bad))


if __name__ == "__main__":
    raise SystemExit(main())
