// What the console says, in the language of whoever reads it.
import { ref, watchEffect } from "vue";
import { follow, keep, kept } from "../keep";
import { en } from "./en";
import { zh } from "./zh";

export type Word = keyof typeof en;
export type Lang = "en" | "zh";
export type Values = Readonly<Record<string, string | number>>;

const ALL: Record<Lang, Readonly<Record<Word, string>>> = { en, zh };
const TAG: Record<Lang, string> = { en: "en-GB", zh: "zh-CN" };

/** `?lang`, then what was chosen here, then the browser's. */
function first(): Lang {
  const wished = new URLSearchParams(location.search).get("lang") ?? kept("lang") ?? navigator.language;
  return wished.startsWith("zh") ? "zh" : "en";
}

export const lang = ref<Lang>(first());
watchEffect(() => (document.documentElement.lang = TAG[lang.value]));
follow("lang", (wished) => (lang.value = wished.startsWith("zh") ? "zh" : "en"));

/** Speak this language from now on. */
export function speak(wanted: Lang): void {
  lang.value = wanted;
  keep("lang", wanted);
}

/** Fill `{name}`, and `{n|one|many}` by the number `n`. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, many?: string) => {
    if (one === undefined || many === undefined) return String(values[name] ?? "");
    return values[name] === 1 ? one : many;
  });
}

export const t = (word: Word, values: Values = {}): string => fill(ALL[lang.value][word], values);

const shown = (options: Intl.DateTimeFormatOptions, at: string): string =>
  new Intl.DateTimeFormat(TAG[lang.value], options).format(new Date(at));

export const timeOf = (at: string): string => shown({ hour: "2-digit", minute: "2-digit" }, at);
export const dayOf = (at: string): string => shown({ weekday: "long", day: "numeric", month: "long" }, at);
export const momentOf = (at: string): string => shown({ dateStyle: "medium", timeStyle: "short" }, at);

/** A language's name; its code where nobody knows one. */
export function languageOf(code: string): string {
  try {
    return new Intl.DisplayNames([TAG[lang.value]], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Seconds as people say them: "40 s", "3 min", "2 h 5 min". */
export function spanOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return t("seconds", { n: whole });
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return t("minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t("hours", { n: hours, m: minutes % 60 });
  return t("days", { n: Math.floor(hours / 24) });
}
