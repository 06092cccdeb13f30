// One chat: frames go to the panel, what the visitor does goes into the queue.
import type { Options, Person, Tell } from "./api";
import { aboutOf, keyOf, makeLine, newId, type Link, type Lost } from "./line";
import { keep, recall } from "./memory";
import type { Changed, FileSent, Hello, Lasting, Message, Rate, RateTalk, ServerFrame, State, Welcome } from "./protocol";
import { makePanel, type Hands, type Panel } from "./view/panel";
import { makeVisit, type Kept, type Visit } from "./visit";
import { choose, spoken, t } from "./words";

const TYPING_MS = 3_000;
const SAVED_MS = 60_000;
const LANGUAGE = "switchboard:language";

export type Chat = ReturnType<typeof makeChat>;

/** A chat that is drawn in `place` and tells the page what happens. */
export function makeChat(place: ShadowRoot, { server, tenant, brand, lang }: Options, happened: Tell) {
  let panel: Panel;
  let visit: Visit;
  let known: Person | undefined;
  let met = false;
  let wantsFresh = false;
  let asked = false;
  let isOpen = false;
  let shown: Message[] = [];
  let before = 0; // messages up to here were there when we came: they are not announced
  let welcome: Partial<Welcome> = {};
  let state: State = { type: "state", owner: "bot" };
  let typed = 0;
  let unread = 0;

  const hands: Hands = { say, person, back, attach, save, typing, fresh, speak, toggle, rate, given: (about) => visit.now.rated[about] };
  const address = new URL("ws", server);
  address.protocol = address.protocol.replace("http", "ws");
  const line = makeLine(address.href, { hello, queue: () => visit.now.queue, told, settled, changed: linked, lost });

  choose(lang, recall<string>(LANGUAGE), document.documentElement.lang, navigator.language);
  meet();
  redraw();
  document.addEventListener("visibilitychange", seen);
  if (hasSomething()) line.open();
  return { say, speak, toggle, identify };

  // --- what the page and the visitor do ---------------------------------------------------------

  function toggle(open = !isOpen): void {
    if (open) line.open();
    if (open === isOpen) return;
    isOpen = open;
    panel.open(open);
    seen();
    happened(open ? "open" : "close", undefined);
  }

  function say(text: string): void {
    post({ type: "say", client_id: newId(), text });
  }

  function person(): void {
    post({ type: "person", client_id: newId(), language: spoken() });
  }

  /** The bot again, instead of the person who is awaited; the state tells how it came out. */
  function back(): void {
    panel.alert("");
    line.tell({ type: "back" });
  }

  /** A file is not kept: what cannot be sent now is chosen again. */
  async function attach(file: File): Promise<void> {
    const form = new FormData();
    const { type, ...who } = await hello();
    const all = { ...who, conversation: visit.now.conversation ?? "", client_id: newId() };
    for (const [name, value] of Object.entries(all)) form.set(name, String(value));
    form.set("file", file);
    const sent = await fetch(new URL("api/v1/files", server), { method: "POST", body: form }).catch(() => undefined);
    panel.alert(sent?.ok ? "" : t("notTaken"));
  }

  /** Brought here first: only this page can say whose it is. */
  async function save(file: FileSent): Promise<void> {
    const { identity, token } = await hello();
    const path = new URL(`api/v1/files/${file.id}`, server);
    if (tenant) path.searchParams.set("tenant", tenant);
    const headers = { Authorization: `Bearer ${identity ?? token ?? ""}` };
    const got = await fetch(path, { headers }).catch(() => undefined);
    if (!got?.ok) return panel.alert(t("notSaved"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await got.blob());
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVED_MS);
  }

  function typing(): void {
    const now = Date.now();
    if (now - typed < TYPING_MS) return;
    typed = now;
    line.tell({ type: "typing" });
  }

  function rate(verdict: Rate | RateTalk): void {
    visit.change((kept) => {
      kept.rated[aboutOf(verdict)] = verdict.thumb;
      kept.queue = [...kept.queue.filter((one) => keyOf(one) !== keyOf(verdict)), verdict];
    });
    panel.log.rated(aboutOf(verdict), verdict.thumb);
    line.pump();
  }

  /** A new conversation of the same visitor. */
  function fresh(): void {
    visit.change(anew);
    wantsFresh = true;
    begin();
    panel.text.focus();
  }

  function speak(language: string): void {
    choose(language);
    keep(LANGUAGE, spoken());
    redraw();
  }

  /** Who the visitor is, signed by the site; without, nobody in particular. */
  function identify(who?: Person): void {
    const same = known?.id === who?.id;
    if (known && !who) visit.forget(); // others may use this browser next
    known = who;
    if (same) return;
    visit.close();
    meet();
    clear();
    line.close();
    if (isOpen || who || hasSomething()) line.open();
  }

  // --- the line ---------------------------------------------------------------------------------

  async function hello(): Promise<Hello> {
    const frame: Hello = { type: "hello" };
    if (tenant) frame.tenant = tenant;
    const { token, conversation } = visit.now;
    if (known) {
      frame.identity = typeof known.token === "string" ? known.token : await known.token();
      if (wantsFresh) frame.fresh = true;
      else if (conversation && met) frame.conversation = conversation;
    } else if (token) {
      frame.token = token;
      if (conversation) frame.conversation = conversation;
    }
    return frame;
  }

  function told(frame: ServerFrame): void {
    if (frame.type === "welcome") welcomed(frame);
    else if (frame.type === "message") show(frame);
    else if (frame.type === "changed") change(frame);
    else if (frame.type === "delta") panel.log.grow(frame);
    else if (frame.type === "typing") panel.log.typing(frame.author);
    else if (frame.type === "error" && frame.code === "person_here") panel.alert(t("personHere"));
    else if (frame.type === "state") {
      panel.owned((state = frame));
      happened("state", frame);
    }
  }

  function welcomed(frame: Welcome): void {
    const { token, conversation } = frame;
    let other = false;
    visit.change((kept) => {
      other = !!token && !!kept.token && kept.token !== token;
      if (!other) Object.assign(kept, { conversation }, token && { token });
    });
    if (other) return begin(); // another tab began at the same moment: one visit is enough
    if (!met) before = frame.seq;
    met = true;
    asked = wantsFresh = false;
    welcome = frame;
    greet();
  }

  function settled(said: Lasting, answer: ServerFrame): void {
    const written = JSON.stringify(said);
    visit.change((kept) => {
      kept.queue = kept.queue.filter((one) => JSON.stringify(one) !== written);
    });
    if (answer.type === "accepted") {
      panel.log.accepted(answer.client_id, answer.seq);
      if (state.owner === "bot") panel.log.typing("bot");
    } else if (answer.type === "error" && "client_id" in said) panel.log.refused(said.client_id);
    queued();
  }

  function linked(link: Link): void {
    panel.linked(link);
    queued();
  }

  function lost(why: Lost): void {
    if (why === "unauthorized" && !known) {
      visit.change((kept) => {
        anew(kept);
        delete kept.token;
      });
      begin();
      return panel.alert(t("lost"));
    }
    if (why === "unauthorized" && typeof known?.token === "function" && !asked) {
      asked = true; // it may have expired: the page is asked for another one, once
      return line.again();
    }
    panel.alert(t(why));
    if (why === "unauthorized") happened("identity", undefined);
  }

  // --- drawing ----------------------------------------------------------------------------------

  /** All of it, in the language spoken now. */
  function redraw(): void {
    const draft = panel?.text.value ?? "";
    panel = makePanel(hands);
    place.replaceChildren(panel.root);
    panel.text.value = draft;
    greet();
    panel.owned(state);
    for (const frame of shown) panel.log.show(frame);
    linked(line.link);
    if (isOpen) panel.open(true);
    seen();
  }

  function greet(): void {
    panel.welcome(brand ?? welcome.brand ?? "", welcome);
  }

  function show(frame: Message): void {
    shown.push(frame);
    const words = panel.log.show(frame);
    panel.introduce();
    seen();
    if (frame.seq <= before) return;
    if (frame.author !== "customer" && isOpen) panel.announce(words);
    happened("message", frame);
  }

  /** An agent has put other words in the place of earlier ones, or withdrawn them. */
  function change({ seq, text, html, withdrawn }: Changed): void {
    const at = shown.findIndex((one) => one.seq === seq);
    const earlier = shown[at];
    if (!earlier) return;
    shown[at] = { ...earlier, text, html, changed: withdrawn ? "withdrawn" : "edited" };
    panel.log.change(shown[at]);
    happened("message", shown[at]);
  }

  function post(frame: Lasting): void {
    visit.change((kept) => kept.queue.push(frame));
    panel.alert("");
    panel.announce(frame.type === "person" ? t("personAsked") : "");
    queued();
    line.open();
    line.pump();
    panel.text.focus();
  }

  function queued(): void {
    panel.log.queued(visit.now.queue, t(line.link === "off" ? "waiting" : "sending"));
    panel.introduce();
  }

  /** What is in sight is read, in all tabs; what is not is counted. */
  function seen(): void {
    const { seq } = line;
    if (isOpen && !document.hidden && seq > visit.now.read) visit.change((kept) => (kept.read = seq));
    const { read } = visit.now;
    const count = shown.filter((one) => one.author !== "customer" && one.seq > read).length;
    panel.unread(count);
    if (count !== unread) happened("unread", (unread = count));
  }

  /** Take up what is remembered of this visitor. */
  function meet(): void {
    visit = makeVisit(`switchboard:${server.host}:${tenant ?? ""}${known ? `:${known.id}` : ""}`, followed);
  }

  /** Another tab has changed what is remembered. */
  function followed(earlier: Kept): void {
    const { conversation, token, rated } = visit.now;
    if (conversation !== earlier.conversation) {
      if (conversation && (token || known)) begin();
      else {
        clear();
        line.close();
      }
    }
    for (const about of Object.keys(rated)) panel.log.rated(about, rated[about]);
    seen();
    queued();
    line.pump();
  }

  /** Whether there is a reason to be connected while nobody looks. */
  function hasSomething(): boolean {
    return !!visit.now.conversation || visit.now.queue.length > 0;
  }

  function begin(): void {
    clear();
    line.close();
    line.open();
  }

  function clear(): void {
    panel.log.clear();
    panel.alert("");
    shown = [];
    before = 0;
    met = false;
    queued();
    seen();
  }
}

/** Another conversation begins: what was not yet said will be said there. */
function anew(kept: Kept): void {
  delete kept.conversation;
  Object.assign(kept, { read: 0, rated: {}, queue: kept.queue.filter((one) => "client_id" in one) });
}
