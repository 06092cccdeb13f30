// The socket: it comes back after every cut and continues where it was.
import type { ClientFrame, Hello, Id, ServerFrame } from "../protocol";

export type Link = "connecting" | "on" | "off";

const SUBPROTOCOL = "console.v1";
const FIRST_MS = 300;
const SLOWEST_MS = 15_000;
const SIGNED_OUT = 4401;
const FORBIDDEN = 4403;

export interface Ends {
  /** What was heard last; asked for at each connection. */
  hello(): Hello;
  /** What is on the screen, and the last message of it. */
  watched(): { conversation: Id; since: number } | undefined;
  told(frame: ServerFrame): void;
  changed(link: Link): void;
  signedOut(): void;
}

export interface Line {
  say(frame: ClientFrame): void;
  /** Break off and come back, for something was missed. */
  again(): void;
  close(): void;
}

/** How long to wait before a try; jitter is 0 to 1. */
export const pause_ms = (tries: number, jitter: number): number =>
  Math.min(SLOWEST_MS, FIRST_MS * 2 ** tries) * (0.5 + jitter / 2);

export function openLine(ends: Ends): Line {
  let socket: WebSocket | undefined;
  let tries = 0;
  let timer: number | undefined;
  let over = false;

  const hurry = (): void => {
    if (!over && !socket && !document.hidden) connect();
  };
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  connect();
  return { say, again, close };

  function connect(): void {
    clearTimeout(timer);
    ends.changed(tries ? "off" : "connecting");
    const made = (socket = new WebSocket(`${location.origin.replace("http", "ws")}/console/api/live`, SUBPROTOCOL));
    made.onopen = () => say(ends.hello());
    made.onmessage = (event) => made === socket && hear(JSON.parse(event.data as string) as ServerFrame);
    made.onclose = (event) => made === socket && closed(event.code);
  }

  function hear(frame: ServerFrame): void {
    ends.told(frame);
    if (frame.type !== "state" && frame.type !== "resumed") return;
    tries = 0;
    ends.changed("on");
    const watched = ends.watched();
    if (watched) say({ type: "watch", ...watched });
  }

  function closed(code: number): void {
    socket = undefined;
    if (over) return;
    ends.changed("off");
    if (code === SIGNED_OUT) return ends.signedOut();
    if (code === FORBIDDEN) return;
    timer = setTimeout(connect, pause_ms(tries++, Math.random())) as unknown as number;
  }

  function say(frame: ClientFrame): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  function again(): void {
    const broken = socket;
    socket = undefined;
    broken?.close();
    connect();
  }

  function close(): void {
    over = true;
    clearTimeout(timer);
    removeEventListener("online", hurry);
    document.removeEventListener("visibilitychange", hurry);
    socket?.close();
  }
}
