// The conversation over the socket. It resumes by `since`, comes back after every cut, and says
// what must arrive one thing at a time, in its order, until the server has acknowledged it.
import {
  SUBPROTOCOL,
  type Accepted,
  type Hello,
  type Lasting,
  type Message,
  type Passing,
  type Rate,
  type RateTalk,
  type Rated,
  type Refusal,
  type ServerFrame,
  type TalkRated,
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

type Settles = Accepted | Rated | TalkRated | Refusal;

export interface Ends {
  /** The first frame; asked for at each connection. */
  hello(): Promise<Hello>;
  /** What must arrive, oldest first. */
  queue(): readonly Lasting[];
  /** Every frame of the server, in order and without repetition. */
  told(frame: ServerFrame): void;
  /** This was acknowledged, or refused for good, and need not be said again. */
  settled(frame: Lasting, answer: Settles): void;
  changed(link: Link): void;
  lost(why: Lost): void;
}

export interface Line {
  readonly link: Link;
  /** Of the last message that was shown. */
  readonly seq: number;
  /** Open it; nothing happens when it is open. */
  open(): void;
  /** Let go; the next opening is of another visit, from its first message on. */
  close(): void;
  /** Try once more, although the server sent us away. */
  again(): void;
  /** Say what waits. */
  pump(): void;
  /** Something that may be lost. */
  tell(frame: Passing): void;
}

/** What is judged: an answer, or a talk with a person. */
export const aboutOf = (frame: Pick<Rate, "type" | "turn"> | Pick<RateTalk, "type" | "handoff">): string =>
  frame.type === "rate" ? frame.turn : `talk ${frame.handoff}`;

export const keyOf = (frame: Lasting): string => ("client_id" in frame ? frame.client_id : `rate ${aboutOf(frame)}`);

/** `randomUUID` is missing on pages without TLS. */
export const newId = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

export function makeLine(address: string, ends: Ends): Line {
  const line = { link: "idle" as Link, seq: 0, open, close, again: connect, pump, tell };
  let socket: WebSocket | undefined;
  let tries = 0;
  let within_ms = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let said: Lasting | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let ticked = Date.now();

  addEventListener("online", hurry);
  addEventListener("offline", cut);
  document.addEventListener("visibilitychange", () => document.hidden || hurry());
  setInterval(() => {
    const now = Date.now();
    if (now - ticked > ASLEEP_MS) cut();
    ticked = now;
  }, TICK_MS);
  return line;

  function open(): void {
    if (line.link === "idle") connect();
  }

  function close(): void {
    drop();
    line.seq = tries = 0;
    be("idle");
  }

  function pump(): void {
    const [next] = ends.queue();
    if (!next || said) return;
    if (line.link !== "on") return hurry();
    said = next;
    send(next);
    patience = setTimeout(cut, ANSWER_MS);
  }

  function tell(frame: Passing): void {
    if (line.link === "on") send(frame);
  }

  function connect(): void {
    drop();
    be(tries ? "off" : "connecting");
    const made = (socket = new WebSocket(address, SUBPROTOCOL));
    made.onopen = async () => {
      const hello = await ends.hello().catch(() => undefined);
      if (made !== socket) return;
      if (hello) made.send(JSON.stringify({ ...hello, since: line.seq }));
      else gone("unauthorized");
    };
    made.onmessage = (event) => {
      if (made === socket) take(JSON.parse(event.data as string) as ServerFrame);
    };
    made.onclose = (event) => {
      if (made === socket) closed(event.code);
    };
  }

  function take(frame: ServerFrame): void {
    if (frame.type === "message" && !isNext(frame)) return;
    if (frame.type === "restart") within_ms = frame.within_s * 1000;
    if (frame.type === "welcome") {
      tries = 0;
      be("on");
    }
    ends.told(frame);
    if (frame.type === "welcome") pump();
    else if (frame.type === "accepted" || frame.type === "rated" || frame.type === "talk_rated" || frame.type === "error") settle(frame);
  }

  function isNext({ seq }: Message): boolean {
    if (seq > line.seq + 1) cut(); // something is missing: read it again from where we are
    if (seq !== line.seq + 1) return false; // it was shown before
    line.seq = seq;
    return true;
  }

  function settle(answer: Settles): void {
    if (!said) return;
    if (answer.type === "error" && answer.code === "slow_down") {
      clearTimeout(patience);
      patience = setTimeout(rest, SLOWER_MS);
    } else if (isOf(said, answer)) {
      ends.settled(said, answer);
      rest();
    }
  }

  function isOf(one: Lasting, answer: Settles): boolean {
    const { turn, handoff } = answer as Partial<Rate & RateTalk>;
    if (turn) return keyOf(one) === `rate ${turn}`;
    if (handoff) return keyOf(one) === `rate talk ${handoff}`;
    if (answer.type === "error") {
      if (answer.code === "unavailable") return false; // the server closes; it is said again
      return answer.code === "bad_frame" || keyOf(one) === answer.client_id;
    }
    return answer.type === "accepted" && keyOf(one) === answer.client_id;
  }

  /** What was said is settled; on with the next. */
  function rest(): void {
    clearTimeout(patience);
    said = undefined;
    pump();
  }

  function closed(code: number): void {
    drop();
    const why = LOST[code];
    if (why) return gone(why);
    be("off");
    timer = setTimeout(connect, Math.random() * (within_ms || Math.min(SLOWEST_MS, 500 * 2 ** tries)));
    tries++;
    within_ms = 0;
  }

  function gone(why: Lost): void {
    drop();
    be("off");
    ends.lost(why);
  }

  /** Give the socket up and come back. */
  function cut(): void {
    if (socket) closed(0);
  }

  function drop(): void {
    clearTimeout(timer);
    clearTimeout(patience);
    timer = said = undefined;
    const old = socket;
    socket = undefined;
    old?.close();
  }

  /** Do not wait for the timer: something has changed for the better. */
  function hurry(): void {
    if (timer === undefined) return;
    tries = Math.min(tries, 1);
    connect();
  }

  function be(link: Link): void {
    line.link = link;
    ends.changed(link);
  }

  function send(frame: Lasting | Passing): void {
    socket?.send(JSON.stringify(frame));
  }
}
