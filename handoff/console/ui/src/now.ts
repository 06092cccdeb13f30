// The time, as views show it: it moves every few seconds.
import { ref } from "vue";

const STEP_MS = 5_000;

export const now_ms = ref(Date.now());
setInterval(() => (now_ms.value = Date.now()), STEP_MS);

/** The same, each second: for what counts down. */
export const second_ms = ref(Date.now());
setInterval(() => (second_ms.value = Date.now()), 1_000);
