// The chat page: frames go into the log, what the visitor does goes into frames.
import { Talk, newId } from "/demo/socket.js";
import { dayOf, el, icon, message, said, state } from "/demo/view.js";
import { choose, current, t } from "/demo/words.js";

const $ = (id) => document.getElementById(id);
const address = new URLSearchParams(location.search);
const tenant = address.get("tenant") || undefined;
const KEY = `switchboard.demo.${tenant ?? ""}`;
const store = {
  get(name) { try { return localStorage.getItem(`${KEY}.${name}`); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(`${KEY}.${name}`, value); } catch { /* private mode */ } },
};
let kept = {};
const saved = {
  read: () => JSON.parse(store.get("visit") ?? "null") ?? kept,
  write: (value) => { kept = value; store.set("visit", JSON.stringify(value)); },
};

let settings = { brand: "Switchboard", max_text: 4000, suggestions: {} };
let owner = "bot";
let link = "connecting";
let shown = [];                        // frames in the log, to draw them again in another language
const pending = new Map();             // client id -> { item, text, failed }
const bySeq = new Map();               // seq -> item
const growing = new Map();             // turn -> item
let lastDay = "";
let caughtUpTo = 0;                    // messages up to here were there before: not announced
let typingTimer;

const talk = new Talk({ tenant, saved, told, changed });

// --- frames ----------------------------------------------------------------------------------

function told(frame) {
  if (frame.type === "welcome") caughtUpTo = Math.max(frame.seq, caughtUpTo);
  else if (frame.type === "accepted") accepted(frame);
  else if (frame.type === "message") show(frame);
  else if (frame.type === "delta") grow(frame);
  else if (frame.type === "typing") typing(frame.author);
  else if (frame.type === "state") { owner = frame.owner; drawOwner(); }
  else if (frame.type === "error") failed(frame);
  else if (frame.type === "lost") lost(frame.why);
}

function accepted({ client_id: id, seq }) {
  const mine = pending.get(id);
  if (!mine) return;
  pending.delete(id);
  if (bySeq.has(seq)) mine.item.remove();            // it came with the replay already
  else { bySeq.set(seq, mine.item); state(mine.item, ""); }
  if (owner === "bot") typing("bot");
}

function show(frame) {
  const near = atEnd();
  shown.push(frame);
  if (frame.author !== "customer") {
    stopTyping();
    for (const item of growing.values()) item.remove();
    growing.clear();
    if (frame.seq > caughtUpTo) $("said").textContent = `${frame.author === "system" ? "" : t(frame.author) + ": "}${frame.text}`;
  }
  draw(frame);
  $("intro").hidden = shown.length > 0 || pending.size > 0;
  keepEnd(near);
}

function draw(frame) {
  const day = dayOf(frame.at);
  const mine = bySeq.get(frame.seq);
  const item = message(frame, rate);
  if (mine) mine.replaceWith(item);
  else {
    const before = firstPending();
    if (day !== lastDay && (lastDay || day !== t("today"))) $("log").insertBefore(el("li", { class: "day" }, day), before);
    $("log").insertBefore(item, before);
  }
  lastDay = day;
  bySeq.set(frame.seq, item);
}

function firstPending() {
  for (const { item } of pending.values()) return item;
  for (const item of growing.values()) return item;
  return null;
}

function grow({ turn, text }) {
  const near = atEnd();
  stopTyping();
  let item = growing.get(turn);
  if (!item) {
    for (const other of growing.values()) other.remove();
    growing.clear();
    item = said("bot", "");
    item.classList.add("growing");
    item.setAttribute("aria-busy", "true");
    growing.set(turn, item);
    $("log").append(item);
  }
  item.querySelector(".words").append(text);
  keepEnd(near);
}

function typing(author) {
  const near = atEnd();
  if (growing.size) return;
  $("typing-text").textContent = t(author === "agent" ? "agentTyping" : "botTyping");
  $("typing").hidden = false;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(stopTyping, author === "agent" ? 6000 : 15000);
  keepEnd(near);
}

function stopTyping() {
  clearTimeout(typingTimer);
  $("typing").hidden = true;
}

function failed(frame) {
  const mine = frame.client_id && pending.get(frame.client_id);
  if (!mine) return alert(frame.text);
  state(mine.item, `${t("failed")} ${frame.text}`, () => {
    state(mine.item, t("sending"));
    talk.say(mine.frame);
  });
}

function lost(why) {
  if (why === "unknown") {
    link = "off";
    drawLink();
    return alert(t("unknownTenant"));
  }
  clear();
  alert(t("lost"));
  talk.begin({ forget: true });
}

// --- what the visitor does -------------------------------------------------------------------

function send(text) {
  post({ type: "say", client_id: newId(), text }, text);
}

function post(frame, text) {
  const item = said("customer", text);
  pending.set(frame.client_id, { item, frame });
  $("log").append(item);
  state(item, t(talk.ready ? "sending" : "waiting"));
  $("intro").hidden = true;
  alert("");
  talk.say(frame);
  keepEnd(true);
}

function rate(turn, thumb, reason, comment) {
  if (!talk.tell({ type: "rate", turn, thumb, reason, comment })) alert(t("off"));
}

function askForPerson() {
  const frame = { type: "person", client_id: newId(), language: current() };
  post(frame, t("personAsked"));
  $("said").textContent = t("personAsked");
  $("text").focus();
}

function clear() {
  shown = [];
  pending.clear();
  bySeq.clear();
  growing.clear();
  lastDay = "";
  caughtUpTo = 0;
  $("log").replaceChildren();
  $("intro").hidden = false;
  stopTyping();
  alert("");
}

// --- drawing ---------------------------------------------------------------------------------

function alert(text) {
  $("alert").textContent = text;
  $("alert").hidden = !text;
}

function changed(now) {
  link = now;
  drawLink();
  for (const { item } of pending.values()) {
    if (!item.querySelector(".failed")) state(item, t(now === "on" ? "sending" : "waiting"));
  }
}

function drawLink() {
  $("link").dataset.state = link;
  $("link-text").textContent = t(link);
}

function drawOwner() {
  $("banner").hidden = owner === "bot";
  $("banner-text").textContent = owner === "bot" ? "" : t(owner === "queue" ? "queue" : "withAgent");
  $("back").hidden = owner !== "queue";
  $("person").disabled = owner !== "bot";
}

function drawWords() {
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  $("greeting").textContent = t("greeting");
  $("brand").textContent = settings.brand;
  document.title = `${settings.brand} · ${t("title")}`;
  $("text").placeholder = t("placeholder");
  for (const [id, key] of [["send", "send"], ["fresh", "fresh"], ["theme", "theme"], ["person", "person"]]) {
    $(id).setAttribute("aria-label", t(key));
    $(id).title = t(key);
  }
  $("lang").textContent = t("other");
  $("lang").setAttribute("aria-label", t("otherLabel"));
  $("lang").lang = current() === "zh" ? "en" : "zh-CN";
  $("log").setAttribute("aria-label", t("title"));
  $("scroll").setAttribute("aria-label", t("title"));
  const list = settings.suggestions[current()] ?? [];
  $("suggestions").replaceChildren(...list.slice(0, 4).map((question) =>
    el("li", {}, el("button", { type: "button", onclick: () => { send(question); $("text").focus(); } }, question, icon("next")))));
  drawLink();
  drawOwner();
  count();
}

function drawAll() {
  drawWords();
  lastDay = "";
  bySeq.clear();
  const rest = [...pending.values()].map(({ item }) => item);
  $("log").replaceChildren(...rest);
  for (const frame of shown) draw(frame);
  keepEnd(true);
}

function setTheme(theme) {
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function count() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
  const length = [...text.value].length;
  $("count").hidden = length < settings.max_text - 500;
  $("count").textContent = `${length} / ${settings.max_text}`;
  $("count").classList.toggle("over", length > settings.max_text);
  $("send").disabled = !text.value.trim();
}

const atEnd = () => $("scroll").scrollHeight - $("scroll").scrollTop - $("scroll").clientHeight < 80;

function keepEnd(wanted) {
  if (wanted) $("scroll").scrollTop = $("scroll").scrollHeight;
  $("below").hidden = wanted || atEnd();
}

// --- begin -----------------------------------------------------------------------------------

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  if ([...text].length > settings.max_text) return alert(t("tooLong", settings.max_text));
  send(text);
  $("text").value = "";
  count();
  $("text").focus();
});
$("text").addEventListener("keydown", (event) => {
  // keyCode 229: Safari ends a composition before it tells so.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  $("composer").requestSubmit();
});
let lastTyping = 0;
$("text").addEventListener("input", () => {
  count();
  if (Date.now() - lastTyping > 3000) { lastTyping = Date.now(); talk.tell({ type: "typing" }); }
});
$("person").addEventListener("click", askForPerson);
$("back").addEventListener("click", () => { send(t("backSaid")); $("text").focus(); });
$("fresh").addEventListener("click", () => { clear(); owner = "bot"; drawOwner(); talk.begin(); $("text").focus(); });
$("theme").addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  store.set("theme", next);
  setTheme(next);
});
$("lang").addEventListener("click", () => {
  store.set("lang", choose(current() === "zh" ? "en" : "zh"));
  drawAll();
});
$("scroll").addEventListener("scroll", () => { if (atEnd()) $("below").hidden = true; });
$("below").addEventListener("click", () => keepEnd(true));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTheme(store.get("theme")));

setTheme(address.get("theme") || store.get("theme"));
choose(address.get("lang") || store.get("lang") || navigator.language);
drawWords();
talk.connect();
$("text").focus();
fetch("/demo/settings.json").then((got) => got.json()).then((got) => {
  settings = got;
  drawWords();
}).catch(() => {});
