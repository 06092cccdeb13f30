// Canned replies by what follows the slash. Pure.
import type { Canned } from "../protocol";

const MOST = 8;

/** What is written behind a leading slash; undefined when no canned reply is asked for. */
export function slashed(text: string): string | undefined {
  return /^\/(\S*)$/.exec(text)?.[1];
}

/** Those whose shortcut begins so, then those that have it elsewhere; within that the most used first. */
export function cannedFor(all: readonly Canned[], wanted: string): Canned[] {
  const low = wanted.toLowerCase();
  const rank = ({ shortcut, title }: Canned): number => {
    if (shortcut.toLowerCase().startsWith(low)) return 0;
    return `${shortcut} ${title}`.toLowerCase().includes(low) ? 1 : 2;
  };
  return all
    .filter((one) => rank(one) < 2)
    .sort((a, b) => rank(a) - rank(b) || b.uses - a.uses)
    .slice(0, MOST);
}
