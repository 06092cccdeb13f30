// Moments as a field of the browser has them: wall time here, without a zone. Pure.
import type { Moment } from "../protocol";

const two = (n: number): string => String(n).padStart(2, "0");

/** For `datetime-local`. */
export const localMoment = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;

/** What the field says, with its zone; undefined when that is no moment to come. */
export function momentIn(field: string, now_ms = Date.now()): Moment | undefined {
  const at = new Date(field);
  return Number.isNaN(at.getTime()) || at.getTime() <= now_ms ? undefined : at.toISOString();
}
