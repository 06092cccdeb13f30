// What the browser keeps for this site; this tab alone, where that is forbidden or full.
const own = new Map<string, unknown>();
let shared = true;

export function recall<What>(key: string): What | undefined {
  try {
    if (shared) return (JSON.parse(localStorage.getItem(key) ?? "null") as What | null) ?? undefined;
  } catch {
    // as if there was nothing
  }
  return own.get(key) as What | undefined;
}

export function keep(key: string, value: unknown): void {
  own.set(key, value);
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    shared = false;
  }
}
