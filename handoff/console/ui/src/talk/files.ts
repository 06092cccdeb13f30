// Files of a conversation: how they are shown, and how an agent's are brought to the service.
import { reactive } from "vue";
import { ask, upload } from "../api";
import { said } from "../parts/asking";
import type { File as Kept, Id } from "../protocol";
import { t } from "../words";

export const MOST_FILES = 10;
export const MOST_BYTES = 10 * 1024 * 1024;
/** For the picker; what a file is, the service tells by its bytes. */
export const TAKES = "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain,audio/*,video/mp4,.txt,.md,.csv,.log";
const SEEN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const KIB = 1024;

/** A file that an agent adds. */
export interface Adding {
  key: number;
  name: string;
  size: number;
  /** 0 to 1. */
  progress: number;
  /** Once the service has it. */
  kept: Kept | undefined;
  /** One sentence, where it was refused. */
  failed: string | undefined;
  stop: () => void;
}

let last = 0;
const all = reactive(new Map<string, Adding[]>());

/** What is added to one kind of words in a conversation, and not sent yet. */
export function addingTo(id: Id, kind: string): Adding[] {
  const key = `${kind} ${id}`;
  if (!all.has(key)) all.set(key, []);
  return all.get(key)!;
}

export const isPicture = (file: Kept): boolean => SEEN.has(file.media_type);
export const addressOf = (id: Id, file: Kept): string => `/console/api/conversations/${id}/files/${file.id}`;

/** 512 B, 1.5 KB, 10 MB. */
export function sizeOf(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  const [n, unit] = bytes < KIB * KIB ? [bytes / KIB, "KB"] : [bytes / KIB / KIB, "MB"];
  return `${n < 10 ? Math.round(n * 10) / 10 : Math.round(n)} ${unit}`;
}

/** The words without the names of files that stand beside them. */
export function withoutNames(text: string, files: readonly Kept[]): string {
  const names = files.map(({ name }) => `📎 ${name}`).join("\n");
  return names && text.endsWith(names) ? text.slice(0, -names.length).trimEnd() : text;
}

/** Why a file cannot be added; undefined when it can. */
export function refusal(size: number, there: number): string | undefined {
  if (there >= MOST_FILES) return t("filesMany", { n: MOST_FILES });
  return size > MOST_BYTES ? t("fileLarge") : undefined;
}

/** Begin to bring files; each says itself how far it has got. */
export function add(to: Adding[], id: Id, files: Iterable<globalThis.File>): void {
  for (const file of files) {
    const refused = refusal(file.size, to.filter(({ failed }) => failed === undefined).length);
    to.push({ key: ++last, name: file.name || t("file"), size: file.size, progress: 0, kept: undefined, failed: refused, stop: () => undefined });
    if (refused === undefined) void bring(to.at(-1)!, id, file);
  }
}

async function bring(adding: Adding, id: Id, file: globalThis.File): Promise<void> {
  const path = `/conversations/${id}/files?name=${encodeURIComponent(adding.name)}`;
  const sent = upload<Kept>(path, file, (progress) => (adding.progress = progress));
  adding.stop = sent.stop;
  try {
    adding.kept = await sent.done;
    adding.progress = 1;
  } catch (failure) {
    adding.failed = said(failure);
  }
}

/** Take one away again, wherever it has got to. */
export function drop(from: Adding[], id: Id, one: Adding): void {
  one.stop();
  if (one.kept) void ask("DELETE", `/conversations/${id}/files/${one.kept.id}`).catch(() => undefined);
  from.splice(from.indexOf(one), 1);
}

/** Those that have come, taken out to be sent; those that were refused are forgotten. */
export function takeOut(from: Adding[]): Kept[] {
  return from.splice(0).flatMap(({ kept }) => kept ?? []);
}

export const isUnderWay = (files: readonly Adding[]): boolean =>
  files.some(({ kept, failed }) => kept === undefined && failed === undefined);
