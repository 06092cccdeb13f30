// Who is signed in, and what they may do.
import { ref } from "vue";
import { ask, Failure, onSignedOut } from "./api";
import { keep, kept } from "./keep";
import type { Me } from "./protocol";

/** Undefined until it is known, null when nobody is. */
export const me = ref<Me | null>();
onSignedOut(() => (me.value = null));

export const may = (permission: string): boolean => me.value?.may.includes(permission) ?? false;

/** Find out, once; throws what is not about being signed in. Where nobody signed in, nothing is asked. */
export async function whoAmI(): Promise<Me | null> {
  if (me.value === undefined && kept("signed") !== "in") me.value = null;
  if (me.value === undefined)
    me.value = await ask<Me>("GET", "/me").catch((failure: unknown) => {
      if (failure instanceof Failure && failure.status === 401) return null;
      throw failure;
    });
  return me.value;
}

/** Whose accounts were meant the last time. */
export const lastTenant = (): string => kept("tenant") ?? "";

export async function signIn(email: string, password: string, tenant: string): Promise<void> {
  me.value = await ask<Me>("POST", "/sign-in", { email, password, ...(tenant ? { tenant } : {}) });
  keep("tenant", tenant);
  keep("signed", "in");
}

/** Somebody comes from their company's sign-in: who it is will be asked. */
export function signedIn(): void {
  keep("signed", "in");
  me.value = undefined;
}

export async function signOut(): Promise<void> {
  await ask("POST", "/sign-out");
  keep("signed", "");
  me.value = null;
}
