import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.understanding import UNJUDGED
from core.nlu.language import LanguageJudge

JUDGE = LanguageJudge()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Where is my order?"),
        ("en", "refund policy"),
        ("en", "my iphone broke"),
        ("en", "What does 退货 mean?"),
        ("de", "Wo ist mein Paket?"),
        ("de", "Rückgabe"),
        ("fr", "Où est ma commande"),
        ("fr", "livraison gratuite?"),
        ("es", "cuanto cuesta el envio a canada"),
        ("it", "posso restituire le scarpe?"),
        ("nl", "waar is mijn bestelling"),
        ("pt", "onde está a minha encomenda?"),
        ("pl", "gdzie jest moje zamówienie"),
        ("tr", "siparişim nerede acaba"),
        ("ru", "где мой заказ"),
        ("uk", "і де моє замовлення"),
        ("ar", "مرحبا أين طلبي"),
        ("zh", "我的订单在哪里"),
        ("zh", "iPhone 15 Pro 保修多久"),
        ("zh", "PukiWiki主要在什么网站上使用？"),
        ("ja", "注文をキャンセルしたい"),
        ("ko", "환불 정책이 뭐예요?"),
        ("el", "πού είναι η παραγγελία μου"),
        ("he", "איפה ההזמנה שלי"),
        ("th", "คำสั่งซื้อของฉันอยู่ที่ไหน"),
        ("hi", "मेरा ऑर्डर कहाँ है"),
    ],
)
def test_a_text_has_its_language(language: str, text: str) -> None:
    assert JUDGE.judge(text).label == language


@pytest.mark.parametrize("text", ["ok", "12345", "👍", "?", ""])
def test_a_text_without_evidence_is_not_guessed(text: str) -> None:
    assert JUDGE.judge(text) == UNJUDGED


@pytest.mark.parametrize("text", ["ok", "12345", "order 12345", "asdf", "Passwort", "iPhone"])
def test_a_short_text_keeps_the_language_of_the_conversation(text: str) -> None:
    assert JUDGE.judge(text, known="de").label == "de"


def test_a_sentence_changes_the_language_of_the_conversation() -> None:
    assert JUDGE.judge("How long does delivery take?", known="de").label == "en"


def test_a_recognised_phrase_counts_for_its_language() -> None:
    assert JUDGE.judge("danke", hints={"de"}).label == "de"


@given(st.text(max_size=300), st.sampled_from(["", "en", "zh", "xx"]))
def test_no_text_is_too_strange(text: str, known: str) -> None:
    assert JUDGE.judge(text, known).label
