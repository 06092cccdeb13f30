"""What English customers, agents and bots say that is asked about later."""

import random

from core.domain.messages import Author
from tests.bench.memory.sorts import Sort, one_of

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_FIRST = ("Petra", "Rohan", "Aisha", "Tom", "Ingrid", "Mateus", "Olu", "Sarah", "Wei", "Fatima")
_LAST = ("Kowalski", "Patel", "Ndiaye", "Baker", "Lindqvist", "Duarte", "Adeyemi", "Novak")
_STREETS = ("Harbour Lane", "Mill Road", "Castle Street", "Elm Avenue", "Station Square")


def _order(chance: random.Random) -> str:
    return chance.choice(
        (
            f"A-{chance.randrange(10**5, 10**6)}",
            f"{chance.randrange(10**6, 10**7)}",
            f"ORD-2026-{chance.randrange(10**3, 10**4)}",
            f"KX{chance.randrange(10**4, 10**5)}",
        )
    )


def _date(chance: random.Random) -> str:
    day, month = chance.randrange(1, 29), chance.choice(_MONTHS)
    return chance.choice((f"{day} {month}", f"{month} {day}", f"2026-05-{day:02}"))


def _amount(chance: random.Random) -> str:
    value = f"{chance.randrange(20, 900)}.{chance.randrange(10, 99)}"
    return chance.choice((f"£{value}", f"${value}", f"{value} euros"))


ENGLISH = (
    Sort(
        "order",
        _order,
        (
            "My order number is @.",
            "The reference on the invoice reads @, if that helps.",
            "It's filed under @ on the confirmation.",
            "On the slip it says @ at the top.",
        ),
        "What is the number of the order?",
    ),
    Sort(
        "name",
        lambda chance: f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
        (
            "My name is @.",
            "The booking was made by @ a while ago.",
            "Ask for @, that is how I am listed with you.",
            "The account is in the name of @.",
        ),
        "What is the customer's name?",
    ),
    Sort(
        "date",
        _date,
        (
            "I bought it on @.",
            "It stopped working around @, I think.",
            "The whole thing arrived here @ or so.",
            "@ was the day it all went wrong.",
        ),
        "When did it come, or when did it break?",
    ),
    Sort(
        "amount",
        _amount,
        (
            "I was charged @ for it.",
            "It set me back @, which is a lot for us.",
            "@ is what my bank shows for it.",
            "They took @ off me for this.",
        ),
        "How much did the customer pay?",
    ),
    Sort(
        "e-mail",
        lambda chance: f"{chance.choice(_LAST).lower()}{chance.randrange(10, 99)}@example.com",
        (
            "My e-mail is @.",
            "Write to @ once you know more.",
            "Best reach me under @ in the evenings.",
            "@ is where I read my mail.",
        ),
        "What is the customer's e-mail address?",
    ),
    Sort(
        "phone",
        lambda chance: f"+44 7700 {chance.randrange(900000, 900999)}",
        (
            "You can call me on @.",
            "During the day I pick up at @ only.",
            "Ring @ before ten, please.",
            "My mobile: @, any time.",
        ),
        "What is the customer's phone number?",
    ),
    Sort(
        "quantity",
        lambda chance: " ".join(
            (
                chance.choice(("two", "three", "four", "6", "12", "25")),
                chance.choice(("chairs", "lamps", "filters", "bottles", "tickets")),
            )
        ),
        (
            "I ordered @.",
            "The parcel should have had @ in it and was half empty.",
            "There should be @ altogether.",
            "We were told we'd get @ for that price.",
        ),
        "How many did the customer order?",
    ),
    Sort(
        "address",
        lambda chance: f"{chance.randrange(2, 200)} {chance.choice(_STREETS)}",
        (
            "Please deliver it to @.",
            "We have moved, so the courier has to come to @ now.",
            "Nobody is home before six at @, tell the driver.",
            "The flat is at @, second door.",
        ),
        "What is the customer's address?",
    ),
    Sort(
        "product",
        one_of("Aurora 300", "Nimbus Pro", "Kestrel X2", "Solveig Mini", "Tundra 7"),
        (
            "It is about the @ that I bought.",
            "The one with the fault is the @, not the other.",
            "We picked the @ because of the reviews.",
            "Ours is the @, bought last spring.",
        ),
        "Which product is it about?",
    ),
    Sort(
        "stated",
        one_of("nickel", "latex", "peanuts", "wool", "perfume"),
        (
            "I am allergic to @.",
            "My skin reacts badly to @, so mind that.",
            "Anything with @ in it gives our daughter a rash.",
            "The little one can't have @, doctor's orders.",
        ),
        "What can the customer not bear?",
    ),
    Sort(
        "correction",
        lambda chance: f"C-{chance.randrange(10**5, 10**6)}",
        (
            "Sorry, the right customer number is @.",
            "I misread it before: it says @ on the card.",
            "Forget what I wrote earlier, @ is the one.",
            "Hold on, I found the card, it's @.",
        ),
        "What is the right customer number?",
    ),
    Sort(
        "open question",
        one_of("Norway", "Iceland", "Malta", "Jersey", "Cyprus"),
        (
            "Does the guarantee hold in @ as well?",
            "And would you repair it for somebody in @?",
            "Is there any way to have it shipped to @?",
            "Can somebody in @ get this too?",
        ),
        "For which country does the customer want to know?",
        reply="I do not know that. Would you like to talk to a person?",
    ),
    Sort(
        "agent's promise",
        lambda chance: f"{chance.randrange(1, 29)} {chance.choice(_MONTHS)}",
        (
            "I will send the replacement by @.",
            "Rest assured that the replacement leaves our warehouse on @.",
            "Expect the replacement on @ at the latest.",
            "You have my word that the new one is with you on @.",
        ),
        "When was the replacement promised?",
        Author.AGENT,
    ),
    Sort(
        "bot's promise",
        one_of("warranty team", "billing department", "repairs desk", "shipping office"),
        (
            "I am connecting you with our @.",
            "Somebody from our @ will be with you soon.",
            "A person from the @ takes over in a moment.",
            "Your request is with our @ now.",
        ),
        "With whom was the customer to be connected?",
        Author.BOT,
    ),
)
