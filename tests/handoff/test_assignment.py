"""A free slot is used at once, nobody has too much, nothing strands, and order is kept."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handoff.assignment import Assigned, Person, Presence, Rules, assign, may_take
from handoff.life import Handoff, Queued, Wants
from handoff.queue import Rate, expected_wait_s, ordered, places
from tests.builders import NOON
from tests.handoff.cast import ANN, BO, CAI, a_handoff, a_person, numbered

RULES = Rules()
LANGUAGES = st.sampled_from(["", "en", "de"])
TEAMS = st.sampled_from(["", "billing"])
SKILLS = st.frozensets(st.sampled_from(["refunds", "repairs"]))
WANTS = st.builds(
    Wants,
    reason=st.just("asked"),
    team=TEAMS,
    language=LANGUAGES,
    skills=SKILLS,
    priority=st.integers(0, 2),
)


@st.composite
def queues(draw: st.DrawFn) -> tuple[Handoff, ...]:
    drawn = draw(st.lists(st.tuples(WANTS, st.integers(0, 900), st.sampled_from([None, ANN, BO]))))
    waiting = [
        replace(
            numbered(a_handoff(Queued(), wants=wants), number),
            requested_at=NOON - timedelta(seconds=waited),
            asked_last=last,
        )
        for number, (wants, waited, last) in enumerate(drawn, start=1)
    ]
    return ordered(waiting, NOON, RULES.aging_s)


@st.composite
def crews(draw: st.DrawFn) -> tuple[Person, ...]:
    return tuple(
        a_person(
            agent,
            presence=draw(st.sampled_from(Presence)),
            capacity=draw(st.integers(0, 3)),
            busy=draw(st.integers(0, 3)),
            languages=draw(st.frozensets(st.sampled_from(["en", "de"]))),
            skills=draw(SKILLS),
            teams=draw(st.sampled_from([frozenset(), frozenset({"billing"})])),
            draining=draw(st.booleans()),
            free_since=NOON - timedelta(seconds=draw(st.integers(0, 5))),
        )
        for agent in (ANN, BO, CAI)
    )


def left_over(people: tuple[Person, ...], offers: tuple[Assigned, ...]) -> dict[object, int]:
    given_to = [offer.agent for offer in offers]
    return {person.id: person.room - given_to.count(person.id) for person in people}


@given(queue=queues(), people=crews())
def test_nobody_who_may_be_served_waits_beside_a_free_slot(
    queue: tuple[Handoff, ...], people: tuple[Person, ...]
) -> None:
    offers = assign(queue, people, NOON, RULES)

    room, served = left_over(people, offers), {offer.handoff for offer in offers}
    assert not [
        (waiting.id, person.id)
        for waiting in queue
        if waiting.id not in served
        for person in people
        if room[person.id] > 0 and may_take(person, waiting, NOON, RULES)
    ]


@given(queue=queues(), people=crews())
def test_nobody_gets_more_than_they_have_room_for_or_what_they_may_not_take(
    queue: tuple[Handoff, ...], people: tuple[Person, ...]
) -> None:
    offers = assign(queue, people, NOON, RULES)

    waiting = {one.id: one for one in queue}
    by_id = {person.id: person for person in people}
    assert min(left_over(people, offers).values()) >= 0
    assert len({offer.handoff for offer in offers}) == len(offers)
    assert all(
        may_take(by_id[offer.agent], waiting[offer.handoff], NOON, RULES) for offer in offers
    )


@given(queue=queues(), people=crews())
def test_who_stands_ahead_is_served_as_if_nobody_stood_behind(
    queue: tuple[Handoff, ...], people: tuple[Person, ...]
) -> None:
    served = {offer.handoff for offer in assign(queue, people, NOON, RULES)}

    for length in range(len(queue)):
        alone = {offer.handoff for offer in assign(queue[:length], people, NOON, RULES)}
        assert alone == {one.id for one in queue[:length]} & served


@given(queue=queues(), people=crews(), seed=st.randoms())
def test_the_same_values_give_the_same_offers(
    queue: tuple[Handoff, ...], people: tuple[Person, ...], seed: object
) -> None:
    shuffled = list(people)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]

    assert assign(queue, shuffled, NOON, RULES) == assign(queue, people, NOON, RULES)


def test_an_earlier_one_goes_elsewhere_to_make_room_for_a_later_one() -> None:
    ann = a_person(ANN, languages=frozenset({"de"}), free_since=NOON - timedelta(hours=1))
    bo = a_person(BO, languages=frozenset({"en"}))
    anything = numbered(a_handoff(Queued()), 1)
    german = numbered(a_handoff(Queued(), wants=Wants(reason="asked", language="de")), 2)

    offers = assign((anything, german), (ann, bo), NOON, RULES)

    assert offers == (Assigned(anything.id, BO), Assigned(german.id, ANN))


def test_whom_the_customer_had_before_is_asked_first() -> None:
    idle = a_person(ANN, free_since=NOON - timedelta(hours=1))
    known = a_person(BO, capacity=3, busy=2)
    waiting = replace(a_handoff(Queued()), before=BO)

    assert assign((waiting,), (idle, known), NOON, RULES)[0].agent == BO


def test_who_did_not_take_an_offer_is_asked_again_only_when_nobody_else_is_free() -> None:
    waiting = replace(a_handoff(Queued()), asked_last=ANN, before=ANN)

    assert assign((waiting,), (a_person(ANN), a_person(BO)), NOON, RULES)[0].agent == BO
    assert assign((waiting,), (a_person(ANN),), NOON, RULES)[0].agent == ANN


def test_among_equals_the_least_loaded_is_asked_then_who_has_been_free_longest() -> None:
    loaded = a_person(ANN, capacity=4, busy=2, free_since=NOON - timedelta(hours=2))
    lately = a_person(BO, capacity=4, busy=1)
    longer = a_person(CAI, capacity=4, busy=1, free_since=NOON - timedelta(hours=1))
    waiting = a_handoff(Queued())

    assert assign((waiting,), (loaded, lately, longer), NOON, RULES)[0].agent == CAI
    assert assign((waiting,), (loaded, lately), NOON, RULES)[0].agent == BO


def test_those_who_come_at_once_are_spread_over_those_who_are_free() -> None:
    people = (a_person(ANN, capacity=4, busy=1), a_person(BO, capacity=4, busy=2))
    queue = tuple(numbered(a_handoff(Queued()), number) for number in range(1, 6))

    offers = assign(queue, people, NOON, RULES)

    assert [offer.agent for offer in offers] == [ANN, ANN, BO, ANN, BO]


def test_a_wish_is_waived_after_its_time_and_not_before() -> None:
    wants = Wants(reason="asked", language="de", skills=frozenset({"repairs"}), team="billing")
    person = a_person(ANN, languages=frozenset({"en"}))
    waiting = a_handoff(Queued(), wants=wants)

    taken = [
        wait
        for wait in (119, 299, 599, 600)
        if assign((waiting,), (person,), NOON + timedelta(seconds=wait), RULES)
    ]

    assert taken == [600]
    never = replace(RULES, language_s=None)
    assert not assign((waiting,), (person,), NOON + timedelta(days=9), never)


def test_a_wait_is_only_told_from_enough_talks() -> None:
    assert expected_wait_s(3, Rate(begun=4, over_s=600)) is None
    assert expected_wait_s(3, Rate(begun=10, over_s=600)) == 180


@given(queue=queues())
def test_every_one_that_waits_has_its_own_place(queue: tuple[Handoff, ...]) -> None:
    rate = Rate(begun=10, over_s=600)
    now = max((one.requested_at for one in queue), default=NOON)

    found = places(queue, now, RULES.aging_s, rate)

    order = [one.id for one in ordered(queue, now, RULES.aging_s)]
    assert {one: place.position for one, place in found.items()} == {
        one: number for number, one in enumerate(order, start=1)
    }
    assert all(place.wait_s == place.position * 60 for place in found.values())


@given(early=st.integers(0, 2), late=st.integers(0, 9), lead_s=st.integers(0, 3600))
def test_a_priority_overtakes_only_within_its_time(early: int, late: int, lead_s: int) -> None:
    first = numbered(a_handoff(Queued(), wants=Wants(reason="asked", priority=early)), 1)
    second = numbered(a_handoff(Queued(), wants=Wants(reason="asked", priority=late)), 2)
    second = replace(second, requested_at=NOON + timedelta(seconds=lead_s))
    now = second.requested_at

    if ordered((first, second), now, RULES.aging_s)[0] == second:
        assert lead_s < (late - early + 1) * RULES.aging_s
