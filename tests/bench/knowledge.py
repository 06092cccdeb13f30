"""How good search, confidence and extracted answers are: `python -m tests.bench.knowledge`.

Ingests the public sets into an embedded Postgres the way the product does, asks every question
twice, with the right documents there and with them left out, and prints the figures of both
splits beside the baselines. bench-out/ gets all of it, and the risk-coverage curve as a picture.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any
from uuid import UUID

import asyncpg

from core.domain.answers import Findings
from core.domain.ids import PassageId, TenantId
from core.models.extract import extract, supporting
from core.postgres.database import Database
from deploy.embedded import EmbeddedPostgres
from deploy.migrate import migrate
from knowledge import measures
from knowledge.embedders.minilm import MiniLmEmbedder
from knowledge.ingest import Ingester
from knowledge.search import HybridRetriever
from tests.bench import sets
from tests.bench.curve import picture
from tests.bench.kept import KeptEmbedder
from tests.bench.sets import Asked, Base

_ROOT = Path(__file__).parents[2]
_DEPTH = 20
"""Passages asked for, so that ten different documents are among them."""
DECLINE_BELOW = 0.3
"""The default of the product's setting."""
BASELINES = {
    "anthropic_docs": "nDCG .811, recall@5 .838 (convex fusion)",
    "mtrag": "nDCG .873 (convex fusion, score mix)",
    "cmrc2018": "recall@5 .99 (pairs of characters)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One question, asked with the right documents there and with them left out."""

    asked: Asked
    ranked: tuple[str, ...]
    found: Findings
    without: Findings
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What all bases share."""

    database: Database
    embedder: KeptEmbedder


async def measure(place: Place, base: Base) -> dict[str, Any]:
    """Ingest, ask, and count."""
    tenant = TenantId(base.name.replace("_", "-"))
    async with place.database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ($1, $1)", tenant)
    figures: dict[str, Any] = {"ingest": await _ingest(place, tenant, base)}
    results = await _ask(place, tenant, base)
    for split, tuning in (("tuning", True), ("reporting", False)):
        figures[split] = summary([one for one in results if one.asked.tuning is tuning])
    figures["search_p50_ms"] = median(one.milliseconds for one in results)
    return figures


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """The figures of one split."""
    chances = [(one.found.confidence, True) for one in results]
    chances += [(one.without.confidence, False) for one in results]
    said = [chance for chance, _ in chances]
    true = [true for _, true in chances]
    figures: dict[str, Any] = {
        "questions": len(results),
        "ndcg_at_10": fmean(measures.ndcg(one.ranked, one.asked.right) for one in results),
        "mrr": fmean(measures.reciprocal_rank(one.ranked, one.asked.right) for one in results),
        "auroc": measures.auroc(
            [one.found.confidence for one in results],
            [one.without.confidence for one in results],
        ),
        "calibration_error": measures.calibration_error(said, true),
        "answered": fmean(one.found.confidence >= DECLINE_BELOW for one in results),
        "answered_without": fmean(one.without.confidence >= DECLINE_BELOW for one in results),
        "risk_coverage": measures.risk_coverage(said, true),
    }
    for depth in (1, 5, 10):
        figures[f"recall_at_{depth}"] = fmean(
            measures.recall(one.ranked, one.asked.right, depth) for one in results
        )
    return figures | _answers(results)


def _answers(results: Sequence[Result]) -> dict[str, Any]:
    """What is said: spans held by one and two sentences, words shared with the references."""
    figures: dict[str, Any] = {}
    spans = [
        (one.asked, supporting(one.asked.question, one.asked.before, one.found))
        for one in results
        if one.asked.spans
    ]
    for number, name in ((1, "span_in_one"), (2, "span_in_two")):
        if spans:
            figures[name] = fmean(
                any(span in "".join(best[:number]) for span in asked.spans)
                for asked, best in spans
            )
    referenced = [one for one in results if one.asked.answer]
    if referenced:
        figures["rouge_1"] = fmean(_rouge(one) for one in referenced)
    return figures


def _rouge(one: Result) -> float:
    draft = extract(one.asked.question, one.asked.before, one.found)
    return measures.rouge_1(draft.text, one.asked.answer) if draft else 0.0


async def _ingest(place: Place, tenant: TenantId, base: Base) -> dict[str, float]:
    ingester = Ingester(place.database, place.embedder)
    begun, spent, texts = time.perf_counter(), place.embedder.seconds, place.embedder.embedded
    chunks = 0
    async for outcome in ingester.put_many(tenant, base.documents):
        chunks += outcome.chunks
    took = time.perf_counter() - begun
    embedding = place.embedder.seconds - spent
    settling = time.perf_counter()
    await ingester.settle(tenant)
    return {
        "documents": len(base.documents),
        "chunks": chunks,
        "seconds": took,
        "embedded": place.embedder.embedded - texts,
        "embedding_seconds": embedding,
        "chunks_per_second_without_embedding": chunks / (took - embedding),
        "settle_seconds": time.perf_counter() - settling,
    }


async def _ask(place: Place, tenant: TenantId, base: Base) -> list[Result]:
    retriever = HybridRetriever(place.database, place.embedder, passages=_DEPTH)
    passages = await _passages(place.database, tenant)
    results = []
    for asked in base.questions:
        if not asked.right:
            continue
        gone = [passage for uri in asked.right for passage in passages[uri]]
        # the question's vector is known then, so that the time is that of the search
        without = await retriever.retrieve_without(tenant, asked.question, asked.before, gone)
        begun = time.perf_counter()
        found = await retriever.retrieve(tenant, asked.question, asked.before)
        results.append(
            Result(
                asked=asked,
                ranked=tuple(dict.fromkeys(passage.uri for passage in found.passages)),
                found=found,
                without=without,
                milliseconds=(time.perf_counter() - begun) * 1_000,
            )
        )
    return results


async def _passages(database: Database, tenant: TenantId) -> dict[str, list[PassageId]]:
    async with database.as_tenant(tenant) as connection:
        rows = await connection.fetch(
            "SELECT d.uri, c.id FROM chunks c JOIN documents d ON d.id = c.document"
            " WHERE c.tenant = $1 AND d.tenant = $1",
            tenant,
        )
    passages: dict[str, list[PassageId]] = {}
    for row in rows:
        passages.setdefault(row["uri"], []).append(PassageId(UUID(str(row["id"]))))
    return passages


async def bench(
    data: Path, work: Path, cache: Path | None, names: Sequence[str]
) -> dict[str, Any]:
    """All figures, by base."""
    server = await asyncio.to_thread(EmbeddedPostgres.open, work)
    try:
        connection = await asyncpg.connect(server.dsn)
        await migrate(connection)
        await connection.close()
        async with (
            await Database.connect(server.dsn) as database,
            await MiniLmEmbedder.open(cache or work) as model,
        ):
            place = Place(database=database, embedder=KeptEmbedder(model, cache))
            figures = {}
            for base in (*_bases(data), await sets.sample(_ROOT / "deploy" / "sample")):
                if not names or base.name in names:
                    figures[base.name] = await measure(place, base)
                    _print(base.name, figures[base.name])
            place.embedder.keep()
    finally:
        await asyncio.to_thread(server.close)
    return figures


def _bases(data: Path) -> Sequence[Base]:
    return (
        sets.product_docs(data),
        sets.conversations(data),
        *sets.collections(data),
        sets.chinese(data),
    )


def _print(name: str, figures: dict[str, Any]) -> None:
    print(f"\n{name}   baseline: {BASELINES.get(name, 'none')}")
    for split in ("tuning", "reporting"):
        shown = {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in figures[split].items()
            if key != "risk_coverage"
        }
        print(f"  {split:10}", "  ".join(f"{key} {value}" for key, value in shown.items()))
    ingest = "  ".join(f"{key} {value:.1f}" for key, value in figures["ingest"].items())
    print(f"  ingest     {ingest}\n  search     p50 {figures['search_p50_ms']:.1f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, help="a folder that keeps vectors between runs")
    parser.add_argument("--only", nargs="*", default=[], help="names of bases")
    parser.add_argument("--out", type=Path, default=_ROOT / "bench-out")
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(f"skipped: no evaluation sets in {asked.data}; say where they are with --data")
        return
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as work:
        figures = asyncio.run(bench(asked.data, Path(work), asked.cache, asked.only))
    asked.out.mkdir(exist_ok=True)
    (asked.out / "knowledge.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    curves = {name: one["reporting"]["risk_coverage"] for name, one in figures.items()}
    (asked.out / "risk-coverage.svg").write_text(picture(curves), encoding="utf-8")
    print(f"\nwritten to {asked.out}: knowledge.json, risk-coverage.svg")


if __name__ == "__main__":
    main()
