// The conversation over the socket. It resumes by `since`, comes back after every cut, and says
// what must arrive one thing at a time, in its order, until the server has acknowledged it.
import {
  SUBPROTOCOL,
  type Accepted,
  type ClientTyping,
  type Hello,
  type Lasting,
  type Message,
  type Rated,
  type Refusal,
  type ServerFrame,
} from "./protocol";

export type Link = "idle" | "connecting" | "on" | "off";
/** Why the server sent us away for good. */
export type Lost = "unauthorized" | "refused";

const LOST: Record<number, Lost> = { 4401: "unauthorized", 4403: "refused", 4404: "refused" };
const SLOWEST_MS = 30_000;
const ANSWER_MS = 10_000; // a socket that acknowledges nothing for so long is dead
const SLOWER_MS = 1_000;
const TICK_MS = 15_000;
const ASLEEP_MS = 120_000; // hidden pages tick once a minute; more means that the machine slept

export interface Ends {
  /** The first frame; asked for at each connection. */
  hello(): Promise<Hello>;
  /** What must arrive, oldest first. */
  queue(): readonly Lasting[];
  /** Every frame of the server, in order and without repetition. */
  told(frame: ServerFrame): void;
  /** This was acknowledged, or refused for good, and need not be said again. */
  settled(frame: Lasting, answer: Accepted | Rated | Refusal): void;
  changed(link: Link): void;
  lost(why: Lost): void;
}

export const keyOf = (frame: Lasting): string =>
  frame.type === "rate" ? `rate ${frame.turn}` : frame.client_id;

/** `randomUUID` is missing on pages without TLS. */
export const newId = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

export class Line {
  readonly #address: string;
  readonly #ends: Ends;
  link: Link = "idle";
  /** Of the last message that was shown. */
  seq = 0;
  #socket: WebSocket | undefined;
  #tries = 0;
  #within_ms = 0;
  #timer: number | undefined;
  #said: Lasting | undefined;
  #patience: number | undefined;
  #ticked = Date.now();

  constructor(address: string, ends: Ends) {
    this.#address = address;
    this.#ends = ends;
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => this.#cut());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Open it; nothing happens when it is open. */
  open(): void {
    if (this.link === "idle") this.#connect();
  }

  /** Let go; the next opening is of another visit, from its first message on. */
  close(): void {
    this.#drop();
    this.seq = this.#tries = 0;
    this.#be("idle");
  }

  /** Try once more, although the server sent us away. */
  again(): void {
    this.#connect();
  }

  /** Say what waits. */
  pump(): void {
    const [next] = this.#ends.queue();
    if (this.link !== "on" || this.#said || !next) return;
    this.#said = next;
    this.#send(next);
    this.#patience = setTimeout(() => this.#cut(), ANSWER_MS);
  }

  /** Something that may be lost. */
  tell(frame: ClientTyping): void {
    if (this.link === "on") this.#send(frame);
  }

  #connect(): void {
    this.#drop();
    this.#be(this.#tries ? "off" : "connecting");
    const socket = new WebSocket(this.#address, SUBPROTOCOL);
    this.#socket = socket;
    socket.onopen = async () => {
      const hello = await this.#ends.hello().catch(() => undefined);
      if (socket !== this.#socket) return;
      if (hello) socket.send(JSON.stringify({ ...hello, since: this.seq }));
      else this.#gone("unauthorized");
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#take(JSON.parse(event.data as string) as ServerFrame);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    };
  }

  #take(frame: ServerFrame): void {
    if (frame.type === "message" && !this.#isNext(frame)) return;
    if (frame.type === "restart") this.#within_ms = frame.within_s * 1000;
    if (frame.type === "welcome") {
      this.#tries = 0;
      this.#be("on");
    }
    this.#ends.told(frame);
    if (frame.type === "welcome") this.pump();
    else if (frame.type === "accepted" || frame.type === "rated" || frame.type === "error") this.#settle(frame);
  }

  #settle(answer: Accepted | Rated | Refusal): void {
    if (!this.#said) return;
    if (answer.type === "error" && answer.code === "slow_down") {
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => this.#rest(), SLOWER_MS);
    } else if (this.#isOf(this.#said, answer)) {
      this.#ends.settled(this.#said, answer);
      this.#rest();
    }
  }

  #isOf(said: Lasting, answer: Accepted | Rated | Refusal): boolean {
    if (answer.type === "rated") return said.type === "rate" && said.turn === answer.turn;
    if (answer.type === "accepted") return keyOf(said) === answer.client_id;
    if (answer.code === "unavailable") return false; // the server closes; it is said again
    return answer.code === "bad_frame" || keyOf(said) === (answer.turn ? `rate ${answer.turn}` : answer.client_id);
  }

  #isNext(frame: Message): boolean {
    if (frame.seq <= this.seq) return false; // it was shown before
    if (frame.seq > this.seq + 1) {
      this.#cut(); // something is missing: read it again from where we are
      return false;
    }
    this.seq = frame.seq;
    return true;
  }

  /** What was said is settled; on with the next. */
  #rest(): void {
    clearTimeout(this.#patience);
    this.#said = undefined;
    this.pump();
  }

  #closed(code: number): void {
    this.#socket = undefined;
    const why = LOST[code];
    if (why) return this.#gone(why);
    this.#drop();
    this.#be("off");
    const most = this.#within_ms || Math.min(SLOWEST_MS, 500 * 2 ** this.#tries);
    this.#tries++;
    this.#within_ms = 0;
    this.#timer = setTimeout(() => this.#connect(), Math.random() * most);
  }

  #gone(why: Lost): void {
    this.#drop();
    this.#be("off");
    this.#ends.lost(why);
  }

  /** Give the socket up and come back. */
  #cut(): void {
    if (!this.#socket) return;
    this.#drop();
    this.#closed(0);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    this.#timer = undefined;
    this.#said = undefined;
    const old = this.#socket;
    this.#socket = undefined;
    old?.close();
  }

  /** Do not wait for the timer: something has changed for the better. */
  #hurry(): void {
    if (this.#timer === undefined) return;
    this.#tries = Math.min(this.#tries, 1);
    this.#connect();
  }

  #tick(): void {
    const now = Date.now();
    if (now - this.#ticked > ASLEEP_MS) this.#cut();
    this.#ticked = now;
  }

  #be(link: Link): void {
    this.link = link;
    this.#ends.changed(link);
  }

  #send(frame: Lasting | ClientTyping): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}
