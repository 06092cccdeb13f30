// The conversation over the socket: resumes by `since`, and sends what was said exactly once in
// effect, because each thing said keeps its client id until it is accepted.
const SLOWEST = 30000;
const FATAL = { 4401: "unauthorized", 4404: "unknown" };

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();           // missing on plain http
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

export class Talk {
  // `told` gets every frame of the server; `changed` gets "connecting", "on" or "off".
  constructor({ tenant, saved, told, changed }) {
    this.tenant = tenant;
    this.saved = saved;                // { read() -> {token, conversation} | {}, write(value) }
    this.told = told;
    this.changed = changed;
    this.seq = 0;
    this.waiting = new Map();          // client id -> frame, until accepted
    this.tries = 0;
    this.ready = false;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.ready = false;
    this.changed(this.tries ? "off" : "connecting");
    const at = new URL("/ws", location.href);
    at.protocol = at.protocol.replace("http", "ws");
    const socket = new WebSocket(at, "chat.v1");
    this.socket = socket;
    socket.onopen = () => {
      const { token, conversation } = this.saved.read();
      const hello = { type: "hello", since: this.seq };
      if (this.tenant) hello.tenant = this.tenant;
      if (token) hello.token = token;
      if (token && conversation) hello.conversation = conversation;
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (event) => socket === this.socket && this.take(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.closed(event.code);
  }

  take(frame) {
    if (frame.type === "welcome") {
      this.tries = 0;
      this.ready = true;
      this.saved.write({ token: frame.token, conversation: frame.conversation });
      this.changed("on");
      for (const said of this.waiting.values()) this.socket.send(JSON.stringify(said));
    } else if (frame.type === "accepted") {
      this.waiting.delete(frame.client_id);
    } else if (frame.type === "message") {
      if (frame.seq <= this.seq) return;
      this.seq = frame.seq;
    } else if (frame.type === "error" && frame.client_id && frame.code !== "unavailable") {
      this.waiting.delete(frame.client_id);
    }
    this.told(frame);
  }

  closed(code) {
    this.ready = false;
    if (FATAL[code]) {
      this.told({ type: "lost", why: FATAL[code] });
      return;
    }
    this.changed("off");
    const wait = Math.random() * Math.min(SLOWEST, 500 * 2 ** this.tries++);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  hurry() {
    if (this.timer === undefined) return;
    this.tries = Math.min(this.tries, 1);
    this.connect();
  }

  // A new conversation of the same visitor; `forget` for a new visitor, too.
  begin({ forget = false } = {}) {
    const { token } = this.saved.read();
    this.saved.write(forget ? {} : { token });
    const old = this.socket;
    this.socket = undefined;
    old?.close();
    this.seq = 0;
    this.waiting.clear();
    this.tries = 0;
    this.connect();
  }

  // Something that must arrive: kept until it is accepted.
  say(frame) {
    this.waiting.set(frame.client_id, frame);
    if (this.ready) this.socket.send(JSON.stringify(frame));
  }

  // Something that may be lost; false when it was.
  tell(frame) {
    if (this.ready) this.socket.send(JSON.stringify(frame));
    return this.ready;
  }
}
