"""Which rule fires: the policy that ships case by case, and what holds for every policy."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.understanding import Judged
from core.policy.judge import UNCHANGED, judge
from core.policy.load import parse, read
from core.policy.rules import (
    NO_ROUTE,
    Answer,
    ApologiseAndOffer,
    Deciding,
    HandOver,
    Offer,
    Route,
)
from core.policy.situation import Situation
from core.policy.words import MASK

SHIPPED = read()
PERSON_FIRST = """
[[rule]]
name = "person"
when.intent = ["person"]
do = "handoff"
"""
shares = st.floats(0, 1)
counts = st.integers(0, 9)
situations = st.builds(
    Situation,
    text=st.text(max_size=80),
    intent=st.builds(Judged, st.sampled_from(["question", "person", "thanks", "refund"]), shares),
    language=st.sampled_from(["", "en", "zh"]),
    emotion=st.builds(Judged, st.sampled_from(["anger", "joy", "unknown"]), shares),
    frustration=shares,
    confidence=st.none() | shares,
    repeats=counts,
    unknowns=counts,
    offers=counts,
    open=st.booleans(),
    attributes=st.dictionaries(st.just("plan"), st.sampled_from(["gold", "free"])),
    answer=st.text(max_size=80),
)


def a_situation(text: str = "Where is my order?", **rest: object) -> Situation:
    return replace(Situation(text=text, intent=Judged("question", 0.9)), **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("situation", "do"),
    [
        (a_situation(), Answer()),
        (a_situation(intent=Judged("person", 0.2)), HandOver()),
        (a_situation(frustration=0.69), Answer()),
        (a_situation(frustration=0.7), ApologiseAndOffer()),
        (a_situation(frustration=0.7, offers=1), HandOver()),
        (a_situation(offers=1), Answer()),
        (a_situation(unknowns=1), Answer()),
        (a_situation(unknowns=2), Offer()),
        (a_situation("I smell  GAS leak in here"), HandOver()),
        (a_situation("我不想活了"), HandOver()),
        (a_situation("The fireplace is on. Fire it up?"), Answer()),
    ],
)
def test_the_policy_that_ships(situation: Situation, do: Deciding) -> None:
    assert judge(SHIPPED, situation).do == do


@given(situation=situations, confidence=shares)
def test_asking_for_a_person_gets_a_person_whatever_else_holds(
    situation: Situation, confidence: float
) -> None:
    asked = replace(situation, intent=Judged("person", confidence))

    assert judge(SHIPPED, asked).do == HandOver()


@given(situation=situations, more=shares)
def test_more_frustration_never_takes_a_person_away(situation: Situation, more: float) -> None:
    order = (Answer, Offer, ApologiseAndOffer, HandOver)
    grown = replace(situation, frustration=max(situation.frustration, more))

    before, after = judge(SHIPPED, situation).do, judge(SHIPPED, grown).do

    assert order.index(type(after)) >= order.index(type(before))


@given(situation=situations)
def test_the_explanation_ends_with_the_rule_that_decided(situation: Situation) -> None:
    judgement = judge(SHIPPED, situation)

    last = judgement.weighed[-1]
    if judgement.rule == UNCHANGED:
        assert [one.rule for one in judgement.weighed] == [*SHIPPED.rules]
    else:
        assert (last.rule.name, last.rule.do, last.fired) == (judgement.rule, judgement.do, True)


@given(situation=situations)
def test_no_forbidden_word_is_left_in_an_answer(situation: Situation) -> None:
    spoiled = replace(situation, answer=f"{situation.answer} What the FUCK， ｓｈｉｔ fu\u200bck")

    said = judge(SHIPPED, spoiled).answer

    assert not SHIPPED.rules[0].when[0].lists[0].found(said)  # type: ignore[union-attr]
    assert MASK in said


@given(situation=situations)
def test_without_an_answer_nothing_is_said(situation: Situation) -> None:
    assert judge(SHIPPED, replace(situation, answer="")).answer == ""


def test_words_of_law_put_a_disclaimer_below_the_answer_in_its_language() -> None:
    english = judge(SHIPPED, a_situation("Can I sue you?", answer="See the terms.", language="en"))
    chinese = judge(SHIPPED, a_situation("我要起诉你们", answer="请看条款。", language="zh"))
    german = judge(SHIPPED, a_situation("Mein Lawyer sagt", answer="Ja.", language="de"))

    assert english.answer.startswith("See the terms.\n\nThis is general information")
    assert chinese.answer.endswith("不构成法律意见。")
    assert "not legal advice" in german.answer


def test_a_disclaimer_and_a_filter_do_not_end_the_search() -> None:
    judgement = judge(SHIPPED, a_situation("My lawyer!", answer="Oh shit.", frustration=0.9))

    assert judgement.do == ApologiseAndOffer()
    assert judgement.answer.startswith(f"Oh {MASK}.")


def test_what_is_not_known_fires_no_rule() -> None:
    unsure = parse(f"""{PERSON_FIRST}
[[rule]]
name = "unsure"
when.confidence = {{ below = 0.5 }}
do = "offer"
""")

    assert judge(unsure, a_situation(confidence=None)).do == Answer()
    assert judge(unsure, a_situation(confidence=0.4)).do == Offer()
    assert judge(unsure, a_situation(confidence=0.5)).do == Answer()


def test_all_conditions_of_a_rule_must_hold() -> None:
    gold = parse(f"""{PERSON_FIRST}
[hours]
zone = "Europe/Berlin"
monday = ["09:00-17:00"]
closed = [2026-06-08]
[[rule]]
name = "gold customers in hours"
when.attributes = {{ plan = ["gold"] }}
when.open = true
do.handoff = "key accounts"
""")
    morning = gold.open_at(datetime(2026, 6, 1, 7, 0, tzinfo=UTC))
    evening = gold.open_at(datetime(2026, 6, 1, 15, 0, tzinfo=UTC))
    holiday = gold.open_at(datetime(2026, 6, 8, 7, 0, tzinfo=UTC))
    known = a_situation(attributes={"plan": "gold"})

    assert (morning, evening, holiday) == (True, False, False)
    assert judge(gold, replace(known, open=morning)).do == HandOver("key accounts")
    assert judge(gold, replace(known, open=evening)).do == Answer()
    assert judge(gold, a_situation(open=morning)).do == Answer()


GOLD = """
[[rule]]
name = "gold customers"
when.attributes.plan = "gold"
do = { people = { team = "gold", priority = 5 } }
[[rule]]
name = "many seats"
when.attributes.seats = { at_least = 100 }
do = { people = { priority = 2, skills = ["contracts"] } }
"""


@pytest.mark.parametrize(
    ("attributes", "route"),
    [
        ({}, NO_ROUTE),
        ({"plan": "free", "seats": "99"}, NO_ROUTE),
        ({"plan": "gold"}, Route(team="gold", priority=5)),
        ({"seats": "many"}, NO_ROUTE),
        ({"seats": "nan"}, NO_ROUTE),
        ({"seats": "100.5"}, Route(priority=2, skills=("contracts",))),
        (
            {"plan": "gold", "seats": "100"},
            Route(team="gold", priority=5, skills=("contracts",)),
        ),
    ],
)
def test_attributes_say_who_takes_over_and_decide_nothing(attributes, route) -> None:
    policy = parse(GOLD + PERSON_FIRST)

    for intent, do in (("person", HandOver()), ("question", Answer())):
        judged = judge(policy, a_situation(intent=Judged(intent, 0.9), attributes=attributes))
        assert (judged.do, judged.route) == (do, route)


@given(situation=situations)
def test_people_above_the_first_deciding_rule_change_no_decision(situation: Situation) -> None:
    assert (
        judge(parse(GOLD + PERSON_FIRST), situation).do == judge(parse(PERSON_FIRST), situation).do
    )
