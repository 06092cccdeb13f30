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

/** Hear what another tab of this browser keeps under a name. */
export function follow(name: string, told: (value: string) => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    if (key === PREFIX + name) told(newValue ?? "");
  });
}

/** A wish that outlives the page and holds in all tabs: one of some words. */
export function wish<T extends string>(name: string, all: readonly T[], otherwise: T): Ref<T> {
  const known = (value: string | undefined): T => all.find((one) => one === value) ?? otherwise;
  const made = ref(known(kept(name))) as Ref<T>;
  watch(made, (value) => keep(name, value));
  follow(name, (value) => (made.value = known(value)));
  return made;
}
