// The panel and its launcher: everything but the transcript. Its words are those of the language
// spoken when it is made; for another language another one is made.
import type { Link } from "../line";
import type { State, Welcome } from "../protocol";
import { spoken, t } from "../words";
import { button, el, icon, tool } from "./dom";
import { Log } from "./log";
import type { Verdicts } from "./message";

export interface Hands extends Verdicts {
  say(text: string): void;
  person(): void;
  typing(): void;
  fresh(): void;
  speak(language: string): void;
  toggle(): void;
}

export class Panel {
  readonly log: Log;
  readonly root: HTMLElement;
  readonly text = el("textarea", { rows: "1", enterkeyhint: "send", autocomplete: "off", placeholder: t("placeholder"), "aria-label": t("label") });
  readonly #hands: Hands;
  readonly #panel: HTMLElement;
  readonly #launcher: HTMLButtonElement;
  readonly #unread = el("span.unread");
  readonly #title = el("h2");
  readonly #status = el("p.status", { role: "status" });
  readonly #intro = el("section.intro");
  readonly #banner = el("p.banner", { role: "status", hidden: "" });
  readonly #trouble = el("p.alert", { role: "alert", hidden: "" });
  readonly #count = el("span");
  readonly #send = el("button.send", { "aria-label": t("send"), title: t("send") }, icon("send"));
  readonly #person: HTMLButtonElement;
  readonly #menu: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #heard = el("div.hidden", { "aria-live": "polite" });
  #brand: string;
  #maxText = 4000;
  #state: State = { type: "state", owner: "bot" };
  #link: Link = "idle";

  constructor(hands: Hands, brand: string) {
    this.#hands = hands;
    this.#brand = brand;
    const below = button("below", () => this.log.keepEnd(true), icon("down"), t("below"));
    this.log = new Log(this.#intro, hands, (near) => (below.hidden = near));
    this.#more = tool("tool", "menu", () => this.#unfold(!!this.#menu.hidden), "more");
    const other = spoken() === "zh" ? "en" : "zh";
    this.#menu = el("div.menu", {},
      button("", () => hands.fresh(), t("fresh")),
      el("button", { type: "button", lang: other, "aria-label": t("otherLabel"), onclick: () => hands.speak(other) }, t("other")));
    this.#person = button("person", () => hands.person(), icon("person"), t("person"));
    this.#panel = el("section.panel", { role: "dialog", onkeydown: (event: KeyboardEvent) => this.#key(event), onclick: (event: Event) => event.composedPath().includes(this.#more) || this.#unfold(false) },
      el("header", {}, el("span.mark", {}, icon("chat")), el("div.who", {}, this.#title, this.#status),
        this.#more, tool("tool", "close", () => hands.toggle(), "down"), this.#menu),
      this.#banner, this.log.scroller, below, this.#trouble,
      el("form.composer", { onsubmit: (event: Event) => this.#submit(event) }, this.text, this.#send),
      el("footer", {}, this.#person, this.#count));
    this.#launcher = button("launcher", () => hands.toggle(), icon("chat"), icon("down"), this.#unread);
    this.root = el("div.root", { lang: spoken() }, this.#panel, this.#launcher, this.#heard);
    this.text.oninput = () => {
      this.measure();
      hands.typing();
    };
    this.open(false);
    this.owned(this.#state);
  }

  /** What the service says of itself. */
  welcome(brand: string, { max_text, suggestions }: Partial<Welcome>): void {
    this.#brand = brand;
    this.#maxText = max_text ?? this.#maxText;
    this.#intro.replaceChildren(el("h3", {}, t("greeting")), el("p", {}, t("about")),
      ...(suggestions?.[spoken()] ?? []).slice(0, 4).map((one) =>
        button("suggestion", () => this.#hands.say(one), one, icon("next"))));
    this.owned(this.#state);
  }

  linked(link: Link): void {
    this.#link = link;
    this.#status.dataset.link = link;
    this.#status.textContent = link === "on" && this.#state.owner === "agent" ? t("withAgent") : t(link);
  }

  owned(state: State): void {
    const { owner, position, agent } = (this.#state = state);
    const brand = this.#brand || t("chat");
    this.log.agent = agent ?? t("agent");
    this.#panel.ariaLabel = brand;
    this.#title.textContent = agent ?? brand;
    this.#person.disabled = owner !== "bot";
    this.#banner.hidden = owner !== "queue";
    this.#banner.replaceChildren(position ? t("position", position) : t("queue"),
      button("chip", () => this.#hands.say(t("backSaid")), t("back")));
    this.linked(this.#link);
  }

  /** The greeting stands until something is said. */
  introduce(): void {
    this.#intro.hidden = !this.log.empty;
  }

  /** A sentence about what went wrong; empty takes it back. */
  alert(text: string): void {
    this.#trouble.textContent = text;
    this.#trouble.hidden = !text;
  }

  /** Said once, to those who listen instead of looking. */
  announce(text: string): void {
    this.#heard.textContent = text;
  }

  unread(count: number): void {
    this.#unread.hidden = !count;
    this.#unread.textContent = count > 9 ? "9+" : String(count);
    this.#launcher.ariaLabel = t(this.#panel.hidden ? "open" : "close") + (count ? ` (${t("unread", count)})` : "");
  }

  open(open: boolean): void {
    const within = this.#panel.contains((this.root.getRootNode() as ShadowRoot).activeElement);
    this.#panel.hidden = !open;
    this.root.classList.toggle("open", open);
    this.#launcher.ariaExpanded = String(open);
    this.#unfold(false);
    this.measure();
    this.log.keepEnd(open);
    if (open) this.text.focus();
    else if (within) this.#launcher.focus();
  }

  /** The composer fits what is in it. */
  measure(): void {
    const { text } = this;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    const length = [...text.value].length;
    this.#count.hidden = length < this.#maxText - 500;
    this.#count.textContent = `${length} / ${this.#maxText}`;
    this.#send.disabled = !text.value.trim();
  }

  #unfold(unfolded: boolean): void {
    this.#menu.hidden = !unfolded;
    this.#more.ariaExpanded = String(unfolded);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const text = this.text.value.trim();
    if ([...text].length > this.#maxText) return this.alert(t("tooLong", this.#maxText));
    if (!text) return;
    this.text.value = "";
    this.measure();
    this.#hands.say(text);
  }

  #key(event: KeyboardEvent): void {
    // keyCode 229: Safari ends a composition before it tells so.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && event.composedPath()[0] === this.text) {
      event.preventDefault();
      this.text.form?.requestSubmit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (this.#menu.hidden) return this.#hands.toggle();
      this.#unfold(false);
      this.#more.focus();
    }
  }
}
