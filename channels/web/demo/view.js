// Draws messages. Text goes in as text; only `html` of a message, cleaned by the server, as HTML.
import { current, t } from "/demo/words.js";

const REASONS = ["wrong", "out_of_date", "no_answer", "other_reason"];

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function icon(name, kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  if (kind) svg.setAttribute("class", kind);
  svg.append(use);
  return svg;
}

export function dayOf(at) {
  const day = new Date(at);
  const now = new Date();
  const age = Math.round((new Date(now.toDateString()) - new Date(day.toDateString())) / 864e5);
  if (age === 0) return t("today");
  if (age === 1) return t("yesterday");
  return new Intl.DateTimeFormat(current(), { dateStyle: "long" }).format(day);
}

const clock = (at) => new Intl.DateTimeFormat(current(), { timeStyle: "short" }).format(new Date(at));

export function said(author, text, name) {
  const words = el("div", { class: "words" });
  words.textContent = text;
  const item = el("li", { class: `said ${author}` });
  if (author !== "customer") {
    const by = el("p", { class: "by" }, name ?? t(author));
    if (author === "bot") by.append(el("span", { class: "badge" }, "AI"));
    item.append(by);
  } else {
    item.append(el("span", { class: "hidden" }, `${t("you")}: `));
  }
  item.append(words);
  return item;
}

// A stored message; `rate(turn, thumb, reason, comment)` is called by its thumbs.
export function message(frame, rate) {
  if (frame.author === "system") return el("li", { class: "note" }, frame.text);
  const item = said(frame.author, "", frame.name);
  const words = item.querySelector(".words");
  words.innerHTML = frame.html;
  words.title = clock(frame.at);
  const under = el("div", { class: "under" });
  if (frame.sources.length) {
    const details = sources(frame.sources);
    under.append(details);
    cite(words, details);
  }
  if (frame.author === "bot" && frame.turn && !frame.choice) under.append(...thumbs(frame.turn, rate));
  if (under.childNodes.length) item.append(under);
  return item;
}

export function state(item, text, retry) {
  item.querySelector(".state")?.remove();
  if (!text) return;
  const line = el("p", { class: retry ? "state failed" : "state" }, text);
  if (retry) line.append(" ", el("button", { type: "button", onclick: retry }, t("retry")));
  item.append(line);
}

function sources(list) {
  const items = list.map((source, at) => {
    const title = el("span", { class: "title" });
    const web = /^https?:\/\//.test(source.uri);
    title.append(web ? el("a", { href: source.uri, target: "_blank", rel: "noopener noreferrer" }, source.title) : source.title);
    const quote = el("blockquote");
    quote.textContent = source.quote;
    return el("li", { class: "source", tabindex: "-1" },
      el("span", { class: "number", "aria-label": t("source", at + 1) }, String(at + 1)),
      title, el("span", { class: "place" }, source.uri), quote);
  });
  return el("details", { class: "sources" },
    el("summary", {}, icon("doc"), t("sources", list.length), icon("next", "turn")),
    el("ol", {}, ...items));
}

// Turns each [n] of the answer into a button that shows the source.
function cite(words, details) {
  const list = details.querySelectorAll(".source");
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const node of texts) {
    const parts = node.data.split(/\[(\d{1,2})\]/);
    if (parts.length < 3 || node.parentElement.closest("a, code")) continue;
    node.replaceWith(...parts.map((part, at) => (at % 2 && list[part - 1] ? button(part) : at % 2 ? `[${part}]` : part)));
  }
  function button(number) {
    const show = () => {
      details.open = true;
      for (const other of list) other.classList.toggle("shown", other === list[number - 1]);
      list[number - 1].scrollIntoView({ block: "nearest" });
      list[number - 1].focus({ preventScroll: true });
    };
    return el("button", { type: "button", class: "cite", "aria-label": t("source", number), onclick: show }, number);
  }
}

function thumbs(turn, rate) {
  const why = el("div", { class: "why", hidden: "" });
  const make = (thumb) => el("button", {
    type: "button", class: "thumb", "aria-label": t(thumb), title: t(thumb), "aria-pressed": "false",
    onclick: () => press(thumb),
  }, icon(thumb));
  const pair = { up: make("up"), down: make("down") };
  const press = (thumb) => {
    for (const [name, button] of Object.entries(pair)) button.setAttribute("aria-pressed", String(name === thumb));
    rate(turn, thumb);
    why.hidden = thumb !== "down";
    if (thumb === "down") ask(why, (reason, comment) => rate(turn, "down", reason, comment));
  };
  return [el("div", { class: "thumbs" }, pair.up, pair.down), why];
}

function ask(why, send) {
  let chosen;
  const chips = REASONS.map((reason) => el("button", {
    type: "button", class: "chip", "aria-pressed": "false",
    onclick: () => {
      chosen = reason === "other_reason" ? "other" : reason;
      chips.forEach((chip, at) => chip.setAttribute("aria-pressed", String(REASONS[at] === reason)));
      send(chosen);
    },
  }, t(reason)));
  const line = el("input", { type: "text", maxlength: "2000", "aria-label": t("comment"), placeholder: t("comment") });
  const done = () => {
    send(chosen, line.value.trim() || undefined);
    why.replaceChildren(el("p", { class: "done", role: "status" }, t("thanksDown")));
  };
  line.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) done();
  });
  why.replaceChildren(el("p", {}, t("why")), el("div", { class: "reasons" }, ...chips),
    el("div", { class: "more" }, line, el("button", { type: "button", class: "chip", onclick: done }, t("sendComment"))));
  why.scrollIntoView({ block: "nearest" });
}
