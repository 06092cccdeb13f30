// What tells an agent who looks elsewhere: the title's count, a browser's notice, a sound.
import { computed, onBeforeUnmount, ref, watch } from "vue";
import { soonest } from "../inbox/offer";
import { calls, isBack, isMine, isOffered } from "../inbox/order";
import { isUnread } from "../inbox/seen";
import { desk, onRow, server_ms } from "../live/store";
import type { Row } from "../protocol";
import { router } from "../router";
import { sound } from "../wishes";
import { t } from "../words";

export const unreadMine = computed(
  () => [...desk.rows.values()].filter((row) => isMine(row, desk.me) && isUnread(row)).length,
);

const LAST_S = 10; // of an offer: then it is told once more
/** The offer to me that ends first. */
export const offer = computed(() => soonest(desk.rows.values(), desk.me, server_ms.value));

/** Whether the page is behind others. */
export const away = ref(document.hidden);
document.addEventListener("visibilitychange", () => (away.value = document.hidden));

const known = (): boolean => typeof Notification === "function";
export const permission = ref<NotificationPermission | "none">(known() ? Notification.permission : "none");

/** Ask for notices; browsers want a click for that. */
export async function allowNotices(): Promise<void> {
  if (known()) permission.value = await Notification.requestPermission();
}

/** Signal as long as the component is there. */
export function signal(): void {
  const ending = computed(() => (offer.value && offer.value.left <= LAST_S ? offer.value.row.handoff?.id : undefined));
  watch(ending, (id) => id && sound.value === "on" && beep());
  onBeforeUnmount(
    onRow((row, before) => {
      if (!calls(row, before, desk.me)) return;
      if (sound.value === "on") beep();
      if (document.hidden && permission.value === "granted") notice(row);
    }),
  );
}

/** Says who, and never what: it is seen by whoever passes. */
function notice(row: Row): void {
  const word = isOffered(row, desk.me) ? "offeredTitle" : isBack(row) ? "backTitle" : "wroteTitle";
  const shown = new Notification(t(word), { tag: row.id });
  shown.onclick = () => {
    focus();
    void router.push(`/inbox/mine/${row.id}`);
    shown.close();
  };
}

function beep(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const loud = context.createGain();
  loud.gain.setValueAtTime(0.08, context.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.25);
  tone.frequency.value = 660;
  tone.connect(loud).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.25);
  tone.onended = () => void context.close();
}
