import { expect, test } from "vitest";
import { wish } from "./keep";

/** Another tab keeps this. */
const keptElsewhere = (name: string, newValue: string | null): unknown =>
  dispatchEvent(new StorageEvent("storage", { key: `switchboard.console.${name}`, newValue }));

test("what another tab wishes holds here, too", () => {
  const theme = wish("theme", ["system", "dark"], "system");

  keptElsewhere("theme", "dark");
  expect(theme.value).toBe("dark");
  keptElsewhere("theme", null);
  expect(theme.value).toBe("system");
});

test("what no tab can wish, and other wishes, change nothing", () => {
  const sound = wish("sound", ["off", "on"], "off");

  keptElsewhere("sound", "loud");
  keptElsewhere("keys", "on");

  expect(sound.value).toBe("off");
});
