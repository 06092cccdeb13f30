// Which page is where; all behind the `#` of /console.
import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";
import Inbox from "./inbox/Inbox.vue";
import Problem from "./shell/Problem.vue";
import SignIn from "./people/SignIn.vue";
import { may, me, signedIn, whoAmI } from "./session";

declare module "vue-router" {
  interface RouteMeta {
    /** Nobody needs to be signed in. */
    open?: true;
    /** What whoever is signed in must be allowed. */
    asks?: string;
  }
}

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/inbox/mine" },
  { path: "/inbox", redirect: "/inbox/mine" },
  { path: "/inbox/:tab(mine|waiting|snoozed|all)/:id?", component: Inbox, meta: { asks: "conversations.read" } },
  { path: "/desk/:slice?", component: () => import("./lead/Lead.vue"), meta: { asks: "desk.oversee" } },
  { path: "/tickets", component: () => import("./tickets/Tickets.vue"), meta: { asks: "conversations.read" } },
  { path: "/tickets/:number(\\d+)", component: () => import("./tickets/Ticket.vue"), meta: { asks: "conversations.read" } },
  { path: "/canned", component: () => import("./canned/Canned.vue"), meta: { asks: "conversations.answer" } },
  { path: "/team/:part(people|tokens|audit)?", component: () => import("./people/Team.vue"), meta: { asks: "audit.read" } },
  { path: "/you", component: () => import("./people/You.vue") },
  { path: "/sign-in", component: SignIn, meta: { open: true } },
  { path: "/welcome/:tenant/:email/:secret", component: () => import("./people/Welcome.vue"), meta: { open: true } },
  { path: "/signed-in", redirect: () => (signedIn(), "/inbox/mine") },
  { path: "/signed-out", redirect: (to) => ({ path: "/sign-in", query: to.query }) },
  { path: "/problem/:status(403|500)", component: Problem, meta: { open: true } },
  { path: "/:rest(.*)*", component: Problem, meta: { open: true } },
];

export const router = createRouter({ history: createWebHashHistory("/console"), routes });

router.beforeEach(async (to) => {
  if (to.meta.open) return true;
  try {
    await whoAmI();
  } catch {
    return { path: "/problem/500", query: { back: to.fullPath } };
  }
  if (!me.value) return { path: "/sign-in", query: to.redirectedFrom?.path === "/" ? {} : { back: to.fullPath } };
  if (to.meta.asks && !may(to.meta.asks)) return "/problem/403";
  return true;
});
