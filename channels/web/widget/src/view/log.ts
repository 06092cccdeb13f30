// The transcript as it is seen: stored messages in their order, then the answer that is being
// written, then what is not yet sent.
import { keyOf } from "../line";
import type { Delta, Lasting, Message, Thumb } from "../protocol";
import { spoken, t } from "../words";
import { el } from "./dom";
import { message, pressed, said, state, type Verdicts } from "./message";

const NEAR_PX = 80;
const MARKS = /\*\*?|`+|^#+ /gm; // of Markdown, which would only flicker until the whole is there
const BOT_MS = 15_000;
const AGENT_MS = 6_000;

export type Log = ReturnType<typeof makeLog>;

/** `atEnd` is told whether the newest message is in sight. */
export function makeLog(intro: HTMLElement, verdicts: Verdicts, atEnd: (near: boolean) => void) {
  const list = el("ol.log");
  const typed = el("span");
  const dots = el("div.typing", { hidden: "" }, el("i"), el("i"), el("i"), typed);
  const scroller = el("div.scroll", {
    tabindex: "0",
    role: "log",
    "aria-live": "off", // the panel announces each message once, when it is whole
    "aria-label": t("chat"),
    onscroll: () => atEnd((ended = near())),
  }, intro, list, dots);
  const items = new Map<number, HTMLElement>();
  const pending = new Map<string, HTMLElement>();
  let growing: { turn: string; item: HTMLElement; text: string } | undefined;
  let ended = true; // the newest message is in sight, and stays there when other parts need room
  let agent = t("agent");
  let shownDay = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  new ResizeObserver(() => keepEnd(ended)).observe(scroller);

  function near(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  function keepEnd(wanted: boolean): void {
    if (wanted) scroller.scrollTop = scroller.scrollHeight;
    atEnd((ended = near()));
  }

  /** Who has read to the end goes on doing so. */
  function keeping(change: () => void): void {
    const wanted = near();
    change();
    keepEnd(wanted);
  }

  const firstPending = () => pending.values().next().value ?? null;

  function forget(key: string): void {
    pending.get(key)?.remove();
    pending.delete(key);
  }

  /** Nobody is writing. */
  function still(): void {
    clearTimeout(timer);
    dots.hidden = true;
    growing?.item.remove();
    growing = undefined;
  }

  /** Show a stored message; its words as they are read out. */
  function show(frame: Message): string {
    if (frame.author !== "customer") still();
    const item = message(frame, agent, verdicts);
    keeping(() => {
      const mine = items.get(frame.seq);
      const before = mine ?? growing?.item ?? firstPending();
      const day = dayOf(new Date(frame.at));
      if (day !== shownDay && (shownDay || day !== dayOf(new Date()))) list.insertBefore(el("li.day", {}, day), before);
      list.insertBefore(item, before);
      mine?.remove();
      items.set(frame.seq, item);
      shownDay = day;
    });
    return [...item.querySelectorAll<HTMLElement>(".by, .words")].map((part) => part.innerText).join(": ") || frame.text;
  }

  /** A message that is shown reads otherwise now. */
  function change(frame: Message): void {
    const mine = items.get(frame.seq);
    if (!mine) return;
    const item = message(frame, agent, verdicts);
    keeping(() => mine.replaceWith(item));
    items.set(frame.seq, item);
  }

  function grow({ turn, text }: Delta): void {
    keeping(() => {
      if (growing?.turn !== turn) {
        still();
        const item = said("bot growing", t("bot"));
        item.ariaBusy = "true";
        growing = { turn, item, text: "" };
        list.insertBefore(item, firstPending());
      }
      growing.text += text;
      (growing.item.lastChild as HTMLElement).textContent = growing.text.replace(MARKS, "");
    });
  }

  function typing(author: "bot" | "agent"): void {
    if (growing) return;
    keeping(() => {
      typed.textContent = author === "agent" ? t("agentTyping", agent) : t("botTyping");
      dots.hidden = false;
    });
    clearTimeout(timer);
    timer = setTimeout(still, author === "agent" ? AGENT_MS : BOT_MS);
  }

  /** What waits to be sent; `line` says how it stands. */
  function queued(queue: readonly Lasting[], line: string): void {
    const keys = new Set(queue.map(keyOf));
    for (const [key, item] of pending) {
      if (!keys.has(key) && !item.querySelector(".failed")) forget(key); // another tab has sent it
    }
    for (const frame of queue) {
      if (frame.type === "rate" || frame.type === "rate_talk") continue;
      let item = pending.get(keyOf(frame));
      if (!item) {
        item = said("customer", "", frame.type === "say" ? frame.text : t("personAsked"));
        pending.set(keyOf(frame), item);
        list.append(item);
        keepEnd(true);
      }
      state(item, line);
    }
  }

  /** This was stored as `seq`. */
  function accepted(key: string, seq: number): void {
    const mine = pending.get(key);
    if (!mine) return;
    state(mine, "");
    if (items.has(seq)) return forget(key); // the message came before
    pending.delete(key);
    items.set(seq, mine);
  }

  /** This will never be stored. */
  function refused(key: string): void {
    const mine = pending.get(key);
    if (mine) state(mine, t("failed"), "state failed");
  }

  function rated(about: string, thumb: Thumb | undefined): void {
    for (const pair of list.querySelectorAll(`[data-about="${about}"]`)) pressed(pair, thumb);
  }

  function clear(): void {
    still();
    items.clear();
    pending.clear();
    shownDay = "";
    list.replaceChildren();
  }

  /** The name of who answers, if a person does. */
  function answering(name: string | undefined): void {
    agent = name ?? t("agent");
  }

  const empty = () => !list.firstChild;

  return { scroller, keepEnd, show, change, grow, typing, queued, accepted, refused, rated, clear, answering, empty };
}

function dayOf(date: Date): string {
  const age = Math.round((new Date().setHours(12, 0, 0) - new Date(date).setHours(12, 0, 0)) / 864e5);
  return age < 2
    ? new Intl.RelativeTimeFormat(spoken(), { numeric: "auto" }).format(-age, "day")
    : date.toLocaleDateString(spoken(), { dateStyle: "long" });
}
