// What this browser remembers of its user's wishes.
import { ref, watch, type Ref } from "vue";

const PREFIX = "switchboard.console.";

/** Read a kept value; undefined where there is none, or where it cannot be kept. */
export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keep a value; an empty one is forgotten. A browser that keeps nothing works all the same. */
export function keep(name: string, value: string): void {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // a private window with storage turned off
  }
}

/** A wish that outlives the page: one of some words. */
export function wish<T extends string>(name: string, all: readonly T[], otherwise: T): Ref<T> {
  const found = all.find((one) => one === kept(name)) ?? otherwise;
  const made = ref(found) as Ref<T>;
  watch(made, (value) => keep(name, value));
  return made;
}
