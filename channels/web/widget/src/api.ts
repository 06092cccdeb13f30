// What a page may say to the widget and hear from it: `window.switchboard`.
import type { Message, State } from "./protocol";

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
  lang?: string | undefined;
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

export type Listener<Name extends keyof Happenings> = (what: Happenings[Name]) => void;
export type Command = (api: Api) => void;

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
