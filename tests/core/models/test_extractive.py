from core.domain.answers import Draft, Findings
from core.domain.understanding import UNJUDGED, Understanding
from core.models.extractive import ExtractiveWriter
from tests.core.models.findings import a_passage, found
from tests.core.nlu.test_understand import a_context


async def _written(question: str, findings: Findings) -> list[str | Draft]:
    understanding = Understanding(language=UNJUDGED, intent=UNJUDGED)
    writing = ExtractiveWriter().write(a_context(question), understanding, findings)
    return [piece async for piece in writing]


async def test_the_pieces_are_the_draft() -> None:
    passages = [
        a_passage("The tent weighs 2.4 kg. It is green.", "A tent costs 90 dollars."),
        a_passage("Tents are made in Vermont.", number=2),
    ]

    *pieces, draft = await _written("what does the tent weigh", found(*passages))

    assert isinstance(draft, Draft)
    assert "".join(str(piece) for piece in pieces) == draft.text
    assert len(pieces) > 1


async def test_without_ground_nothing_is_written() -> None:
    assert await _written("kites", found()) == []
