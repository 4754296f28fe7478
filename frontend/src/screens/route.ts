/** Addresses inside `/tablet/`, kept in the browser's history so that "back" works. */

import { computed, signal } from "@preact/signals";
import type { OrderRef } from "../field/contract";

const BASE = "/tablet";
const path = signal("/");

export type Route =
  | { page: "today" | "patrol" | "report" | "pending" | "me" | "handover" | "help" | "gate" | "enrol" }
  | { page: "order" | "checklist" | "round"; ref: OrderRef }
  | { page: "report_from"; ref: OrderRef }
  | { page: "place"; code: string }
  | { page: "report_at"; estate: string; place: string };

const PAGES = ["today", "patrol", "report", "pending", "me", "handover", "help", "gate", "enrol"] as const;
const WITH_ORDER = { order: "order", checklist: "checklist", round: "round", report: "report_from" } as const;

export const route = computed<Route>(() => parse(path.value));

export function parse(address: string): Route {
  const [page = "", estate, key] = address.split("/").filter(Boolean).map(decodeURIComponent);
  if (estate && key && page in WITH_ORDER) {
    return { page: WITH_ORDER[page as keyof typeof WITH_ORDER], ref: { estate, key } };
  }
  if (page === "place" && estate) return { page, code: estate };
  if (page === "report-at" && estate && key) return { page: "report_at", estate, place: key };
  const plain = PAGES.find((each) => each === page);
  return { page: plain ?? "today" };
}

export const orderPath = (ref: OrderRef, page: keyof typeof WITH_ORDER = "order"): string =>
  `/${page}/${encodeURIComponent(ref.estate)}/${encodeURIComponent(ref.key)}`;

/** What is at a place, by the code on its wall or what somebody typed for it. */
export const placePath = (code: string): string => `/place/${encodeURIComponent(code.trim().replaceAll("/", "-"))}`;

export const reportAtPath = (estate: string, place: string): string =>
  `/report-at/${encodeURIComponent(estate)}/${encodeURIComponent(place)}`;

/** Where an order is worked on: a round has a page of its own. */
export const workPath = (ref: OrderRef, isRound: boolean): string => orderPath(ref, isRound ? "round" : "order");

export const href = (to: string): string => BASE + to;

export function go(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", href(to));
  else history.replaceState(null, "", href(to));
  path.value = to;
  scrollTo(0, 0);
}

export function back(): void {
  if (history.length > 1) history.back();
  else go("/");
}

/** Follows the address from now on; called once when the app begins. */
export function followAddress(): () => void {
  const read = () => {
    const address = location.pathname;
    path.value = address.startsWith(BASE) ? address.slice(BASE.length) || "/" : "/";
  };
  read();
  addEventListener("popstate", read);
  return () => removeEventListener("popstate", read);
}
