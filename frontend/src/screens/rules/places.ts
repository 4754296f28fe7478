/** What a printed code says of where somebody stands, and what is to be done there. Pure. */

import type { Checkpoint, FieldOrder, Place, PlaceFacts, ShownOrder } from "../../field/contract";
import { say } from "../../words";
import { isOpen } from "./status";

/** The codes on the walls (`store/tablet/place_codes.py`). */
const CHECKPOINT = /^anju:checkpoint:([^:]+):([^:]+)$/;
const BUILDING = /^anju:building:([^:]+)$/;
const UNIT = /^anju:unit:([^:]+):([^:]+)$/;
/** A room as it is printed: 3-1201. */
const ROOM = /^[0-9A-Za-z]{1,6}-[0-9A-Za-z-]{2,12}$/;

export interface Spot {
  kind: PlaceFacts["kind"];
  /** Null where the tablet cannot tell; a checkpoint is known by its rounds. */
  estate: string | null;
  name: string;
  code: string;
  route?: string;
}

/** Whether a scanned text is a code of this house. */
export const isPlaceCode = (text: string): boolean =>
  [CHECKPOINT, BUILDING, UNIT].some((each) => each.test(text.trim()));

/** The place of a code or of what was typed, as far as this tablet knows it; null where it does not. */
export function spotOf(text: string, orders: readonly ShownOrder[], places: readonly Place[] = []): Spot | null {
  const plain = text.trim();
  const [, route, point] = CHECKPOINT.exec(plain) ?? [];
  if (route && point) return checkpoint(orders, (order, each) => order.route?.code === route && each.code === point);
  const [, building] = BUILDING.exec(plain) ?? [];
  if (building) return buildingOf(places, (each) => each.code === building);
  const [, estate, room] = UNIT.exec(plain) ?? [];
  if (estate && room) return { kind: "unit", estate, name: room, code: room };
  return typed(plain, orders, places);
}

function typed(plain: string, orders: readonly ShownOrder[], places: readonly Place[]): Spot | null {
  const wanted = plain.toLowerCase();
  const isCalled = (each: Place) => each.code.toLowerCase() === wanted || say(each.name).toLowerCase() === wanted;
  const known = buildingOf(places, isCalled) ?? checkpoint(orders, (_, each) => each.code.toLowerCase() === wanted);
  return known ?? (ROOM.test(plain) ? { kind: "unit", estate: null, name: plain, code: plain } : null);
}

function buildingOf(places: readonly Place[], isIt: (place: Place) => boolean): Spot | null {
  const found = places.find(isIt);
  return found ? { kind: "building", estate: found.estate, name: say(found.name), code: found.code } : null;
}

function checkpoint(
  orders: readonly ShownOrder[],
  isIt: (order: FieldOrder, point: Checkpoint) => boolean,
): Spot | null {
  for (const { order } of orders) {
    const point = order.checkpoints.find((each) => isIt(order, each));
    const route = order.route?.code;
    if (point && route)
      return { kind: "checkpoint", estate: order.estate, name: nameOf(point), code: point.code, route };
  }
  return null;
}

const nameOf = (point: Checkpoint): string => [say(point.name), point.place].filter(Boolean).join(" · ");

/** What is open there: rounds that still go there, and orders whose place is the same. */
export function workAt(spot: Spot, orders: readonly ShownOrder[]): ShownOrder[] {
  const here = orders.filter(({ order }) => isOpen(order) && (!spot.estate || order.estate === spot.estate));
  return here.filter(({ order }) => goesThere(order, spot) || isThere(order.place, spot));
}

const goesThere = (order: FieldOrder, spot: Spot): boolean =>
  spot.route !== undefined &&
  order.route?.code === spot.route &&
  order.checkpoints.some((each) => each.code === spot.code && each.state === "pending");

function isThere(place: string | null, spot: Spot): boolean {
  if (!place) return false;
  if (spot.kind === "checkpoint") return spot.name.includes(place);
  return spot.kind === "unit" ? place === spot.name : place.startsWith(spot.name);
}
