"""What an agent reads first."""

from core.domain.memory import NO_MEMORY, Memory
from core.domain.messages import Author
from handoff.brief import LINES, facts, summary, telling
from tests.builders import a_message


def test_without_a_memory_it_is_the_first_and_the_latest_words() -> None:
    words = [
        a_message("It never came"),
        a_message("Sorry!", seq=2, author=Author.BOT),
        a_message("I want my money back", seq=3),
    ]

    assert summary(NO_MEMORY, "Where is it?", words) == [
        "Where is it?",
        "It never came",
        "I want my money back",
    ]
    assert summary(NO_MEMORY, "Where is it?", words[:0]) == ["Where is it?"]
    assert summary(NO_MEMORY, "It never came", words[:1]) == ["It never came"]


def test_politeness_and_the_wish_for_a_person_take_no_line_from_the_matter() -> None:
    words = [
        a_message("Hello"),
        a_message("My parcel never came", seq=2),
        a_message("I want to talk to a person", seq=3),
        a_message("Thanks!", seq=4),
    ]

    assert summary(NO_MEMORY, "Hello", words) == ["My parcel never came"]
    assert summary(NO_MEMORY, "Agent please", [a_message("Agent please")]) == ["Agent please"]


def test_a_memory_leads_and_the_latest_words_follow_in_three_lines() -> None:
    memory = Memory(version=1, upto=5, text="One thing. Another thing. A third thing.")

    lines = summary(memory, "First", [a_message("Latest", seq=6)])

    assert lines == ["One thing.", "Another thing.", "Latest"]
    assert len(lines) == LINES


def test_long_words_are_shortened_to_a_line() -> None:
    (line,) = summary(NO_MEMORY, "word \n" * 200, [])

    assert len(line) == 200
    assert line.endswith("…")


def test_facts_are_those_since_the_memory_behind_its_own() -> None:
    old = a_message("My order is 1111", seq=1)
    new = a_message("No, my order is 2222", seq=4)

    found = facts(Memory(version=1, upto=2), [old, new])

    assert [one.seq for one in found] == [4]
    assert "2222" in found[0].text


def test_of_a_passage_the_sentences_that_tell_most_are_taken_in_their_order() -> None:
    text = "We sell boots. Refunds take five days. Tents are dry. Refunds go to your card. Hats."

    told = telling(text, "How long do refunds to my card take?")

    assert told.startswith("We sell boots. Refunds take five days.")
    assert "Refunds go to your card." in told
    assert "Hats" not in told


def test_what_the_bot_said_is_no_fact_unless_it_is_a_promise() -> None:
    words = [
        a_message("My order is AB-123456", seq=1),
        a_message("I looked for: order, AB-123456.", seq=2, author=Author.BOT),
        a_message("I will refund AB-123456 today.", seq=3, author=Author.AGENT),
    ]

    assert {one.seq for one in facts(NO_MEMORY, words)} == {1, 3}


def test_what_was_said_twice_is_one_fact_and_an_answered_question_is_none() -> None:
    words = [
        a_message("How long does delivery to Canada take?", seq=1),
        a_message("Five days.", seq=2, author=Author.BOT),
        a_message("HOW LONG DOES DELIVERY TO CANADA TAKE?!", seq=3),
        a_message("Five days.", seq=4, author=Author.BOT),
        a_message("My order is AB-123456", seq=5),
        a_message("my order is AB-123456", seq=6),
    ]

    assert [one.seq for one in facts(NO_MEMORY, words)] == [6]
