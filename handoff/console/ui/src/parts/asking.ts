// Asking the service from a view: busy while it lasts, a sentence when it fails.
import { ref, type Ref } from "vue";
import { Failure } from "../api";
import { t } from "../words";

export interface Asking {
  busy: Ref<boolean>;
  failed: Ref<string>;
  /** True when it was done. */
  tries: (act: () => Promise<unknown>) => Promise<boolean>;
}

/** A sentence for whoever reads it. */
export function said(failure: unknown): string {
  if (!(failure instanceof Failure)) throw failure;
  if (failure.status === 0) return t("offlineTry");
  return failure.message || t("notDone");
}

export function asking(): Asking {
  const busy = ref(false);
  const failed = ref("");
  return {
    busy,
    failed,
    tries: async (act) => {
      busy.value = true;
      failed.value = "";
      try {
        await act();
        return true;
      } catch (failure) {
        failed.value = said(failure);
        return false;
      } finally {
        busy.value = false;
      }
    },
  };
}
