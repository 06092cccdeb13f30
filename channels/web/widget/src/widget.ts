// The entry: one custom element on the page, and `window.switchboard` for the page's own scripts.
import type { Api, Command, Happenings, Listener } from "./api";
import { makeChat, type Chat } from "./chat";
import css from "./widget.css?inline";

const script = document.currentScript as HTMLScriptElement | null;
const listeners = new Map<string, Set<(what: never) => void>>();

function happened<Name extends keyof Happenings>(name: Name, what: Happenings[Name]): void {
  // A listener of the page that fails is the page's own affair.
  for (const listener of listeners.get(name) ?? []) queueMicrotask(() => (listener as Listener<Name>)(what));
}

class SwitchboardChat extends HTMLElement {
  chat: Chat | undefined;

  connectedCallback(): void {
    if (this.chat) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    this.chat = makeChat(shadow, {
      server: new URL(this.getAttribute("server") ?? script?.src ?? location.href),
      tenant: this.getAttribute("tenant") ?? undefined,
      brand: this.getAttribute("brand") ?? undefined,
      lang: this.getAttribute("lang") ?? undefined,
    }, happened);
  }
}

function start(): void {
  if (customElements.get("switchboard-chat")) return; // the script is on the page twice
  const element = document.querySelector("switchboard-chat") ?? document.createElement("switchboard-chat");
  for (const [name, value] of Object.entries(script?.dataset ?? {})) {
    if (value !== undefined && !element.hasAttribute(name)) element.setAttribute(name, value);
  }
  if (!element.isConnected) document.body.append(element);
  customElements.define("switchboard-chat", SwitchboardChat); // from now on it is one
  const { chat } = element as SwitchboardChat;
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
