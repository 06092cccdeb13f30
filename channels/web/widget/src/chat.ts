// One chat: frames go to the panel, what the visitor does goes into the queue.
import { keyOf, Line, newId, type Link, type Lost } from "./line";
import { keep, recall } from "./memory";
import type { Hello, Lasting, Message, Rate, ServerFrame, State, Thumb, Welcome } from "./protocol";
import { Panel, type Hands } from "./view/panel";
import { Visit, type Kept } from "./visit";
import { choose, spoken, t } from "./words";

export interface Person {
  /** The site's own id of the person: what is remembered is kept apart by it. */
  id: string;
  /** Signed by the site, or a function that fetches such a token whenever one is needed. */
  token: string | (() => string | Promise<string>);
}

export interface Options {
  /** Of the service, with its path. */
  server: URL;
  tenant?: string | undefined;
  brand?: string | undefined;
  language?: string | undefined;
}

/** What a page can listen to. */
export interface Happenings {
  open: undefined;
  close: undefined;
  unread: number;
  message: Message;
  state: State;
  identity: undefined;
}
export type Tell = <Name extends keyof Happenings>(name: Name, what: Happenings[Name]) => void;

const TYPING_MS = 3_000;
const LANGUAGE = "switchboard:language";

export class Chat implements Hands {
  readonly #options: Options;
  readonly #happened: Tell;
  readonly #line: Line;
  /** Where the panel is drawn. */
  readonly #place: ShadowRoot;
  #panel!: Panel;
  #visit!: Visit;
  #known: Person | undefined;
  #met = false;
  #wantsFresh = false;
  #asked = false;
  #isOpen = false;
  #shown: Message[] = [];
  #before = 0; // messages up to here were there when we came: they are not announced
  #welcome: Partial<Welcome> = {};
  #state: State = { type: "state", owner: "bot" };
  #typed = 0;
  #unread = 0;

  constructor(place: ShadowRoot, options: Options, happened: Tell) {
    this.#place = place;
    this.#options = options;
    this.#happened = happened;
    choose(options.language, recall(LANGUAGE), document.documentElement.lang, navigator.language);
    const address = new URL("ws", options.server);
    address.protocol = address.protocol.replace("http", "ws");
    this.#line = new Line(address.href, {
      hello: () => this.#hello(),
      queue: () => this.#visit.now.queue,
      told: (frame) => this.#told(frame),
      settled: (said, answer) => this.#settled(said, answer),
      changed: (link) => this.#linked(link),
      lost: (why) => this.#lost(why),
    });
    this.#meet();
    this.#redraw();
    document.addEventListener("visibilitychange", () => this.#seen());
    if (this.#visit.now.conversation) this.#line.open();
  }

  // --- what the page and the visitor do ---------------------------------------------------------

  toggle(open = !this.#isOpen): void {
    if (open) this.#line.open();
    if (open === this.#isOpen) return;
    this.#isOpen = open;
    this.#panel.open(open);
    this.#seen();
    this.#happened(open ? "open" : "close", undefined);
  }

  say(text: string): void {
    this.#post({ type: "say", client_id: newId(), text });
  }

  person(): void {
    this.#post({ type: "person", client_id: newId(), language: spoken() });
    this.#panel.announce(t("personAsked"));
  }

  typing(): void {
    const now = Date.now();
    if (now - this.#typed < TYPING_MS) return;
    this.#typed = now;
    this.#line.tell({ type: "typing" });
  }

  rate(verdict: Rate): void {
    this.#visit.change((kept) => {
      kept.rated[verdict.turn] = verdict.thumb;
      kept.queue = [...kept.queue.filter((one) => keyOf(one) !== keyOf(verdict)), verdict];
    });
    this.#panel.log.rated(verdict.turn, verdict.thumb);
    this.#line.pump();
  }

  given(turn: string): Thumb | undefined {
    return this.#visit.now.rated[turn];
  }

  /** A new conversation of the same visitor. */
  fresh(): void {
    this.#visit.change((kept) => {
      delete kept.conversation;
      Object.assign(kept, { read: 0, queue: [], rated: {} });
    });
    this.#wantsFresh = true;
    this.#begin();
    this.#panel.text.focus();
  }

  speak(language: string): void {
    choose(language);
    keep(LANGUAGE, spoken());
    this.#redraw();
  }

  /** Who the visitor is, signed by the site; without, nobody in particular. */
  identify(person?: Person): void {
    if (this.#known && !person) this.#visit.forget(); // others may use this browser next
    this.#known = person;
    this.#visit.close();
    this.#meet();
    this.#clear();
    this.#line.close();
    if (this.#isOpen || this.#visit.now.conversation || person) this.#line.open();
  }

  // --- the line ---------------------------------------------------------------------------------

  async #hello(): Promise<Hello> {
    const hello: Hello = { type: "hello" };
    if (this.#options.tenant) hello.tenant = this.#options.tenant;
    const { token, conversation } = this.#visit.now;
    if (this.#known) {
      const { token: signed } = this.#known;
      hello.identity = typeof signed === "string" ? signed : await signed();
      if (this.#wantsFresh) hello.fresh = true;
      else if (conversation && this.#met) hello.conversation = conversation;
    } else if (token) {
      hello.token = token;
      if (conversation) hello.conversation = conversation;
    }
    return hello;
  }

  #told(frame: ServerFrame): void {
    if (frame.type === "welcome") this.#welcomed(frame);
    else if (frame.type === "message") this.#show(frame);
    else if (frame.type === "delta") this.#panel.log.grow(frame);
    else if (frame.type === "typing") this.#panel.log.typing(frame.author);
    else if (frame.type === "error" && !frame.client_id && frame.code !== "slow_down") this.#panel.alert(frame.text);
    else if (frame.type === "state") {
      this.#panel.owned((this.#state = frame));
      this.#happened("state", frame);
    }
  }

  #welcomed(frame: Welcome): void {
    const { token, conversation } = frame;
    let other = false;
    this.#visit.change((kept) => {
      other = !!token && !!kept.token && kept.token !== token;
      if (!other) Object.assign(kept, { conversation }, token && { token });
    });
    if (other) return this.#begin(); // another tab began at the same moment: one visit is enough
    this.#met = true;
    this.#asked = this.#wantsFresh = false;
    this.#before = Math.max(this.#before, frame.seq);
    this.#welcome = frame;
    this.#greet();
  }

  #settled(said: Lasting, answer: ServerFrame): void {
    const written = JSON.stringify(said);
    this.#visit.change((kept) => {
      kept.queue = kept.queue.filter((one) => JSON.stringify(one) !== written);
    });
    if (answer.type === "accepted") {
      this.#panel.log.accepted(answer.client_id, answer.seq);
      if (this.#state.owner === "bot") this.#panel.log.typing("bot");
    } else if (answer.type === "error" && said.type !== "rate") {
      this.#panel.log.refused(said.client_id, answer.text);
    }
    this.#queued();
  }

  #linked(link: Link): void {
    this.#panel.linked(link);
    this.#queued();
  }

  #lost(why: Lost): void {
    if (why === "unauthorized" && !this.#known) {
      this.#visit.forget();
      this.#begin();
      return this.#panel.alert(t("lost"));
    }
    if (why === "unauthorized" && typeof this.#known?.token === "function" && !this.#asked) {
      this.#asked = true; // it may have expired: the page is asked for another one, once
      return this.#line.again();
    }
    this.#panel.alert(t(why));
    if (why === "unauthorized") this.#happened("identity", undefined);
  }

  // --- drawing ----------------------------------------------------------------------------------

  /** All of it, in the language spoken now. */
  #redraw(): void {
    const draft = this.#panel?.text.value ?? "";
    this.#panel = new Panel(this, this.#options.brand ?? "");
    this.#place.replaceChildren(this.#panel.root);
    this.#panel.text.value = draft;
    this.#greet();
    this.#panel.owned(this.#state);
    for (const frame of this.#shown) this.#panel.log.show(frame);
    this.#linked(this.#line.link);
    this.#panel.open(this.#isOpen);
    this.#seen();
  }

  #greet(): void {
    this.#panel.welcome(this.#options.brand ?? this.#welcome.brand ?? "", this.#welcome);
  }

  #show(frame: Message): void {
    this.#shown.push(frame);
    const words = this.#panel.log.show(frame);
    this.#panel.introduce();
    this.#seen();
    if (frame.seq <= this.#before) return;
    if (frame.author !== "customer" && this.#isOpen) this.#panel.announce(words);
    this.#happened("message", frame);
  }

  #post(frame: Lasting): void {
    this.#visit.change((kept) => kept.queue.push(frame));
    this.#panel.alert("");
    this.#queued();
    this.#line.open();
    this.#line.pump();
    this.#panel.text.focus();
  }

  #queued(): void {
    this.#panel.log.queued(this.#visit.now.queue, t(this.#line.link === "off" ? "waiting" : "sending"));
    this.#panel.introduce();
  }

  /** What is in sight is read, in all tabs; what is not is counted. */
  #seen(): void {
    const { seq } = this.#line;
    if (this.#isOpen && !document.hidden && seq > this.#visit.now.read) this.#visit.change((kept) => (kept.read = seq));
    const { read } = this.#visit.now;
    const count = this.#shown.filter((one) => one.author !== "customer" && one.seq > read).length;
    this.#panel.unread(count);
    if (count !== this.#unread) this.#happened("unread", (this.#unread = count));
  }

  /** Take up what is remembered of this visitor. */
  #meet(): void {
    const { server, tenant } = this.#options;
    const key = `switchboard:${server.host}:${tenant ?? ""}${this.#known ? `:${this.#known.id}` : ""}`;
    this.#visit = new Visit(key, (before) => this.#followed(before));
  }

  /** Another tab has changed what is remembered. */
  #followed(before: Kept): void {
    const { conversation, token, rated } = this.#visit.now;
    if (conversation !== before.conversation) {
      if (conversation && (token || this.#known)) this.#begin();
      else {
        this.#clear();
        this.#line.close();
      }
    }
    for (const turn of Object.keys(rated)) this.#panel.log.rated(turn, rated[turn]);
    this.#seen();
    this.#queued();
    this.#line.pump();
  }

  #begin(): void {
    this.#clear();
    this.#line.close();
    this.#line.open();
  }

  #clear(): void {
    this.#panel.log.clear();
    this.#panel.alert("");
    this.#shown = [];
    this.#before = 0;
    this.#met = false;
    this.#queued();
    this.#seen();
  }
}
