from prometheus_client import CollectorRegistry, generate_latest

from core.telemetry.grounding import GroundingMetrics


def test_sentences_answers_and_links_are_counted() -> None:
    registry = CollectorRegistry()
    metrics = GroundingMetrics(registry)

    metrics.sentences("supported", 3)
    metrics.sentences("removed", 1)
    metrics.answer("trimmed")
    metrics.links(2)

    said = generate_latest(registry).decode()
    assert 'switchboard_answer_sentences_total{verdict="supported"} 3.0' in said
    assert 'switchboard_answer_sentences_total{verdict="removed"} 1.0' in said
    assert 'switchboard_answers_checked_total{outcome="trimmed"} 1.0' in said
    assert "switchboard_answer_links_removed_total 2.0" in said
