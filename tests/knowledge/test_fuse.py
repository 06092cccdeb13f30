"""Fusing: the law, and that Postgres computes the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.ids import TenantId
from core.postgres.database import Database
from knowledge.fuse import Leg, fused, share
from knowledge.ingest import Ingester
from knowledge.search import HybridRetriever
from tests.fakes.embedding import WordEmbedder
from tests.knowledge.builders import a_document, a_pair, of_sections

UNIT = st.floats(0, 1)
LEGS = st.builds(
    Leg, cosine=st.none() | UNIT, bm25=UNIT, best_bm25=st.floats(min_value=1, max_value=30)
)


@given(LEGS, LEGS, UNIT, UNIT)
def test_fusing_is_unchanged_by_the_order_of_its_two_lists(
    one: Leg, other: Leg, weight: float, dense: float
) -> None:
    legs = [(weight, one), (1 - weight, other)]

    assert fused(legs, dense, 5) == pytest.approx(fused(legs[::-1], dense, 5))


@given(LEGS, UNIT, UNIT)
def test_a_higher_cosine_never_lowers_the_score(leg: Leg, higher: float, dense: float) -> None:
    better = replace(leg, cosine=max(leg.cosine or 0.0, higher))

    assert fused([(1, better)], dense, 5) >= fused([(1, leg)], dense, 5) - 1e-9


def test_no_match_is_no_share() -> None:
    assert share(0.0, 0.0, 5) == 0.0


@pytest.mark.parametrize("before", [(), ("How long do parcels to Canada take?",)])
async def test_postgres_fuses_by_the_same_formula(database: Database, before) -> None:
    tenant = TenantId("default")
    ingester = Ingester(database, WordEmbedder())
    for document in (
        a_document("canada.md", "Parcels to Canada take eight days."),
        a_document("norway.md", "Parcels to Norway take three days."),
        of_sections("faq.json", a_pair("Do you ship to Norway?", "Yes, in three days.")),
    ):
        await ingester.put(tenant, document)

    found = await HybridRetriever(database, WordEmbedder()).retrieve(
        tenant, "and to Norway?", before
    )

    for passage in found.passages:
        parts = passage.parts
        last = parts.get("last_weight", 1.0)
        score = sum(
            weight
            * (
                parts["dense_weight"] * max(parts[f"{leg}cosine"], 0.0)
                + (1 - parts["dense_weight"]) * parts[f"{leg}bm25_share"]
            )
            for weight, leg in ((last, ""), (1 - last, "conversation_"))
            if weight
        )
        assert passage.score == pytest.approx(score, abs=2e-3)
