"""The measures, against values worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.measures import (
    auroc,
    calibration_error,
    coverage,
    ndcg,
    recall,
    reciprocal_rank,
    risk_coverage,
    rouge_1,
)


def test_recall_counts_right_documents_among_the_first() -> None:
    assert recall(["x", "a", "b"], ["a", "c"], 2) == 0.5


def test_the_rank_of_the_first_right_document_counts() -> None:
    assert reciprocal_rank(["x", "a", "b"], ["b", "a"]) == 0.5
    assert reciprocal_rank(["x"], ["a"]) == 0.0


def test_ndcg_discounts_by_place() -> None:
    ranked = ["a", "x", "b"]

    gained = ndcg(ranked, ["a", "b"])

    assert gained == pytest.approx((1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3)))


def test_ndcg_is_one_when_the_right_ones_come_first() -> None:
    assert ndcg(["a", "b", "x"], ["b", "a"]) == pytest.approx(1.0)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    assert auroc([0.9, 0.4], [0.5, 0.1]) == 0.75
    assert auroc([0.5], [0.5]) == 0.5


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_auroc_turns_over_with_its_sides(right: list[float], wrong: list[float]) -> None:
    assert auroc(right, wrong) == pytest.approx(1 - auroc(wrong, right))


def test_a_chance_that_comes_true_as_often_as_said_has_no_error() -> None:
    assert calibration_error([0.5] * 10, [True, False] * 5, bins=1) == 0.0
    assert calibration_error([0.9] * 10, [False] * 10, bins=2) == pytest.approx(0.9)


def test_risk_rises_with_coverage_when_the_sure_ones_are_right() -> None:
    curve = risk_coverage([0.9, 0.8, 0.2, 0.1], [True, True, False, False])

    assert curve == ((0.25, 0.0), (0.5, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5))


def test_rouge_is_the_balance_of_words_shared() -> None:
    assert rouge_1("parcels take two days", "parcels take two days") == 1.0
    assert rouge_1("parcels take two days", "parcels") == pytest.approx(0.4)
    assert rouge_1("", "parcels") == 0.0


def test_coverage_is_the_share_of_wanted_words() -> None:
    assert coverage("Standard delivery costs $12.95.", ("12.95", "express")) == 0.5
