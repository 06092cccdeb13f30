// How the user wants the console: theme, single keys, sound.
import { computed, ref, watchEffect } from "vue";
import { wish } from "./keep";

export const THEMES = ["system", "light", "dark"] as const;
export const theme = wish("theme", THEMES, "system");
export const singleKeys = wish("keys", ["on", "off"] as const, "on");
export const sound = wish("sound", ["off", "on"] as const, "off");

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemDark = ref(dark.matches);
dark.addEventListener("change", (now) => (systemDark.value = now.matches));

const shown = computed(() => (theme.value === "system" ? (systemDark.value ? "dark" : "light") : theme.value));

/** Paint the page as wished, now and at every change. */
export function paint(): void {
  watchEffect(() => document.documentElement.setAttribute("data-theme", shown.value));
}
