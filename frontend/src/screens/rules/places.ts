/** What a printed code says of where somebody stands, and what is to be done there. Pure. */

import type { Checkpoint, ShownOrder } from "../../field/contract";
import { say } from "../../words";
import { isOpen } from "./status";

/** The codes on the walls (`admin_app/backoffice/plans.py`). */
const PAYLOAD = /^anju:checkpoint:([^:]+):([^:]+)$/;

export interface Spot {
  route: string;
  code: string;
  name: string;
}

/** The place of a code, if a round on this tablet knows it; null for any other text. */
export function spotOf(text: string, orders: readonly ShownOrder[]): Spot | null {
  const [, route, code] = PAYLOAD.exec(text.trim()) ?? [];
  if (!route || !code) return null;
  const point = orders
    .filter(({ order }) => order.route?.code === route)
    .flatMap(({ order }) => order.checkpoints)
    .find((each) => each.code === code);
  return point ? { route, code, name: nameOf(point) } : null;
}

const nameOf = (point: Checkpoint): string => [say(point.name), point.place].filter(Boolean).join(" · ");

/** What is open there: rounds that still go there, and orders whose place is the same. */
export function workAt(spot: Spot, orders: readonly ShownOrder[]): ShownOrder[] {
  return orders.filter(({ order }) => isOpen(order) && (goesThere(order, spot) || isThere(order.place, spot)));
}

const goesThere = (order: ShownOrder["order"], spot: Spot): boolean =>
  order.route?.code === spot.route &&
  order.checkpoints.some((each) => each.code === spot.code && each.state === "pending");

const isThere = (place: string | null, spot: Spot): boolean => Boolean(place) && spot.name.includes(place as string);
