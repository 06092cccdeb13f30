// The desk as a lead sees it: read every few seconds while the page is looked at.
import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { ask, Failure } from "../api";
import type { Overview } from "./views";

const EVERY_MS = 5_000;

export interface Looking {
  overview: ShallowRef<Overview | undefined>;
  /** The last reading failed: what is shown may be old. */
  stale: Ref<boolean>;
  read: () => Promise<void>;
}

export function looking(): Looking {
  const overview = shallowRef<Overview>();
  const stale = ref(false);
  let timer = 0;

  async function read(): Promise<void> {
    try {
      overview.value = await ask<Overview>("GET", "/desk");
      stale.value = false;
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      stale.value = true;
    }
  }

  function look(): void {
    if (!document.hidden) void read();
  }

  onMounted(() => {
    void read();
    timer = window.setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
  });
  return { overview, stale, read };
}
