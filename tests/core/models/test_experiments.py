"""Which variant a conversation takes part in."""

from collections import Counter
from dataclasses import replace
from math import sqrt
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import SettingsInvalid
from core.domain.ids import ConversationId, TenantId
from core.models import catalogue
from core.models.experiments import Experiment, Variant, assigned, chosen
from core.models.read_experiments import read

NAMES = st.text("abcdefgh", min_size=1, max_size=4)
WEIGHTS = st.floats(0.1, 10)
VARIANTS = st.dictionaries(NAMES, WEIGHTS, min_size=1, max_size=5)
MANY = [ConversationId(UUID(int=n)) for n in range(2_000)]


def an_experiment(weights: dict[str, float], name: str = "e") -> Experiment:
    variants = tuple(Variant(name=n, weight=w) for n, w in weights.items())
    return Experiment(name=name, variants=variants)


@given(VARIANTS, st.uuids(), st.randoms())
def test_a_conversation_has_one_variant_whatever_the_order(weights, conversation, random) -> None:
    experiment = an_experiment(weights)
    mixed = list(experiment.variants)
    random.shuffle(mixed)

    one = chosen(experiment, conversation)
    assert one == chosen(replace(experiment, variants=tuple(mixed)), conversation)


def test_the_variant_stays_what_it_was_in_all_versions() -> None:
    experiment = an_experiment({"control": 1, "short": 1})

    got = "".join(chosen(experiment, ConversationId(UUID(int=n))).name[0] for n in range(24))

    assert got == "cssscscssscsccscccsccscs"


@given(VARIANTS)
def test_weights_are_kept_within_chance(weights) -> None:
    """Six standard deviations: one such failure in some hundred million."""
    counts = Counter(chosen(an_experiment(weights), c).name for c in MANY)

    for name, weight in weights.items():
        share = weight / sum(weights.values())
        assert abs(counts[name] - share * len(MANY)) <= 6 * sqrt(share * len(MANY)) + 1


@given(VARIANTS, WEIGHTS)
def test_a_new_variant_takes_conversations_and_moves_no_other(weights, weight) -> None:
    before, after = an_experiment(weights), an_experiment(weights | {"new": weight})

    for conversation in MANY[:300]:
        now = chosen(after, conversation).name
        assert now in {"new", chosen(before, conversation).name}


@given(VARIANTS, WEIGHTS)
def test_more_weight_takes_conversations_and_moves_no_other(weights, more) -> None:
    first = next(iter(weights))
    before, after = (
        an_experiment(weights),
        an_experiment(weights | {first: weights[first] + more}),
    )

    for conversation in MANY[:300]:
        now = chosen(after, conversation).name
        assert now in {first, chosen(before, conversation).name}


def test_two_experiments_are_independent() -> None:
    halves = {"a": 1, "b": 1}
    one, other = an_experiment(halves, "one"), an_experiment(halves, "other")

    both = Counter((chosen(one, c).name, chosen(other, c).name) for c in MANY)

    assert all(400 < count < 600 for count in both.values())


def test_a_variant_without_weight_takes_none() -> None:
    experiment = an_experiment({"off": 0, "on": 1})

    assert {chosen(experiment, c).name for c in MANY} == {"on"}


def test_a_tenant_takes_part_in_the_first_experiment_that_is_for_it() -> None:
    own = replace(an_experiment({"x": 1}, "own"), tenants=("acme",))
    experiments = (own, replace(an_experiment({"y": 1}, "two"), tenants=("acme", "bolt")))

    got = [assigned(experiments, TenantId(t), MANY[0]) for t in ("acme", "bolt", "other")]

    assert got == ["own/x", "two/y", ""]


GOOD = """
[shorter]
tenants = ["acme"]
[shorter.variants.control]
[shorter.variants.warm]
weight = 0.5
prompt = "plain"
targets = ["main"]
temperature = 0.7
max_tokens = 200
"""


def read_text(folder: Path, text: str) -> tuple[Experiment, ...]:
    file = folder / "experiments.toml"
    file.write_text(text, encoding="utf-8")
    return read(file, catalogue.read(), ["main", "light"])


def test_a_file_says_what_is_compared(tmp_path: Path) -> None:
    warm = Variant(
        name="warm", weight=0.5, prompt="plain", targets=("main",), temperature=0.7, max_tokens=200
    )

    (experiment,) = read_text(tmp_path, GOOD)

    assert experiment == Experiment(
        name="shorter", tenants=("acme",), variants=(Variant(name="control"), warm)
    )


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[a", "is no TOML"),
        ("a = 1", "a: must be a table"),
        ("[a]", "a: has no variants"),
        ("[A.variants.b]", "A: is no name"),
        ("[a.variants.B]", "a.variants.B: is no name"),
        ("[a.variants.b]\nweight = 0", "a: has no variant with a weight"),
        ("[a.variants.b]\nweight = true", "weight must be a number"),
        ("[a.variants.b]\nmax_tokens = 1.5", "max_tokens must be a whole number from 1"),
        ("[a.variants.b]\ntemperature = 3", "temperature must be a number from 0 to 2"),
        ("[a.variants.b]\nprompt = 'none'", "a.variants.b: there is no prompt none.txt"),
        ("[a.variants.b]\ntargets = ['gone']", "gone is no model of the settings"),
        ("[a.variants.b]\nwithout = ['main', 'light']", "leaves no model to write"),
        ("[a.variants.b]\nwithout = 'main'", "without must be a list of texts"),
        ("[a.variants.b]\nwait = 1", "wait is unknown"),
        ("[a]\ntenant = 'x'\n[a.variants.b]", "tenant is unknown"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, mistake: str) -> None:
    with pytest.raises(SettingsInvalid, match=mistake):
        read_text(tmp_path, text)


def test_all_mistakes_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="has 3 mistakes"):
        read_text(tmp_path, "[A]\n[b.variants.c]\nx = 1")


def test_a_missing_file_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        read(tmp_path / "none.toml", catalogue.read(), [])
