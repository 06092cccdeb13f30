"""Reads one `[[tool]]`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from yarl import URL

from core.egress.addresses import is_own, is_public, literal
from core.mistakes import Mistakes, texts
from core.schema import validator
from core.tools.tool import FIELD, Method, Show, Texts, Tool

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SECRET = re.compile(r"\$\{([^}]*)\}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_FIELDS = {
    "name", "title", "description", "changes", "method", "url", "query", "headers", "arguments",
    "take", "ask", "confirm", "show", "say", "missing", "timeout_s", "max_bytes", "repeats",
    "tenants", "identifies", "most_per_hour",
}  # fmt: skip
_LONGEST_S, _MOST_BYTES, _MOST_PER_HOUR = 30.0, 1_000_000, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What all tools of a file share."""

    hosts: frozenset[str]
    private: frozenset[str]
    secrets: Mapping[str, str] = field(repr=False)
    mistakes: Mistakes


def read_tool(number: int, table: Mapping[str, Any], reading: Reading) -> Tool | None:
    """The tool of a table; None with mistakes, which are noted."""
    before = len(reading.mistakes.sentences)
    name = table.get("name")
    where = f'tool "{name}"' if isinstance(name, str) else f"tool {number}"
    of = _Fields(where, table, reading)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        of.note("name", "lower-case letters, digits and _ are wanted")
    for unknown in sorted(table.keys() - _FIELDS):
        of.note(unknown, f"there is no such field; there are {', '.join(sorted(_FIELDS))}")
    tool = of.tool(str(name))
    if len(reading.mistakes.sentences) == before:
        _complete(of, tool)
    return tool if len(reading.mistakes.sentences) == before else None


def _complete(of: "_Fields", tool: Tool) -> None:
    """Note what is there but does not go together."""
    known = set(tool.schema["properties"])
    labels = known | {show.label for show in tool.shows}
    templates = {
        "url": ([tool.url], known),
        "query": (tool.query.values(), known),
        "confirm": (tool.confirms.values(), known),
        "missing": (tool.missing.values(), known),
        "say": (tool.says.values(), labels),
    }
    for place, (template, fields) in templates.items():
        for unknown in sorted(set(FIELD.findall(" ".join(template))) - fields):
            of.note(place, f"{{{unknown}}} is not known there")
    for name in sorted(set(tool.required) - set(tool.asks)):
        of.note(f"ask.{name}", "what the customer is asked for it is wanted")
    for name in sorted({*tool.takes, *tool.asks} - known):
        of.note(name, "take and ask are for arguments only")
    if tool.changes:
        _asks_first(of, tool)
    elif not tool.shows and not tool.says:
        of.note("show", "which fields of the response may be told is wanted, or say")


def _asks_first(of: "_Fields", tool: Tool) -> None:
    if not tool.confirms:
        of.note("confirm", "a tool that changes something asks first: its question is wanted")
    for name in tool.schema["properties"]:
        if name not in tool.required:
            of.note(f"arguments.{name}", "a tool that changes something requires all arguments")
        if not all(f"{{{name}}}" in text for text in tool.confirms.values()):
            of.note(
                "confirm", f"the customer says yes to what is named only: {{{name}}} is wanted"
            )
    if not tool.says:
        of.note("say", "a tool that changes something says what it did")
    if tool.method == "GET":
        of.note("method", "GET changes nothing")


@dataclass(frozen=True, slots=True)
class _Fields:
    """One table, and where its mistakes go."""

    where: str
    table: Mapping[str, Any]
    reading: Reading

    def note(self, place: str, what: str) -> None:
        self.reading.mistakes.note(f"{self.where}, {place}", what)

    def tool(self, name: str) -> Tool:
        return Tool(
            name=name,
            title=self._text("title"),
            description=self._text("description"),
            changes=self._flag("changes"),
            method=self._method(),
            url=self._url(),
            query=self._plain_texts("query"),
            headers=self._headers(),
            schema=self._schema(),
            takes=self._takes(),
            asks={n: self._said(f"ask.{n}", form) for n, form in self._part("ask").items()},
            confirms=self._said("confirm", self.table.get("confirm", {})),
            shows=self._shows(),
            says=self._said("say", self.table.get("say", {})),
            missing=self._said("missing", self.table.get("missing", {})),
            timeout_s=self._number("timeout_s", 5.0, _LONGEST_S),
            max_bytes=int(self._number("max_bytes", 65_536, _MOST_BYTES)),
            repeats=self._flag("repeats"),
            identifies=self._flag("identifies"),
            most_per_hour=int(self._number("most_per_hour", 20, _MOST_PER_HOUR)),
            tenants=frozenset(texts(self.table.get("tenants", []))),
        )

    def _text(self, name: str) -> str:
        found = self.table.get(name)
        if not isinstance(found, str) or not found.strip():
            self.note(name, "a text is wanted")
            return ""
        return found.strip()

    def _flag(self, name: str) -> bool:
        found = self.table.get(name, False)
        if not isinstance(found, bool):
            self.note(name, "true or false is wanted")
        return found is True

    def _number(self, name: str, default: float, most: float) -> float:
        found = self.table.get(name, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= most:
            self.note(name, f"a number up to {most:g} is wanted")
            return default
        return float(found)

    def _part(self, name: str) -> Mapping[str, Any]:
        found = self.table.get(name, {})
        if not isinstance(found, dict):
            self.note(name, "a table is wanted")
            return {}
        return found

    def _plain_texts(self, name: str) -> Mapping[str, str]:
        found = self._part(name)
        if not all(isinstance(value, str) for value in found.values()):
            self.note(name, "texts are wanted")
        return {key: str(value) for key, value in found.items()}

    def _said(self, name: str, form: object) -> Texts:
        """One sentence, or a table of them with `en` for all other languages."""
        match form:
            case str() if form.strip():
                return {"": form.strip()}
            case dict() if all(isinstance(one, str) and one.strip() for one in form.values()):
                if form and "en" not in form:
                    self.note(name, "a sentence by language needs en, for all other languages")
                return {language: text.strip() for language, text in form.items()}
            case _:
                self.note(name, "a sentence is wanted, or one for each language")
                return {}

    def _method(self) -> Method:
        found = self.table.get("method", "GET")
        if found not in get_args(Method):
            self.note("method", f"it is one of {', '.join(get_args(Method))}")
            return "GET"
        return cast("Method", found)

    def _url(self) -> str:
        text = self._text("url")
        try:
            url = URL(FIELD.sub("x", text))
        except ValueError:
            url = URL()
        host, scheme = (url.host or "").lower(), url.scheme
        # what is no path may hold no argument: it would choose who is called
        around = re.sub(r"(?<=[^/:])/[^?#]*", "", text)
        if not host or scheme not in {"http", "https"} or FIELD.search(around) or "#" in text:
            self.note("url", "an address is wanted, with {argument} in its path only")
            return text
        if url.user is not None or url.password is not None or url.query_string:
            self.note("url", "it holds no password and no query: those are headers and query")
        private = host in self.reading.private
        if not private and host not in self.reading.hosts:
            self.note("url", f"{host} is in neither hosts nor private_hosts")
        if scheme == "http" and not private:
            self.note("url", "http is for private_hosts only")
        address = literal(host)
        if address and not (is_public(address) or (private and is_own(address))):
            self.note("url", "this address must not be called")
        return text

    def _headers(self) -> Mapping[str, str]:
        found = {}
        for name, text in self._plain_texts("headers").items():
            for secret in _SECRET.findall(text):
                if secret not in self.reading.secrets:
                    self.note(f"headers.{name}", f"core.tool_secrets has no {secret}")
            value = _SECRET.sub(lambda m: self.reading.secrets.get(m[1], ""), text)
            if not _HEADER.fullmatch(name) or not value.isprintable():
                self.note(f"headers.{name}", "this cannot be sent as a header")
            found[name] = value
        return found

    def _schema(self) -> Mapping[str, Any]:
        schema = {"type": "object", "properties": {}, **self._part("arguments")}
        schema["additionalProperties"] = False
        if schema["type"] != "object" or not isinstance(schema["properties"], dict):
            self.note("arguments", "a JSON Schema of an object is wanted")
            return {"type": "object", "properties": {}}
        try:
            for form in (schema, *schema["properties"].values()):
                validator(form)
        except (ValueError, TypeError) as broken:
            first = str(broken).partition("\n")[0]
            self.note("arguments", f"this is no JSON Schema: {first}")
        if unknown := set(schema.get("required", ())) - set(schema["properties"]):
            self.note("arguments", f"{min(unknown)} is required, but has no property")
        return schema

    def _takes(self) -> Mapping[str, re.Pattern[str]]:
        found = {}
        for name, pattern in self._plain_texts("take").items():
            try:
                found[name] = re.compile(pattern, re.IGNORECASE)
            except re.error as broken:
                self.note(f"take.{name}", f"this is no pattern: {broken}")
        return found

    def _shows(self) -> tuple[Show, ...]:
        return tuple(
            Show(label=label, path=tuple(path.split(".")))
            for label, path in self._plain_texts("show").items()
        )
