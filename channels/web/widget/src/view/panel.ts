// The panel and its launcher: everything but the transcript. Its words are those of the language
// spoken when it is made; for another language another one is made.
import type { Link } from "../line";
import type { State, Welcome } from "../protocol";
import { spoken, t } from "../words";
import { button, el, icon, tool } from "./dom";
import { makeLog } from "./log";
import type { Verdicts } from "./message";

export interface Hands extends Verdicts {
  say(text: string): void;
  person(): void;
  back(): void;
  attach(file: File): Promise<void>;
  typing(): void;
  fresh(): void;
  speak(language: string): void;
  toggle(open?: boolean): void;
}

export type Panel = ReturnType<typeof makePanel>;

/** How it stands with the person who is awaited; empty when none is. */
export function awaited({ owner, position, wait_s, back_at }: State): string {
  if (owner === "bot") return back_at && Date.parse(back_at) > Date.now() ? t("backAt", moment(back_at)) : "";
  if (owner === "agent") return "";
  if (!position) return t("queue");
  const minutes = Math.max(1, Math.round((wait_s ?? 0) / 60));
  return t("position", position) + (wait_s === undefined ? "" : t("wait", minutes)) + t("goOn");
}

/** On the visitor's own clock. */
const moment = (at: string): string =>
  new Date(at).toLocaleString(spoken(), { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

export function makePanel(hands: Hands) {
  const title = el("h2");
  const status = el("p.status", { role: "status" });
  const intro = el("section.intro");
  const care = el("span");
  const back = button("chip", () => hands.back(), t("back"));
  const banner = el("div.banner", { hidden: "" }, el("p", { role: "status" }, care), back);
  const trouble = el("p.alert", { role: "alert", hidden: "" });
  const count = el("span");
  const heard = el("div.hidden", { "aria-live": "polite" });
  const badge = el("span.unread");
  const text = el("textarea", { rows: "1", enterkeyhint: "send", autocomplete: "off", placeholder: t("placeholder"), "aria-label": t("placeholder") });
  const send = el("button.send", { "aria-label": t("send"), title: t("send") }, icon("send"));
  const file = el("input", { type: "file", hidden: "", onchange: attach });
  const clip = tool("tool", "attach", () => file.click(), "clip");
  const person = button("person", () => hands.person(), icon("person"), t("person"));
  const below = button("below", () => log.keepEnd(true), icon("down"), t("below"));
  const log = makeLog(intro, hands, (near) => (below.hidden = near));
  const other = spoken() === "zh" ? "en" : "zh";
  const menu = el("div.menu", { hidden: "" },
    button("", () => hands.fresh(), t("fresh")),
    el("button", { type: "button", lang: other, onclick: () => hands.speak(other) }, t("other")));
  const more = tool("tool", "menu", () => unfold(!!menu.hidden), "more");
  const dialog = el("dialog", {
    onkeydown: key,
    onclick: (event: Event) => event.composedPath().includes(more) || unfold(false),
    onclose: () => hands.toggle(false),
  },
    el("header", {}, el("span.mark", {}, icon("chat")), el("div.who", {}, title, status),
      more, tool("tool shut", "close", () => hands.toggle(), "down"), menu),
    banner, log.scroller, below, trouble,
    el("form.composer", { onsubmit: submit }, file, clip, text, send),
    el("footer", {}, person, count));
  const launcher = button("launcher", () => hands.toggle(), icon("chat"), icon("down"), badge);
  const root = el("div.root", { lang: spoken() }, dialog, launcher, heard);
  let brand = "";
  let maxText = 4000;
  let state: State = { type: "state", owner: "bot" };
  let link: Link = "idle";

  text.oninput = () => {
    measure();
    hands.typing();
  };

  /** What the service says of itself. */
  function welcome(name: string, { max_text, suggestions }: Partial<Welcome>): void {
    brand = name || t("chat");
    maxText = max_text ?? maxText;
    intro.replaceChildren(el("h3", {}, t("greeting")), el("p", {}, t("about")),
      ...(suggestions?.[spoken()] ?? []).slice(0, 4).map((one) =>
        button("suggestion", () => hands.say(one), one, icon("next"))));
    owned(state);
  }

  function linked(now: Link): void {
    link = now;
    status.dataset.link = now;
    status.textContent = now === "on" && state.owner === "agent" ? t("withAgent") : t(now);
    back.disabled = now !== "on";
  }

  function owned(now: State): void {
    const { owner, agent } = (state = now);
    const sentence = awaited(now);
    const held = banner.contains((root.getRootNode() as ShadowRoot).activeElement);
    log.answering(agent);
    dialog.ariaLabel = brand;
    title.textContent = agent ?? brand;
    person.hidden = owner !== "bot";
    banner.hidden = !sentence;
    back.hidden = owner !== "queue";
    if (care.textContent !== sentence) care.textContent = sentence;
    if (held && back.hidden) text.focus();
    linked(link);
  }

  /** The greeting stands until something is said. */
  function introduce(): void {
    intro.hidden = !log.empty();
  }

  /** A sentence about what went wrong; empty takes it back. */
  function alert(sentence: string): void {
    trouble.textContent = sentence;
    trouble.hidden = !sentence;
  }

  /** Said once, to those who listen instead of looking. */
  function announce(words: string): void {
    heard.textContent = words;
  }

  function unread(messages: number): void {
    const shown = messages > 9 ? "9+" : String(messages);
    badge.hidden = !messages;
    badge.textContent = shown;
    launcher.ariaLabel = t(dialog.open ? "close" : "open") + (messages ? `, ${t("unread", shown)}` : "");
  }

  function open(wanted: boolean): void {
    root.classList.toggle("open", wanted);
    launcher.ariaExpanded = String(wanted);
    unfold(false);
    if (wanted) {
      if (launcher.checkVisibility()) dialog.show();
      else dialog.showModal(); // it covers all of a small screen
      measure();
      log.keepEnd(true);
      text.focus();
    } else {
      const within = dialog.contains((root.getRootNode() as ShadowRoot).activeElement);
      dialog.close();
      if (within) launcher.focus();
    }
  }

  /** The composer fits what is in it. */
  function measure(): void {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    const length = [...text.value].length;
    count.hidden = length < maxText - 500;
    count.textContent = `${length} / ${maxText}`;
    send.disabled = !text.value.trim();
  }

  function unfold(unfolded: boolean): void {
    menu.hidden = !unfolded;
    more.ariaExpanded = String(unfolded);
  }

  function submit(event: Event): void {
    event.preventDefault();
    const words = text.value.trim();
    if ([...words].length > maxText) return alert(t("tooLong", maxText));
    if (!words) return;
    text.value = "";
    measure();
    hands.say(words);
  }

  async function attach(): Promise<void> {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    clip.disabled = true;
    await hands.attach(chosen);
    clip.disabled = false;
    file.value = "";
  }

  function key(event: KeyboardEvent): void {
    // keyCode 229: Safari ends a composition before it tells so.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && event.composedPath()[0] === text) {
      event.preventDefault();
      text.form?.requestSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (menu.hidden) return hands.toggle();
      unfold(false);
      more.focus();
    }
  }

  return { root, log, text, welcome, linked, owned, introduce, alert, announce, unread, open };
}
