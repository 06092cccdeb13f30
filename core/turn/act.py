"""Between search and answer: use a tool, where the customer wants what one can do."""

from dataclasses import dataclass

from core.domain.answers import Draft, Findings, Source
from core.domain.conversation import Bot, TurnContext
from core.domain.decisions import AskBack, Decision, Decline, HandOff, Reply
from core.domain.grounds import Ground, with_answer
from core.domain.phrases import Phrases
from core.domain.tools import Outcome, ToolResult, ToolUse, Unsettled
from core.domain.understanding import Understanding
from core.ports import Tools

UNCLEAR = "a tool was called, and its outcome is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What came of it."""

    findings: Findings
    """Led by what a tool returned, where an answer is to be written from that."""
    decision: Decision | None = None
    """Set where nothing more is to be found out or written."""
    otherwise: Decision | None = None
    """What is done where nobody writes from that: it is said as it is."""
    used: tuple[ToolUse, ...] = ()


async def act(
    context: TurnContext,
    understanding: Understanding,
    findings: Findings,
    tools: Tools,
    phrases: Phrases,
) -> Acted:
    """The findings with what a tool brought; or the decision, where the tool leaves one only.

    Raises:
        StoreUnavailable: take the turn again; no change is made twice.
    """
    if not isinstance(context.conversation.owner, Bot):
        return Acted(findings=findings)
    language = understanding.language.label
    settled = await tools.settle(context, understanding)
    match settled:
        case None:
            return Acted(findings=findings)
        case Unsettled(call=call, question=question):
            return Acted(findings=findings, decision=AskBack(question, call))
        case wanted:
            result = await tools.call(context, language, wanted)
            return _acted(result, findings, language, phrases)


def _acted(result: ToolResult, findings: Findings, language: str, phrases: Phrases) -> Acted:
    used = (result.use,)
    match result:
        case ToolResult(ground=Ground() as ground, says=True):
            return Acted(findings=findings, decision=Reply(_draft(ground)), used=used)
        case ToolResult(ground=Ground() as ground):
            found, said = with_answer(findings, ground, "tool"), Reply(_draft(ground))
            return Acted(findings=found, otherwise=said, used=used)
        case ToolResult(use=ToolUse(outcome=Outcome.UNKNOWN)):
            decision: Decision = HandOff(UNCLEAR, phrases.say("handoff", language))
        case _:
            decision = Decline(phrases.say("failure", language))
    return Acted(findings=findings, decision=decision, used=used)


def _draft(ground: Ground) -> Draft:
    """What a tool returned, said as it is."""
    source = Source(title=ground.title, uri=ground.uri, quote="\n".join(ground.lines), score=1.0)
    text = "\n".join(f"{line} [1]" for line in ground.lines)
    return Draft(text=text, sources=(source,), written_by="tool", prompt_version="", path="tool")
