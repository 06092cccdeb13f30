// The entry: one custom element on the page, and `window.switchboard` for the page's own scripts.
import { Chat, type Happenings, type Person } from "./chat";
import css from "./widget.css?inline";

type Listener<Name extends keyof Happenings> = (what: Happenings[Name]) => void;
type Command = (api: Api) => void;

export interface Api {
  open(): void;
  close(): void;
  toggle(): void;
  say(text: string): void;
  /** Who the visitor is, as the site has signed it; null when the person signs out. */
  identify(person: Person | null): void;
  setLocale(language: string): void;
  /** Returns what ends the listening. */
  on<Name extends keyof Happenings>(name: Name, listener: Listener<Name>): () => void;
  push(...commands: Command[]): void;
}

const script = document.currentScript as HTMLScriptElement | null;
const listeners = new Map<string, Set<(what: never) => void>>();

function happened<Name extends keyof Happenings>(name: Name, what: Happenings[Name]): void {
  for (const listener of listeners.get(name) ?? []) (listener as Listener<Name>)(what);
}

class SwitchboardChat extends HTMLElement {
  chat: Chat | undefined;

  connectedCallback(): void {
    if (this.chat) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    this.chat = new Chat(shadow, {
      server: new URL(this.getAttribute("server") ?? script?.src ?? location.href),
      tenant: this.getAttribute("tenant") ?? undefined,
      brand: this.getAttribute("brand") ?? undefined,
      language: this.getAttribute("language") ?? undefined,
    }, happened);
  }
}

function start(): void {
  if (customElements.get("switchboard-chat")) return; // the script is on the page twice
  customElements.define("switchboard-chat", SwitchboardChat);
  const element = document.querySelector<SwitchboardChat>("switchboard-chat") ?? document.createElement("switchboard-chat") as SwitchboardChat;
  for (const [name, value] of Object.entries(script?.dataset ?? {})) {
    if (value !== undefined && !element.hasAttribute(name)) element.setAttribute(name, value);
  }
  if (!element.isConnected) document.body.append(element);
  const { chat } = element;
  if (!chat) return;
  const api: Api = {
    open: () => chat.toggle(true),
    close: () => chat.toggle(false),
    toggle: () => chat.toggle(),
    say: (text) => chat.say(text),
    identify: (person) => chat.identify(person ?? undefined),
    setLocale: (language) => chat.speak(language),
    on(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener));
      return () => all.delete(listener);
    },
    push: (...commands) => commands.forEach((command) => command(api)),
  };
  const page = window as unknown as { switchboard?: Api | Command[] };
  const waiting = page.switchboard;
  page.switchboard = api;
  if (Array.isArray(waiting)) api.push(...waiting);
}

if (document.body) start();
else document.addEventListener("DOMContentLoaded", start);
