"""How the models fare, for Prometheus; targets by the names that the operator gave them."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from core.models.targets import Observer

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class ModelMetrics(Observer):
    """The instruments; made once per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, sentence: str, *labels: str) -> Counter:
            return Counter(f"switchboard_{name}", sentence, labels, registry=registry)

        self._attempts = counter("model_attempts", "Times a model was asked.", "target")
        self._failures = counter("model_failures", "Times it failed.", "target", "kind")
        self._answers = counter("model_answers", "Answers it wrote.", "target")
        self._tokens = counter("model_tokens", "Tokens of them.", "target")
        self._paths = counter("answers", "Answers, by how they came about.", "path", "variant")
        self._first = Histogram(
            "switchboard_model_first_token_seconds",
            "From the question to a model to its first token.",
            ("target",),
            buckets=_SECONDS,
            registry=registry,
        )

    def attempted(self, target: str) -> None:
        self._attempts.labels(target).inc()

    def began(self, target: str, seconds: float) -> None:
        self._first.labels(target).observe(seconds)

    def wrote(self, target: str, tokens: int) -> None:
        self._answers.labels(target).inc()
        self._tokens.labels(target).inc(tokens)

    def failed(self, target: str, kind: str) -> None:
        self._failures.labels(target, kind).inc()

    def answered(self, path: str, variant: str) -> None:
        """Count an answer: its path is main, backup, light, extract or none."""
        self._paths.labels(path, variant).inc()
