// Draws one message. Text goes in as text; the HTML of a message through `nodes`, which makes
// only what it knows.
import { nodes } from "../html";
import { aboutOf } from "../line";
import type { FileSent, Message, Rate, RateTalk, Source, Thumb } from "../protocol";
import { spoken, t, type Word } from "../words";
import { button, el, icon, tool } from "./dom";

type Reasons = [string, Word][];
const REASONS: Reasons = [
  ["wrong", "wrong"],
  ["out_of_date", "out_of_date"],
  ["no_answer", "no_answer"],
  ["other", "reason"],
];
const TALK_REASONS: Reasons = [
  ["slow", "slow"],
  ["not_solved", "not_solved"],
  ["unfriendly", "unfriendly"],
  ["other", "reason"],
];
type About = Omit<Rate, "thumb"> | Omit<RateTalk, "thumb">;

export interface Verdicts {
  /** `about` is as `aboutOf` names it. */
  given(about: string): Thumb | undefined;
  rate(verdict: Rate | RateTalk): void;
  save(file: FileSent): Promise<void>;
}

/** A bubble; `name` is its author's, none for the visitor's own. */
export function said(author: string, name: string, ...words: (Node | string)[]): HTMLLIElement {
  return el(`li.said ${author}`, {},
    name
      ? el("p.by", {}, name, ...(author.startsWith("bot") ? [el("span.badge", {}, "AI")] : []))
      : el("span.hidden", {}, `${t("you")}: `),
    el("div.words", { dir: "auto" }, ...words));
}

/** A stored message; `agent` is the name of the person who answers, where it has none itself. */
export function message(frame: Message, agent: string, verdicts: Verdicts): HTMLLIElement {
  const { author, turn } = frame;
  if (author === "system") return noted(frame, verdicts);
  const by = author === "customer" ? "" : author === "bot" ? t("bot") : frame.name || agent;
  if (frame.changed === "withdrawn") return said(author, by, el("em", {}, t("withdrawn")));
  const item = said(author, by, nodes(frame.html));
  const words = item.lastChild as HTMLElement;
  words.title = new Date(frame.at).toLocaleTimeString(spoken(), { timeStyle: "short" });
  const under = el("div.under");
  for (const file of frame.files ?? []) clip(words, under, file, verdicts);
  if (frame.sources.length) {
    const list = sources(frame.sources);
    under.append(list);
    cite(words, list);
  }
  if (author === "bot" && turn && !frame.choice) under.append(...thumbs({ type: "rate", turn }, t("judge"), verdicts));
  if (under.firstChild) item.append(under);
  if (frame.changed) state(item, t("edited"));
  return item;
}

/** What the service says by itself; below the end of a talk it asks how that was. */
function noted({ text, choice, handoff }: Message, verdicts: Verdicts): HTMLLIElement {
  if (choice !== "how_was_it" || !handoff) return el("li.note", {}, text);
  return el("li.note asked", {}, el("p", {}, text), ...thumbs({ type: "rate_talk", handoff }, text, verdicts));
}

/** The line below a message of the visitor; none for an empty text. */
export function state(item: Element, text: string, kind = "state"): void {
  item.querySelector(".state")?.remove();
  if (text) item.append(el(`p.${kind}`, {}, text));
}

function sources(list: Source[]): HTMLDetailsElement {
  return el("details.sources", {},
    el("summary", {}, t("sources", list.length), icon("next")),
    el("ol", {}, ...list.map(({ title, uri, quote }, at) =>
      el("li.source", { tabindex: "-1" },
        el("span.number", {}, String(at + 1)),
        el("span.title", { dir: "auto" },
          /^https?:/i.test(uri) ? el("a", { href: uri, target: "_blank", rel: "noopener noreferrer" }, title) : title),
        el("blockquote", { dir: "auto" }, quote)))));
}

/** The line that names a file becomes a button that saves it. */
function clip(words: HTMLElement, under: HTMLElement, file: FileSent, { save }: Verdicts): void {
  const made = button("file", () => void save(file), icon("clip"), file.name);
  made.ariaLabel = made.title = t("saveFile", file.name);
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    if (node.data.trim() === `📎 ${file.name}`) return node.replaceWith(made);
  }
  under.append(made);
}

/** Turns each [n] of the answer into a button that shows the source. */
function cite(words: HTMLElement, details: HTMLDetailsElement): void {
  const list = [...details.querySelectorAll<HTMLElement>(".source")];
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const node of texts) {
    if (node.parentElement?.closest("a, code")) continue;
    node.replaceWith(...node.data.split(/\[(\d\d?)\]/).map((part, at) => {
      const source = list[+part - 1];
      if (at % 2 === 0) return part;
      if (!source) return `[${part}]`;
      const made = button("cite", () => {
        details.open = true;
        for (const other of list) other.classList.toggle("shown", other === source);
        source.scrollIntoView({ block: "nearest" });
        source.focus({ preventScroll: true });
      }, part);
      made.ariaLabel = t("source", part);
      return made;
    }));
  }
}

/** The two thumbs, and what is asked behind them; of a talk more may be said of a good one, too. */
function thumbs(about: About, question: string, verdicts: Verdicts): HTMLElement[] {
  const why = el("div.why", { hidden: "" });
  const ofTalk = about.type === "rate_talk";
  const make = (thumb: Thumb, word: Word) => tool(`thumb ${thumb}`, word, () => {
    verdicts.rate({ ...about, thumb });
    why.hidden = thumb === "up" && !ofTalk;
    if (!why.hidden) ask(why, thumb, ofTalk, (more) => verdicts.rate({ ...about, thumb, ...more }));
  }, "thumb");
  const pair = el("div.thumbs", { "data-about": aboutOf(about), role: "group", "aria-label": question },
    make("up", ofTalk ? "well" : "up"), make("down", ofTalk ? "badly" : "down"));
  pressed(pair, verdicts.given(aboutOf(about)));
  return [pair, why];
}

/** Show which verdict was given. */
export function pressed(pair: Element, thumb: Thumb | undefined): void {
  for (const one of pair.children) one.ariaPressed = String(one.classList.contains(thumb ?? "-"));
}

function ask(why: HTMLElement, thumb: Thumb, ofTalk: boolean, send: (more: { reason?: string; comment?: string }) => void): void {
  let chosen: { reason?: string } = {};
  const chips = (thumb === "up" ? [] : ofTalk ? TALK_REASONS : REASONS).map(([reason, word]) => {
    const chip = button("chip", () => {
      for (const other of chips) other.ariaPressed = String(other === chip);
      send((chosen = { reason }));
    }, t(word));
    chip.ariaPressed = "false";
    return chip;
  });
  const line = el("input", { maxlength: "2000", "aria-label": t("comment"), placeholder: t("comment") });
  why.replaceChildren(
    ...(chips.length ? [el("p", {}, t("why")), el("div.reasons", {}, ...chips)] : []),
    el("form.more", {
      onsubmit: (event: Event) => {
        event.preventDefault();
        const comment = line.value.trim();
        send(comment ? { ...chosen, comment } : chosen);
        const thanks = el("p", { tabindex: "-1" }, t(ofTalk ? "talkThanks" : "thanks"));
        why.replaceChildren(thanks);
        thanks.focus();
      },
    }, line, el("button.chip", {}, t("send"))));
  why.scrollIntoView({ block: "nearest" });
}
