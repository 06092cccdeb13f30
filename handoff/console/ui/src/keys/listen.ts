// Keys of the whole page. The view in front takes what it knows; the rest goes on to the frame.
import { onBeforeUnmount, onMounted } from "vue";
import { singleKeys } from "../wishes";
import { isDead, press, type Act } from "./map";

/** Does the act, and says whether it did. */
export type Takes = (act: Act) => boolean;

const PATIENCE_MS = 1_200;
const takers: Takes[] = [];
let before: readonly string[] = [];
let pressed_at = 0;

function heard(event: KeyboardEvent): void {
  if (isDead(event, singleKeys.value === "on")) return;
  if (event.timeStamp - pressed_at > PATIENCE_MS) before = [];
  pressed_at = event.timeStamp;
  const now = press(before, event.key);
  before = now.before;
  const { act } = now;
  if (act && takers.toReversed().some((takes) => takes(act))) event.preventDefault();
}

addEventListener("keydown", heard);

/** Take keys as long as the component is there; the latest one is asked first. */
export function takesKeys(takes: Takes): void {
  onMounted(() => takers.push(takes));
  onBeforeUnmount(() => void takers.splice(takers.indexOf(takes), 1));
}
