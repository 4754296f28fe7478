/** What each verb asks for, and nothing else: the one gate between what a screen hands over and what is sent. Pure. */

import shapes from "./bodies.json";
import type { Body, Verb } from "./contract";

/** `true`: the value as it is; else the names inside it, of one thing or of every row. */
type Shape = boolean | { [name: string]: Shape };

/** A copy of what the server reads (tests/tablet/test_bodies.py). */
const SHAPES: Record<Verb, Shape> = shapes;

/**
 * The body without what the verb does not ask for. Screens show what the server made – priced lines with their names,
 * answers with who gave them – and hand it back as it stands; the server refuses a name that it does not know.
 */
export function asked<B extends Body>(verb: Verb, body: B): B {
  return only(SHAPES[verb], body) as B;
}

function only(shape: Shape, value: unknown): unknown {
  if (typeof shape === "boolean" || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => only(shape, each));
  const given = Object.entries(value).flatMap(([name, part]) => {
    const inside = shape[name];
    return inside === undefined ? [] : [[name, only(inside, part)] as const];
  });
  return Object.fromEntries(given);
}
