// How urgent a row is. The service says which targets are near (75 % of the time) or missed.
import type { Row } from "../protocol";
import { waitsSince } from "./order";

export type Level = "calm" | "near" | "past";

/** The worst of what the targets say; who does not wait is calm. */
export function levelOf(row: Row): Level {
  const targets = row.handoff?.targets ?? [];
  if (!waitsSince(row)) return "calm";
  if (targets.some((one) => one.endsWith(".missed"))) return "past";
  return targets.some((one) => one.endsWith(".near")) ? "near" : "calm";
}

export const secondsSince = (at: string, now_ms: number): number => Math.max(0, (now_ms - Date.parse(at)) / 1_000);
