"""The tickets of a scripted console's service."""

from typing import Any, Protocol
from uuid import uuid4

from aiohttp import web

from handoff.tickets.ticket import State, moves_of

Json = dict[str, Any]
_AT = "2026-03-02T09:00:00+00:00"


class Telling(Protocol):
    """The service that the tickets belong to."""

    acts: list[tuple[str, Json]]

    async def tell(self, **frame: Any) -> None:
        """An event to every page."""
        ...


class FakeTickets:
    """Whole tickets by their number; what pages do with them is done."""

    def __init__(self, service: Telling) -> None:
        self._service = service
        self.whole: dict[int, Json] = {}
        self.trackers: list[str] = []

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        api = "/console/api/tickets"
        router.add_get(api, self._page)
        router.add_get("/console/api/trackers", self._trackers)
        router.add_get(f"{api}/{{number}}", self._show)
        router.add_patch(f"{api}/{{number}}", self._act)
        router.add_post(f"{api}/{{number}}/{{act}}", self._act)

    async def add(self, whole: Json) -> None:
        """A ticket, known to every page."""
        ticket = whole["ticket"]
        self.whole[ticket["number"]] = whole
        told = {name: ticket[name] for name in ("number", "conversation")}
        await self._service.tell(type="ticket", ticket=ticket["id"], **told)

    async def _trackers(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.trackers)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        asked, limit = request.query, int(request.query["limit"])
        states = asked.get("state", ",".join(State)).split(",")
        found = [
            {**one["ticket"], "places": one["places"]}
            for number, one in sorted(self.whole.items(), reverse=True)
            if number < int(asked.get("below", 2**53))
            and one["ticket"]["state"] in states
            and asked.get("search", "").lower() in str(one).lower()
            and asked.get("assignee") in {None, one["ticket"]["assignee"] or "none"}
            and asked.get("connector") in {None, *(at["connector"] for at in one["places"])}
            and asked.get("conversation") in {None, one["ticket"]["conversation"]}
        ]
        rest = found[limit - 1]["number"] if len(found) > limit else None
        searched = len(self.whole) if "search" in asked else None
        return web.json_response({"tickets": found[:limit], "next": rest, "searched": searched})

    async def _show(self, request: web.Request) -> web.StreamResponse:
        whole = self.whole.get(int(request.match_info["number"]))
        if whole is None:
            error = {"code": "not_found", "message": "There is no such ticket."}
            return web.json_response({"error": error}, status=404)
        moves = list(moves_of(State(whole["ticket"]["state"])))
        return web.json_response({**whole, "moves": moves})

    async def _act(self, request: web.Request) -> web.StreamResponse:
        number, act = int(request.match_info["number"]), request.match_info.get("act", "change")
        given, whole = await request.json(), self.whole[int(request.match_info["number"])]
        self._service.acts.append((f"ticket.{act}", given))
        if act == "comments":
            whole["comments"].append({**given, "author": "person:ann", "at": _AT})
        elif act == "trackers":
            whole["places"].append(a_place(given["connector"], "", waiting=True))
        elif act == "duplicate":
            other = self.whole[given["of"]]["ticket"]
            whole["original"] = {name: other[name] for name in ("number", "title", "state")}
        else:
            whole["ticket"].update(given)
        await self.add(self.whole[number])
        return web.json_response(whole["ticket"])


def a_ticket(number: int, title: str, **given: Any) -> Json:
    """A whole ticket as the protocol has it."""
    lists = {name: [] for name in ("orders", "products", "emails", "steps", "turns")}
    empty = dict.fromkeys(("summary", "language", "emotion", "customer", "channel", "team"), "")
    plain = {"category": "other", "priority": "normal", "state": "new", "version": 0}
    rest = {"conversation": None, "assignee": None, "duplicate_of": None, "reopened": 0}
    when = {"opened_by": "desk", "opened_at": _AT, "changed_at": _AT, "id": str(uuid4())}
    beside = {name: given.pop(name, []) for name in ("comments", "places", "duplicates")}
    ticket = {"number": number, "title": title, **lists, **empty, **plain, **rest, **when, **given}
    return {"ticket": ticket, "original": None, **beside}


def a_place(connector: str, label: str, **given: Any) -> Json:
    """Where a ticket is beside here."""
    url = f"https://{connector}.example/{label}" if label else ""
    plain = {"state": "open", "trouble": "", "waiting": False}
    return {"connector": connector, "label": label, "url": url, **plain, **given}
