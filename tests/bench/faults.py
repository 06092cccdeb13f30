"""What a customer sees of each fault of a model server, and when, on every wire: `python -m
tests.bench.faults`.

Behind the model that fails stands nobody, and then a backup. Where a pass is to be taken again, it
is, as the worker does, whose pauses between passes are not counted.
"""

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

from tests.fakes.faults import AFTER, BEFORE, a_writer, seen
from tests.fakes.models import DIALECTS

_MOST_PASSES = 5


async def faults(wires: Sequence[str], limit_s: float = 1) -> list[dict[str, Any]]:
    """A row for each fault, wire and who stands behind; `limit_s` is of connecting and tokens."""
    rows = []
    for fault, answer in (BEFORE | AFTER).items():
        for wire in wires:
            for with_backup in (False, True):
                made = a_writer(wire, answer, with_backup=with_backup, limit_s=limit_s)
                async with made as (writer, _):
                    passes = [await seen(writer)]
                    while passes[-1].taken_again and len(passes) < _MOST_PASSES:
                        passes.append(await seen(writer))
                rows.append(
                    {
                        "fault": fault,
                        "wire": wire,
                        "with_backup": with_backup,
                        "shown": [each.shown for each in passes],
                        "answer": passes[-1].answer,
                        "written_by": passes[-1].written_by,
                        "seconds": sum(each.seconds for each in passes),
                    }
                )
    return rows


def show_faults(rows: list[dict[str, Any]]) -> None:
    print("\nFaults; pauses of the worker between passes not counted")
    for row in rows:
        behind = "a backup" if row["with_backup"] else "nobody"
        first = "".join(f"{text!r}, then " for text in row["shown"] if text != row["answer"])
        last = f"{row['answer']!r} by {row['written_by']}" if row["answer"] else "no answer"
        print(f"{row['fault']:33}{row['wire']:11}{behind:10}{row['seconds']:6.2f} s  "
              f"{first}{last}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wires", nargs="+", choices=DIALECTS, default=DIALECTS)
    parser.add_argument("--limit-s", type=float, default=1)
    asked = parser.parse_args()
    show_faults(asyncio.run(faults(asked.wires, asked.limit_s)))


if __name__ == "__main__":
    main()
