"""How the sentences of answers stand to their passages, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter

from core.grounding.guard import Notes, Outcome, Verdict


class GroundingMetrics(Notes):
    """The instruments; made once per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, sentence: str, *labels: str) -> Counter:
            return Counter(f"switchboard_{name}", sentence, labels, registry=registry)

        self._sentences = counter(
            "answer_sentences", "Sentences of models that cite something, as checked.", "verdict"
        )
        self._answers = counter(
            "answers_checked", "Answers of models, by what became of them.", "outcome"
        )
        self._links = counter("answer_links_removed", "Addresses and images taken out of answers.")

    def sentences(self, verdict: Verdict, number: int) -> None:
        self._sentences.labels(verdict).inc(number)

    def answer(self, outcome: Outcome) -> None:
        self._answers.labels(outcome).inc()

    def links(self, taken: int) -> None:
        self._links.inc(taken)
