"""A talk in forms with fewer roles, or none."""

from hypothesis import given
from hypothesis import strategies as st

from core.models.ports import Said
from core.models.talk import alternating, plain, rules, without_system

SAID = st.builds(
    Said, role=st.sampled_from(["system", "user", "assistant"]), text=st.text("abc", min_size=1)
)
TALKS = st.lists(SAID, max_size=8).map(tuple)


@given(TALKS)
def test_users_and_assistants_take_turns_and_a_user_begins(talk) -> None:
    roles = [said.role for said in alternating(talk)]

    assert roles == (["user", "assistant"] * len(roles))[: len(roles)]
    assert roles


@given(TALKS)
def test_no_word_is_lost_and_none_changes_its_role(talk) -> None:
    spoken = [said.text for said in talk if said.role == "system"]
    assert rules(talk) == "\n\n".join(spoken)

    for role in ("user", "assistant"):
        before = "".join(said.text for said in talk if said.role == role)
        after = "".join(said.text for said in alternating(talk) if said.role == role)
        assert after.replace("(The talk begins.)", "").replace("\n", "") == before


@given(TALKS)
def test_without_a_system_the_rules_come_first(talk) -> None:
    first, *rest = without_system(talk)

    assert first.role == "user"
    assert first.text.startswith(rules(talk))
    assert tuple(rest) == alternating(talk)[1:]


@given(TALKS)
def test_in_one_text_everything_stands_in_its_order(talk) -> None:
    text, at = plain(talk), 0

    for said in talk:
        at = text.index(said.text, at) + len(said.text)
    assert text.endswith("Assistant:")
